// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The active dies while CRIU is at work, on its own node or on the standby's. */
class MidCheckpointE2E {
  private static final int BALLAST_BYTES = 200 << 20;

  /** Connections that were made while the listening of the other copy was being ended. */
  private static final int LOST_MOST = 2;

  private static final int CONNECT_MILLIS = 10;
  private static final int ANSWER_MILLIS = 100;

  @TempDir Path folder = Path.of("");

  /** One request: when it was made, and whether it was answered. */
  private record Asked(long at, boolean answered) {}

  /** A checkpoint, which lets nobody be answered for a while; on the clock of the requests. */
  private record CaptureSpan(long began, long ended) {
    boolean pauses(Asked request) {
      return request.at() < ended
          && request.at() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS) > began;
    }
  }

  private TestLab lab() throws Exception {
    Tools tools = Host.tools(ToolGroup.BASE, ToolGroup.PYTHON);
    String program =
        """
        - name: count
          port: 8080
          address: 10.77.0.100
          memory: 512MiB
          command: ["%s", -S, -B, "%s"]
          environment: { PYTHONHOME: "%s", BALLAST_BYTES: "%d" }
        """
            .formatted(
                tools.python(),
                Host.ROOT.resolve("examples/count/count.py"),
                tools.pythonHome(),
                BALLAST_BYTES);
    return TestLab.up(folder, tools, TestLab.relaxed("e2e-midway", program));
  }

  /** What it was dumping is lost with it; the generation before is what goes on. */
  @Test
  void crashInTheMiddleOfADumpIsSurvived() throws Exception {
    try (TestLab lab = lab()) {
      lab.awaitWhole("count");
      lab.awaitCopyOfNow("count");
      long before = counter(lab);
      lab.awaitCopyOfNow("count");
      String former = awaitCriu(lab, "dump");
      lab.lab.crash(former);
      lab.await(
          "another active", () -> lab.actives("count").stream().anyMatch(n -> !n.equals(former)));
      assertThat(counter(lab)).as(lab::evidence).isGreaterThanOrEqualTo(before);
      assertThat(lab.awaitProtected("count")).isNotEqualTo(former);
    }
  }

  private static long counter(TestLab lab) throws Exception {
    return Long.parseLong(lab.awaitAnswer("count", "/state").replaceAll("[^0-9]", ""));
  }

  /**
   * The standby restores the next copy beside the one that it holds. Both listen at one address:
   * whoever connects after the failover has to reach the one that runs.
   */
  @Test
  void everyConnectionReachesTheCopyThatRuns() throws Exception {
    try (TestLab lab = lab();
        ExecutorService sampler = Executors.newSingleThreadExecutor()) {
      lab.awaitWhole("count");
      lab.awaitCopyOfNow("count");
      AtomicBoolean on = new AtomicBoolean(true);
      Path client = lab.lab.clientNetns();
      Future<List<Asked>> samples = sampler.submit(() -> sample(client, on));
      String former = awaitCriu(lab, "restore");
      long struck = Clock.bootNanos();
      lab.lab.crash(former);
      lab.await(
          "another active", () -> lab.actives("count").stream().anyMatch(n -> !n.equals(former)));
      TimeUnit.SECONDS.sleep(1);
      on.set(false);
      List<Asked> after = samples.get().stream().filter(a -> a.at() > struck).toList();
      long firstGood = firstGoodAfterLost(after);
      assertThat(lab.events("count", NodeEvent.WOKEN)).as(lab::evidence).isNotEmpty();
      assertThat(lab.awaitProtected("count")).isNotEqualTo(former);
      List<CaptureSpan> captures = captures(lab);
      List<Asked> lost =
          after.stream()
              .filter(a -> a.at() > firstGood && !a.answered())
              .filter(a -> captures.stream().noneMatch(c -> c.pauses(a)))
              .toList();
      assertThat(lost).as(lab::evidence).hasSizeLessThanOrEqualTo(LOST_MOST);
    }
  }

  private static List<CaptureSpan> captures(TestLab lab) throws Exception {
    List<CaptureSpan> captures = new ArrayList<>();
    for (NodeEvent event : lab.events("count", NodeEvent.CAPTURED)) {
      long began =
          lab.lab.hostBootNanos(
              event.node(), Long.parseLong(event.details().get("began_boot_nanos")));
      double took = Double.parseDouble(event.details().get("took_ms"));
      captures.add(new CaptureSpan(began, began + Math.round(took * 1e6)));
    }
    return captures;
  }

  private static List<Asked> sample(Path netns, AtomicBoolean on) throws IOException {
    return Namespaces.callIn(
        netns,
        () -> {
          List<Asked> all = new ArrayList<>();
          while (on.get()) {
            all.add(new Asked(Clock.bootNanos(), answered()));
          }
          return all;
        });
  }

  /** Impatient, so that it asks often while something is wrong. */
  private static boolean answered() {
    try (Socket socket = new Socket()) {
      socket.setSoLinger(true, 0);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.connect(new InetSocketAddress("10.77.0.100", 8080), CONNECT_MILLIS);
      socket.getOutputStream().write("GET /state HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
      return socket.getInputStream().readNBytes(8).length == 8;
    } catch (IOException silence) {
      return false;
    }
  }

  /** Since when somebody answers again; from the beginning if no request got lost at all. */
  private static long firstGoodAfterLost(List<Asked> all) {
    Optional<Asked> lost = all.stream().filter(a -> !a.answered()).findFirst();
    long from = lost.map(Asked::at).orElse(Long.MIN_VALUE);
    return all.stream()
        .filter(a -> a.answered() && a.at() > from)
        .mapToLong(Asked::at)
        .findFirst()
        .orElseThrow(() -> new AssertionError("nobody answers after the crash: " + all));
  }

  /**
   * Returns within some milliseconds of the beginning of a dump or restore, and says who is active
   * then: a standstill of the machine may have moved the workload since it was protected.
   */
  private static String awaitCriu(TestLab lab, String action) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      if (criuRuns(action)) {
        List<String> actives = lab.actives("count");
        if (actives.size() == 1 && criuRuns(action)) {
          return actives.getFirst();
        }
      }
    }
    throw new AssertionError("no " + action + " within a minute: " + lab.evidence());
  }

  private static boolean criuRuns(String action) throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(p -> Character.isDigit(p.getFileName().toString().charAt(0)))
          .anyMatch(p -> commandLine(p).filter(line -> isCriu(line, action)).isPresent());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean isCriu(String line, String action) {
    String program = line.substring(0, Math.max(0, line.indexOf('\0')));
    return program.endsWith("criu")
        && line.contains("\0" + action + "\0")
        && line.contains("/g/count/");
  }

  private static Optional<String> commandLine(Path process) {
    try {
      return Optional.of(
          new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
