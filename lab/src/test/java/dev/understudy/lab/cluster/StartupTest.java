// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.runtime.ImageArchive;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.WorkloadSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StartupTest {
  private static final long SIZE = 4L << 30;
  private static final int BLOCK = 16 << 20;

  @TempDir Path root = Path.of("");

  private boolean removed;

  /** Its trial would take a minute: an archive of four gigabytes of zeros. */
  @Test
  void trialOfAnImageEndsWhenThisProcessIsToldTo() throws Exception {
    Path archive = root.resolve("big.tar");
    writeLargeArchive(archive);
    String yaml =
        "cluster: c\nnodes: [{name: a}, {name: b}, {name: c}]\nworkloads:\n"
            + "  - {name: w, root: {image: %s}, address: 10.77.0.100, port: 80}\n"
                .formatted(archive);
    WorkloadSpec workload =
        ClusterFile.read(Files.writeString(root.resolve("c.yaml"), yaml)).workloads().getFirst();
    StateFolder folder = StateFolder.of(root, "c");
    Startup startup = new Startup(folder, _ -> {}, () -> removed = true, "");
    startup.step(() -> {
      startup.takeLock();
      folder.prepare("", List.of());
    });
    Path trial = folder.file("trial");
    CountDownLatch ended = new CountDownLatch(1);
    Thread ending =
        Thread.ofPlatform()
            .start(() -> {
              while (!Files.exists(trial)) {
                Thread.onSpinWait();
              }
              startup.interrupted();
              ended.countDown();
            });
    assertThatThrownBy(() -> startup.longStep(() -> check(workload, trial)))
        .isInstanceOf(LabException.class)
        .hasMessage("Lab c is being taken away.");
    assertThat(Thread.interrupted()).as("its thread was interrupted").isTrue();
    ended.await();
    ending.join();
    assertThat(removed).isTrue();
    assertThat(trial).doesNotExist();
    assertThatThrownBy(() -> startup.step(() -> {})).hasMessage("Lab c is being taken away.");
  }

  private static void check(WorkloadSpec workload, Path trial) throws LabException {
    try {
      ImageArchive.check(workload, trial);
    } catch (IOException e) {
      throw LabException.input("It cannot start: " + e.getMessage() + ".");
    }
  }

  /** A compressed tar file with one entry of zeros, itself small, in several parts. */
  private static void writeLargeArchive(Path archive) throws IOException {
    byte[] header = new byte[512];
    put(header, 0, "layer.tar");
    put(header, 100, "0000644");
    put(header, 124, "%011o".formatted(SIZE));
    put(header, 156, "0");
    put(header, 257, "ustar");
    put(header, 148, "        ");
    int sum = 0;
    for (byte each : header) {
      sum += each;
    }
    put(header, 148, "%06o".formatted(sum));
    byte[] zeros = packed(new byte[BLOCK]);
    try (OutputStream out = Files.newOutputStream(archive)) {
      out.write(packed(header));
      for (long left = SIZE; left >= 0; left -= BLOCK) {
        out.write(zeros);
      }
    }
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
