// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.understudy.api.control.DatagramCounts;
import dev.understudy.api.control.Json;
import dev.understudy.core.protocol.Datagram;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a node lets in, and how it counts the rest. */
class ReceptionTest {
  private final DatagramCodec codec = Samples.codec();
  private final Reception reception = new Reception(codec, "w");

  @Test
  void takesEachDatagramOnceInAnyOrder() {
    for (long sequence : List.of(3L, 1L, 2L, 900L, 4L)) {
      assertTaken(Samples.from("a", "w", 1, sequence));
      assertTaken(Samples.from("b", "w", 1, sequence));
    }
    for (long sequence : List.of(900L, 1L, 4L)) {
      assertDropped(Samples.from("a", "w", 1, sequence));
    }
    assertThat(reception.counts()).isEqualTo(new DatagramCounts(13, 0, 0, 0, 0, 0, 3));
  }

  @Test
  @Tag("FO-8")
  void dropsOlderLivesOfASender() {
    assertTaken(Samples.from("a", "w", 2, 5));
    assertDropped(Samples.from("a", "w", 1, 6));
    assertTaken(Samples.from("a", "w", 3, 5));
    assertDropped(Samples.from("a", "w", 2, 7));
    assertThat(reception.counts()).isEqualTo(new DatagramCounts(4, 0, 0, 0, 0, 2, 0));
  }

  @Test
  void dropsWhatIsFartherBackThanTheWindow() {
    long newest = 10 * SequenceWindow.WIDTH;
    assertTaken(Samples.from("a", "w", 1, newest));
    assertTaken(Samples.from("a", "w", 1, newest - SequenceWindow.WIDTH + 1));
    assertDropped(Samples.from("a", "w", 1, newest - SequenceWindow.WIDTH));
    assertThat(reception.counts()).isEqualTo(new DatagramCounts(3, 0, 0, 0, 0, 1, 0));
  }

  @Test
  void aMovingWindowForgetsNothingThatIsInIt() {
    SplittableRandom random = new SplittableRandom(5);
    SequenceWindow window = new SequenceWindow();
    Set<Long> taken = new HashSet<>();
    long newest = 2 * SequenceWindow.WIDTH;
    taken.add(newest);
    assertThat(window.take(1, newest)).isEmpty();
    for (int i = 0; i < 20_000; i++) {
      int ahead = random.nextInt(1000) == 0 ? 3 * SequenceWindow.WIDTH : 40;
      boolean forward = random.nextInt(4) == 0;
      long sequence = newest + (forward ? random.nextInt(ahead) : -random.nextInt(1500));
      boolean fresh = sequence > newest - SequenceWindow.WIDTH && taken.add(sequence);
      assertThat(window.take(1, sequence))
          .as("sequence %d, newest %d", sequence, newest)
          .matches(drop -> drop.isEmpty() == fresh);
      newest = Math.max(newest, sequence);
    }
    assertThat(newest).isGreaterThan(50 * SequenceWindow.WIDTH);
  }

  @Test
  @Tag("FO-9")
  void dropsWhatIsForOthersOrItsOwn() {
    assertDropped(Samples.from("a", "b", 1, 1));
    assertDropped(Samples.from("w", "a", 1, 1));
    assertDropped(Samples.from("w", "w", 1, 1));
    assertThat(reception.counts()).isEqualTo(new DatagramCounts(3, 0, 0, 3, 0, 0, 0));
  }

  @Test
  @Tag("FO-9")
  void countsStrangersByReason() throws JsonProcessingException {
    byte[] bytes = Samples.bytes(codec, Samples.from("a", "w", 1, 1));
    byte[] forged = bytes.clone();
    forged[bytes.length - 1] ^= 1;
    byte[] otherVersion = bytes.clone();
    otherVersion[Samples.VERSION_AT]++;
    byte[] otherCluster = bytes.clone();
    otherCluster[Samples.KEY_AT]++;
    for (byte[] bad :
        List.of(
            forged,
            otherVersion,
            otherCluster,
            Arrays.copyOf(bytes, bytes.length - 1),
            Arrays.copyOf(bytes, DatagramCodec.BYTES_MOST + 1))) {
      assertThat(take(ByteBuffer.wrap(bad))).isEmpty();
    }
    assertThat(take(ByteBuffer.wrap(bytes))).isPresent();
    assertThat(reception.counts()).isEqualTo(new DatagramCounts(6, 1, 2, 2, 0, 0, 0));
    assertThat(Json.mapper().writeValueAsString(reception.counts()))
        .isEqualTo(
            "{\"received\":6,\"forged\":1,\"malformed\":2,\"foreign\":2,"
                + "\"configuration\":0,\"stale\":0,\"repeated\":0}");
  }

  @Test
  @Tag("FO-9")
  void tellsWhoWasConfiguredOtherwise() {
    DatagramCodec other =
        new DatagramCodec(
            Samples.key(1), Samples.NODES, Samples.WORKLOADS, new Configuration("other"));
    byte[] bytes = Samples.bytes(other, Samples.from("a", "w", 1, 1));
    assertThat(reception.take(ByteBuffer.wrap(bytes), 7, 1_000)).isEmpty();
    assertThat(reception.take(ByteBuffer.wrap(bytes), 3, 2_000)).isEmpty();
    assertThat(reception.configuredOtherwise(0)).containsExactly(3, 7);
    assertThat(reception.configuredOtherwise(1_001)).containsExactly(3);
    assertThat(reception.counts()).isEqualTo(new DatagramCounts(2, 0, 0, 0, 2, 0, 0));
    byte[] forged = bytes.clone();
    forged[bytes.length - 1] ^= 1;
    assertThat(reception.take(ByteBuffer.wrap(forged), 9, 3_000)).isEmpty();
    assertThat(reception.configuredOtherwise(0)).containsExactly(3, 7);
  }

  private Optional<Datagram> take(ByteBuffer bytes) {
    return reception.take(bytes, 1, 1);
  }

  private void assertTaken(Datagram datagram) {
    assertThat(take(ByteBuffer.wrap(Samples.bytes(codec, datagram)))).contains(datagram);
  }

  private void assertDropped(Datagram datagram) {
    assertThat(take(ByteBuffer.wrap(Samples.bytes(codec, datagram)))).isEmpty();
  }
}
