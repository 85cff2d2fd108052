// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Row;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatagramCodecTest {
  private static final List<String> NODES = List.of("a", "b", "w");
  private static final List<String> WORKLOADS = List.of("count", "redis");

  @TempDir Path folder;
  private DatagramCodec codec;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(DatagramCodec.BYTES_MOST);

  @BeforeEach
  void makeCodec() throws IOException {
    codec = new DatagramCodec(key((byte) 1), NODES, WORKLOADS);
  }

  private ClusterKey key(byte fill) throws IOException {
    byte[] secret = new byte[ClusterKey.BYTES];
    java.util.Arrays.fill(secret, fill);
    return ClusterKey.read(Files.write(folder.resolve("key" + fill), secret));
  }

  private static Datagram sample() {
    Epoch epoch = new Epoch(7, "a");
    Row active =
        new Row(
            "count",
            Row.Stand.ACTIVE,
            epoch,
            new Epoch(1000, "~"),
            Epoch.NONE,
            new GenerationId(epoch, GenerationId.LIVE),
            "b",
            Epoch.NONE,
            Row.NO_TIME,
            Row.ORDINARY,
            Row.NO_TIME,
            10_000_000_000L,
            3);
    Row passive =
        new Row(
            "redis",
            Row.Stand.PASSIVE,
            Epoch.NONE,
            epoch,
            new Epoch(3, "a"),
            new GenerationId(epoch, 12),
            "",
            epoch,
            123_456_789L,
            5_000_000_000L,
            987L,
            Row.KEEP,
            0);
    return new Datagram("a", "w", 4, 9, 77, 5_000_000_000L, true, 2000, List.of(active, passive));
  }

  @Test
  void whatIsWrittenIsReadBack() {
    codec.encode(sample(), buffer);
    assertThat(codec.decode(buffer)).contains(sample());
  }

  @Test
  @Tag("FO-9")
  void anotherKeyOrAnotherClusterIsRefused() throws IOException {
    codec.encode(sample(), buffer);
    DatagramCodec stranger = new DatagramCodec(key((byte) 2), NODES, WORKLOADS);
    assertThat(stranger.decode(buffer)).isEmpty();
    DatagramCodec renamed = new DatagramCodec(key((byte) 1), List.of("a", "b", "c"), WORKLOADS);
    assertThat(renamed.decode(buffer)).isEmpty();
    assertThat(stranger.dropped() + renamed.dropped()).isEqualTo(2);
  }

  @Test
  @Tag("FO-9")
  void everyFlippedBitIsRefused() {
    codec.encode(sample(), buffer);
    for (int bit = 0; bit < buffer.limit() * 8; bit++) {
      byte before = buffer.get(bit / 8);
      buffer.put(bit / 8, (byte) (before ^ 1 << bit % 8));
      assertThat(codec.decode(buffer)).as("bit %d", bit).isEmpty();
      buffer.put(bit / 8, before);
    }
    assertThat(codec.decode(buffer)).isPresent();
  }

  @Test
  @Tag("FO-9")
  void truncatedAndRandomBytesAreRefused() {
    codec.encode(sample(), buffer);
    int whole = buffer.limit();
    for (int length = 0; length < whole; length++) {
      buffer.limit(length);
      assertThat(codec.decode(buffer)).isEmpty();
    }
    SplittableRandom random = new SplittableRandom(42);
    byte[] noise = new byte[DatagramCodec.BYTES_MOST];
    for (int i = 0; i < 1000; i++) {
      random.nextBytes(noise);
      buffer.clear().put(noise, 0, random.nextInt(noise.length)).flip();
      assertThat(codec.decode(buffer)).isEmpty();
    }
  }
}
