// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.Row;
import dev.understudy.core.timing.Timing;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DatagramCodecTest {
  /** What a frame of 1500 bytes has room for behind the headers of IPv4 and UDP. */
  private static final int UNFRAGMENTED = 1472;

  private final DatagramCodec codec = Samples.codec();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(DatagramCodec.BYTES_MOST);

  @Test
  void whatIsWrittenIsReadBack() {
    Stream.of(
            List.<Row>of(),
            Samples.mixed(),
            Samples.eventful(DatagramCodec.ROWS_MOST),
            Samples.ordinary(50, Row.Stand.ACTIVE),
            Samples.ordinary(50, Row.Stand.PASSIVE),
            Samples.extreme())
        .map(Samples::datagram)
        .forEach(datagram -> {
          codec.encode(datagram, buffer);
          assertThat(codec.decode(buffer)).isEqualTo(new Decoded.Authentic(datagram));
        });
  }

  @Test
  void noDatagramIsLongerThanTheBuffer() {
    byte[] longest = Samples.bytes(codec, Samples.datagram(Samples.extreme()));
    // One of its times is the latest of all, and that one is short.
    assertThat(longest).hasSize(DatagramCodec.BYTES_MOST - Numbers.BYTES_MOST + 1);
  }

  @Test
  void ordinaryDatagramsAreNotFragmented() {
    for (Row.Stand stand : List.of(Row.Stand.ACTIVE, Row.Stand.PASSIVE)) {
      Datagram fullest = Samples.datagram(Samples.ordinary(DatagramCodec.ROWS_MOST, stand));
      assertThat(Samples.bytes(codec, fullest)).hasSizeLessThanOrEqualTo(UNFRAGMENTED);
    }
    Datagram eventful = Samples.datagram(Samples.eventful(40));
    assertThat(Samples.bytes(codec, eventful)).hasSizeLessThanOrEqualTo(UNFRAGMENTED);
  }

  @Test
  void whatCannotBeReadBackIsNotWritten() {
    Datagram unknown = new Datagram("a", "x", 1, 1, 1, 1, false, 1, List.of());
    assertThatThrownBy(() -> codec.encode(unknown, buffer)).hasMessageContaining("x");
    Datagram negative = new Datagram("a", "b", 1, 1, 1, -1, false, 1, List.of());
    assertThatThrownBy(() -> codec.encode(negative, buffer)).hasMessageContaining("-1");
  }

  @Test
  @Tag("FO-9")
  void aChangedTagOrBodyIsForged() {
    byte[] bytes = Samples.bytes(codec, Samples.datagram(Samples.mixed()));
    for (int bit = Samples.LENGTH_AT * 8 + 16; bit < bytes.length * 8; bit++) {
      assertDropped(Drop.FORGED, flipped(bytes, bit));
    }
    for (int bit = Samples.CONFIGURATION_AT * 8; bit < Samples.LENGTH_AT * 8; bit++) {
      assertDropped(Drop.FORGED, flipped(bytes, bit));
    }
    assertThat(codec.decode(ByteBuffer.wrap(bytes))).isInstanceOf(Decoded.Authentic.class);
  }

  @Test
  @Tag("FO-9")
  void otherVersionsAndClustersAreForeign() {
    byte[] bytes = Samples.bytes(codec, Samples.datagram(Samples.mixed()));
    for (int bit = Samples.VERSION_AT * 8; bit < Samples.CONFIGURATION_AT * 8; bit++) {
      assertDropped(Drop.FOREIGN, flipped(bytes, bit));
    }
    // What another version looks like behind its number is not ours to judge.
    assertDropped(Drop.FOREIGN, new byte[] {'U', 'N', 'D', 99});
    assertDropped(Drop.FOREIGN, empty(2, Samples.NODES, Samples.WORKLOADS, Samples.CONFIGURATION));
  }

  @Test
  @Tag("FO-9")
  void otherNamesTimesAndGroupsAreOfAnotherConfiguration() {
    Configuration usual = Samples.CONFIGURATION;
    assertThat(codec.decode(ByteBuffer.wrap(empty(1, Samples.NODES, Samples.WORKLOADS, usual))))
        .isInstanceOf(Decoded.Authentic.class);
    List<String> names = List.of("a", "w", "b");
    assertDropped(Drop.CONFIGURATION, empty(1, names, Samples.WORKLOADS, usual));
    assertDropped(Drop.CONFIGURATION, empty(1, Samples.NODES, List.of("workload-0"), usual));
    GroupConfig group = Samples.group(Samples.NODES);
    for (Configuration other :
        List.of(
            Configuration.of(Timing.FAST, List.of(group)),
            Configuration.of(Timing.STANDARD, List.of()),
            Configuration.of(Timing.STANDARD, List.of(Samples.group(names))),
            Configuration.of(
                Timing.STANDARD,
                List.of(
                    new GroupConfig(
                        "workload-0",
                        group.members(),
                        group.runners(),
                        group.quorum(),
                        true,
                        1,
                        GroupConfig.WithoutQuorum.CONTINUE))))) {
      assertDropped(Drop.CONFIGURATION, empty(1, Samples.NODES, Samples.WORKLOADS, other));
    }
  }

  private static byte[] empty(
      int key, List<String> nodes, List<String> workloads, Configuration configuration) {
    DatagramCodec other = new DatagramCodec(Samples.key(key), nodes, workloads, configuration);
    return Samples.bytes(other, Samples.datagram(List.of()));
  }

  @Test
  @Tag("FO-9")
  void truncatedAndOversizedOnesAreMalformed() {
    byte[] bytes = Samples.bytes(codec, Samples.datagram(Samples.mixed()));
    for (int length = 0; length < bytes.length; length++) {
      assertDropped(Drop.MALFORMED, Arrays.copyOf(bytes, length));
    }
    assertDropped(Drop.MALFORMED, Arrays.copyOf(bytes, bytes.length + 1));
    assertDropped(Drop.MALFORMED, Arrays.copyOf(bytes, DatagramCodec.BYTES_MOST + 1));
    assertDropped(Drop.MALFORMED, flipped(bytes, 0));
  }

  @Test
  @Tag("FO-9")
  void aSignedBodyThatThisBuildWouldNotWriteIsMalformed() {
    byte[] bytes = Samples.bytes(codec, Samples.datagram(Samples.mixed()));
    assertThat(codec.decode(ByteBuffer.wrap(Samples.signed(bytes))))
        .isInstanceOf(Decoded.Authentic.class);
    // Sender, receiver, flags, number of rows, a negative incarnation, a negative latest time.
    for (int at : List.of(18, 19, 20, 21, 22, 62)) {
      byte[] changed = bytes.clone();
      changed[at] ^= (byte) 0x80;
      assertDropped(Drop.MALFORMED, Samples.signed(changed));
    }
    assertDropped(Drop.MALFORMED, Samples.signed(Arrays.copyOf(bytes, bytes.length + 1)));
    assertDropped(Drop.MALFORMED, Samples.signed(Arrays.copyOf(bytes, bytes.length - 1)));
  }

  @Test
  void eachNumberHasOneForm() throws MalformedDatagram {
    for (long number : List.of(0L, 1L, 127L, 128L, 16_384L, Long.MAX_VALUE)) {
      ByteBuffer out = ByteBuffer.allocate(Numbers.BYTES_MOST);
      Numbers.put(number, out);
      assertThat(Numbers.read(out.flip())).isEqualTo(number);
    }
    for (byte[] other :
        List.of(
            new byte[] {},
            new byte[] {-128},
            new byte[] {-128, 0},
            new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1})) {
      assertThatThrownBy(() -> Numbers.read(ByteBuffer.wrap(other)))
          .isInstanceOf(MalformedDatagram.class);
    }
  }

  private void assertDropped(Drop why, byte[] bytes) {
    assertThat(codec.decode(ByteBuffer.wrap(bytes))).isEqualTo(new Decoded.Dropped(why));
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] flipped = bytes.clone();
    flipped[bit / 8] ^= (byte) (1 << (bit % 8));
    return flipped;
  }
}
