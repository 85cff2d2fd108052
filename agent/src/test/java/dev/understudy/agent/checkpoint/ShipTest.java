// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.runtime.Cancellation;
import dev.understudy.core.protocol.GenerationId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
              ? new Answer.Accept(folder.resolve("there"), mostBytes, 1, base)
              : new Answer.Decline("no workload " + workload + " here");
        }

        @Override
        public Optional<String> complete(Generation generation, long offeredBootNanos) {
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

  /** What came over the network has sums, what was captured here has not: both are judged. */
  @Test
  void doesNotReuseWhatIsDamagedInABaseWithoutSums() throws Exception {
    byte[] pages = random(2 * Chunks.BYTES);
    Generation first = generation(1, "count", pages);
    base = Optional.of(first);
    flip(first.directory().resolve("pages-1.img"), 77);
    try (ShipServer server = ShipServer.listen(loopback(0), KEY, receiver)) {
      ShipResult result = send(server, KEY, generation(2, "count", pages));
      assertThat(((ShipResult.Shipped) result).reusedBytes()).isEqualTo(Chunks.BYTES);
      assertThat(arrived.take().damage()).isEmpty();
    }
  }

  @Test
  void describesAsIfThereWereNoFormer() throws Exception {
    byte[] pages = random(3 * Chunks.BYTES + 9);
    Generation former = generation(1, "count", pages);
    pages[Chunks.BYTES + 3] ^= 1;
    Path longer =
        Files.write(folder.resolve("pages-1.img"), Arrays.copyOf(pages, pages.length + 7));
    Path other = Files.write(folder.resolve("pages-2.img"), pages);
    List<Path> files = List.of(longer, other);
    List<FileEntry> plain = Chunks.describe(files, Optional.empty());
    assertThat(Chunks.describe(files, Optional.of(former))).isEqualTo(plain);
    assertThat(plain.getFirst().chunks())
        .containsSequence(former.manifest().files().getFirst().chunks().getFirst());
    former.delete();
    assertThat(Chunks.describe(files, Optional.of(former))).isEqualTo(plain);
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

  /** A host that is dead takes the connection, in its kernel's backlog, and never answers. */
  @Test
  void aTransferToADeadStandbyIsGivenUpAtOnce() throws Exception {
    Generation generation = generation(1, "count", random(4096));
    Cancellation cancellation = new Cancellation();
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<ShipResult> result =
          CompletableFuture.supplyAsync(() ->
              ShipClient.send(loopback(silent.getLocalPort()), KEY, generation, cancellation));
      try (Socket accepted = silent.accept()) {
        assertThat(accepted.getInputStream().readNBytes(4)).hasSize(4);
        assertThat(result).isNotDone();
        cancellation.cancel();
        assertThat(result.get(2, TimeUnit.SECONDS))
            .isInstanceOfSatisfying(
                ShipResult.ShipFailed.class,
                failed -> assertThat(failed.reason()).endsWith("it was given up"));
      }
      ShipResult late =
          ShipClient.send(loopback(silent.getLocalPort()), KEY, generation, cancellation);
      assertThat(late).isInstanceOf(ShipResult.ShipFailed.class);
    }
  }

  /**
   * Names of 99 letters, as many as a manifest may have, and chunks of files that are not there.
   */
  @Test
  void aManifestThatIsTooLongIsRefused() throws Exception {
    List<String> chunks = Collections.nCopies(60, "0".repeat(64));
    List<FileEntry> files = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      files.add(new FileEntry("f%098d".formatted(i), 60L * Chunks.BYTES, chunks));
    }
    HostFacts facts = new HostFacts("amd64", "6.1.0", "v", List.of("sse"), "4.2", "host");
    Manifest manifest = new Manifest(1, "count", 1, "a", 1, 5, 6, 7, facts, List.of(), files);
    try (ShipServer server = ShipServer.listen(loopback(0), KEY, receiver)) {
      ShipResult result = send(server, KEY, new Generation(folder, manifest));
      assertThat(result)
          .isInstanceOfSatisfying(
              ShipResult.Refused.class,
              refused -> assertThat(refused.reason()).contains("its manifest has"));
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
    return ShipClient.send(loopback(server.port()), key, generation, new Cancellation());
  }

  private Generation generation(long sequence, String workload, byte[] pages) throws IOException {
    GenerationId id = Stage.id(sequence);
    Path partial = Generation.newPartial(folder.resolve("here-" + workload), id);
    Path file = Files.write(partial.resolve("pages-1.img"), pages);
    HostFacts facts = new HostFacts("amd64", "6.1.0", "v", List.of("sse"), "4.2", "host");
    List<FileEntry> files = Chunks.describe(List.of(file), Optional.empty());
    return Generation.commit(
        partial,
        new Manifest(1, workload, 1, "a", sequence, 5, 6, 7, facts, List.of(), files),
        ChunkSums.NONE);
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
