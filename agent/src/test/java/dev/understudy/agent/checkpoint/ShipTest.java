// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.protocol.GenerationId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transfers over loopback; the generations are files of random bytes. */
class ShipTest {
  private static final byte[] KEY = new byte[32];

  @TempDir Path folder;
  private final BlockingQueue<Generation> arrived = new ArrayBlockingQueue<>(4);
  private Optional<Generation> base = Optional.empty();
  private Optional<String> refusal = Optional.empty();
  private long mostBytes = 64 << 20;

  private final Receiver receiver =
      new Receiver() {
        @Override
        public Answer offered(String workload, GenerationId id) {
          return workload.equals("count")
              ? new Answer.Accept(folder.resolve("there"), mostBytes, base)
              : new Answer.Decline("no workload " + workload + " here");
        }

        @Override
        public Optional<String> complete(Generation generation) {
          arrived.add(generation);
          return refusal;
        }
      };

  @Test
  void sendsOnlyWhatIsLacking() throws Exception {
    byte[] pages = random(3 * Chunks.BYTES + 5);
    Generation first = generation(1, "count", pages);
    try (ShipServer server = ShipServer.listen(loopback(0), KEY, receiver)) {
      assertThat(send(server, KEY, first)).isInstanceOf(ShipResult.Shipped.class);
      base = Optional.of(arrived.take());
      assertThat(base.get().damage()).isEmpty();
      pages[Chunks.BYTES] ^= 1;
      Generation second = generation(2, "count", pages);
      ShipResult.Shipped shipped = (ShipResult.Shipped) send(server, KEY, second);
      assertThat(shipped.reusedBytes()).isEqualTo(2L * Chunks.BYTES + 5);
      assertThat(shipped.sentBytes()).isBetween((long) Chunks.BYTES, Chunks.BYTES + 10_000L);
      Generation there = arrived.take();
      assertThat(there.directory().resolve("pages-1.img")).hasBinaryContent(pages);
      assertThat(there.manifest()).isEqualTo(second.manifest());
    }
  }

  @Test
  void doesNotReuseWhatIsDamagedInTheBase() throws Exception {
    byte[] pages = random(2 * Chunks.BYTES);
    try (ShipServer server = ShipServer.listen(loopback(0), KEY, receiver)) {
      send(server, KEY, generation(1, "count", pages));
      base = Optional.of(arrived.take());
      flip(base.get().directory().resolve("pages-1.img"), 77);
      ShipResult result = send(server, KEY, generation(2, "count", pages));
      assertThat(((ShipResult.Shipped) result).reusedBytes()).isEqualTo(Chunks.BYTES);
      assertThat(arrived.take().damage()).isEmpty();
    }
  }

  @Test
  void refusesADamagedChunkAndKeepsNothing() throws Exception {
    Generation generation = generation(1, "count", random(2 * Chunks.BYTES));
    flip(generation.directory().resolve("pages-1.img"), Chunks.BYTES + 9);
    try (ShipServer server = ShipServer.listen(loopback(0), KEY, receiver)) {
      assertThat(send(server, KEY, generation))
          .isEqualTo(
              new ShipResult.Refused("chunk 1 of pages-1.img of generation 1@a/1 is damaged"));
      assertThat(arrived).isEmpty();
      assertNothingThere();
    }
  }

  @Test
  void refusesStrangersAndWhatIsTooLargeOrUnknown() throws Exception {
    Generation generation = generation(1, "count", random(4096));
    byte[] otherKey = KEY.clone();
    otherKey[0] = 1;
    mostBytes = 4095;
    try (ShipServer server = ShipServer.listen(loopback(0), KEY, receiver)) {
      assertThat(send(server, otherKey, generation))
          .isInstanceOfSatisfying(
              ShipResult.ShipFailed.class,
              failed -> assertThat(failed.reason()).contains("cluster key"));
      assertThat(send(server, KEY, generation))
          .isEqualTo(
              new ShipResult.Refused(
                  "4096 bytes are more than the 4095 that the memory limit allows"));
      assertThat(send(server, KEY, generation(2, "other", random(1))))
          .isEqualTo(new ShipResult.Refused("no workload other here"));
      try (Socket noise = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        noise.getOutputStream().write(new byte[100]);
        assertThat(noise.getInputStream().read()).isEqualTo(-1);
      }
      assertNothingThere();
    }
  }

  @Test
  void aBrokenTransferLeavesNothing() throws Exception {
    Generation generation = generation(1, "count", random(8 * Chunks.BYTES));
    Files.write(generation.directory().resolve("pages-1.img"), new byte[Chunks.BYTES]);
    try (ShipServer server = ShipServer.listen(loopback(0), KEY, receiver)) {
      assertThat(send(server, KEY, generation)).isInstanceOf(ShipResult.ShipFailed.class);
      long end = System.nanoTime() + 5_000_000_000L;
      while (server.lastFailure().isEmpty() && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(server.lastFailure().orElse("")).contains("broke");
      assertNothingThere();
    }
  }

  private void assertNothingThere() throws IOException {
    Path there = folder.resolve("there");
    if (Files.exists(there)) {
      try (Stream<Path> left = Files.list(there)) {
        assertThat(left).isEmpty();
      }
    }
  }

  private static ShipResult send(ShipServer server, byte[] key, Generation generation) {
    return ShipClient.send(loopback(server.port()), key, generation);
  }

  private Generation generation(long sequence, String workload, byte[] pages) throws IOException {
    GenerationId id = Stage.id(sequence);
    Path partial = Generation.newPartial(folder.resolve("here-" + workload), id);
    Path file = Files.write(partial.resolve("pages-1.img"), pages);
    HostFacts facts = new HostFacts("amd64", "6.1.0", "v", List.of("sse"), "4.2", "host");
    List<FileEntry> files = Chunks.describe(List.of(file));
    return Generation.commit(
        partial, new Manifest(1, workload, 1, "a", sequence, 5, 6, 7, facts, List.of(), files));
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return Arrays.copyOf(bytes, length);
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
