// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.WorkloadStatus;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that cannot work, or cannot be saved, in one lab with one that can. */
class BadProgramsE2E {
  /** Answers with a count; from /ring or /vsock on it has what CRIU cannot save. */
  private static final String UNSAVABLE_SERVER =
      """
      use IO::Socket::INET; $| = 1; my ($n, $has, $vsock) = (0, 0);
      my $s = IO::Socket::INET->new(LocalPort => 8080, Listen => 64, ReuseAddr => 1) or die $!;
      while (my $c = $s->accept) {
        my $line = <$c>; $n++;
        if ($line =~ /ring/ && !$has) { my $p = "\\0" x 256; $has = syscall(425, 8, $p); }
        if ($line =~ /vsock/ && !$has) { $has = socket($vsock, 40, 1, 0) ? 1 : -1; }
        print $c "HTTP/1.0 200 OK\\r\\n\\r\\n$n $has\\n"; close $c;
      }
      """;

  @TempDir static Path folder = Path.of("");
  private static @Nullable TestLab shared;

  @BeforeAll
  static void start() throws Exception {
    Tools tools = Host.tools(ToolGroup.BASE, ToolGroup.PYTHON);
    Path programs = Host.folder("bad-programs");
    Path vanishing = Host.script(programs.resolve("vanishing"), "#!/bin/sh\nsleep 1000\n");
    Path unsavable = Files.writeString(programs.resolve("unsavable.pl"), UNSAVABLE_SERVER);
    String bad =
        """
        - name: brief
          port: 8080
          address: 10.77.0.101
          command: [/bin/sh, -c, "echo cannot read my configuration; exit 3"]
        - name: vanished
          port: 8080
          address: 10.77.0.102
          command: ["%s"]
        - name: ring
          port: 8080
          address: 10.77.0.103
          memory: 64MiB
          command: ["/usr/bin/perl", "%s"]
        - name: vsock
          port: 8080
          address: 10.77.0.106
          memory: 64MiB
          command: ["/usr/bin/perl", "%s"]
        - name: hungry
          port: 8080
          address: 10.77.0.104
          memory: 8MiB
          command:
            - /usr/bin/perl
            - -e
            - '$| = 1; print "filling memory\\n"; push @x, "x" x 1048576 while 1'
        - name: big
          port: 8080
          address: 10.77.0.105
          memory: 256MiB
          interval: 50ms
          command: ["%s", -S, -B, "%s"]
          environment: { PYTHONHOME: "%s", BALLAST_BYTES: "67108864" }
        """
            .formatted(
                vanishing,
                unsavable,
                unsavable,
                tools.python(),
                Host.ROOT.resolve("examples/count/count.py"),
                tools.pythonHome());
    String file = TestLab.relaxed("e2e-bad", FaultsE2E.count(tools) + bad);
    shared = TestLab.up(folder, tools, file, () -> Files.delete(vanishing));
  }

  @AfterAll
  static void stop() throws Exception {
    if (shared != null) {
      shared.close();
    }
  }

  private static TestLab lab() {
    if (shared == null) {
      throw new IllegalStateException("the lab did not start");
    }
    return shared;
  }

  /** An event whose details hold that text, waited for. */
  private static NodeEvent event(String workload, String kind, String text) throws Exception {
    return Wait.until(
        workload + " " + kind + " with '" + text + "'",
        90,
        lab()::evidence,
        () ->
            lab().events(workload, kind).stream()
                .filter(e -> e.details().toString().contains(text))
                .findFirst());
  }

  private static void checkTheGoodOneIsProtected() throws Exception {
    String node = lab().awaitProtected("count");
    lab().awaitCopyOfNow("count");
    assertThat(lab().protectedOn("count")).as(lab()::evidence).isEqualTo(Optional.of(node));
    assertThat(lab().get("count", "/health")).contains("true");
    assertThat(lab().events("count", NodeEvent.CHECKPOINT_FAILED)).as(lab()::evidence).isEmpty();
  }

  @Test
  void programThatEndsAtOnceIsReportedWithItsLastLines() throws Exception {
    NodeEvent failed = event("brief", NodeEvent.START_FAILED, "exited within");
    assertThat(failed.details().get("log")).contains("cannot read my configuration");
    assertThat(lab().row(failed.node(), "brief").orElseThrow().lastError())
        .contains("/bin/sh exited within");
    checkTheGoodOneIsProtected();
  }

  @Test
  void programThatVanishedAfterTheCheckIsReported() throws Exception {
    NodeEvent failed = event("vanished", NodeEvent.START_FAILED, "there is no command");
    assertThat(failed.details().get("reason")).contains("bad-programs/vanishing");
    checkTheGoodOneIsProtected();
  }

  @Test
  void programThatBeginsToUseIoUringGoesOnAndKeepsItsLastCopy() throws Exception {
    String reason = reasonAfter("ring", "/ring", "io_uring");
    assertThat(reason).startsWith("the program uses io_uring, which CRIU cannot save (");
  }

  @Test
  void programThatOpensAnUnsupportedSocketGoesOnAndKeepsItsLastCopy() throws Exception {
    assertThat(reasonAfter("vsock", "/vsock", "family 40")).contains("socket");
  }

  /** Why it cannot be saved any more once it was asked for that. */
  private static String reasonAfter(String workload, String path, String named) throws Exception {
    var _ = lab().awaitProtected(workload);
    assertThat(lab().awaitAnswer(workload, "/")).endsWith(" 0");
    lab().awaitCopyOfNow(workload);
    String answer = lab().get(workload, path);
    assumeFalse(answer.endsWith(" -1"), "this kernel does not give a program " + path);
    NodeEvent failed = event(workload, NodeEvent.CHECKPOINT_FAILED, named);
    WorkloadStatus row = lab().row(failed.node(), workload).orElseThrow();
    assertThat(row.lastError()).contains(named);
    assertThat(lab().nodes())
        .as("the last good generation stays: %s", lab().evidence())
        .anyMatch(n -> !lab().row(n, workload).orElseThrow().heldGeneration().isEmpty());
    int before = count(lab().get(workload, "/"));
    assertThat(count(lab().get(workload, "/"))).isEqualTo(before + 1);
    checkTheGoodOneIsProtected();
    return failed.details().getOrDefault("reason", "");
  }

  private static int count(String answer) {
    return Integer.parseInt(answer.substring(0, answer.indexOf(' ')));
  }

  @Test
  void programThatNeedsMoreMemoryIsReportedWithItsLastLines() throws Exception {
    lab().await("its end", () -> !failuresOf("hungry").isEmpty());
    assertThat(failuresOf("hungry").getFirst().details().get("log")).contains("filling memory");
    assertThat(failuresOf("hungry")).anyMatch(e -> e.details().toString().contains("memory limit"));
    checkTheGoodOneIsProtected();
  }

  private static List<NodeEvent> failuresOf(String workload) throws Exception {
    List<NodeEvent> failures = lab().events(workload, NodeEvent.START_FAILED);
    failures.addAll(lab().events(workload, NodeEvent.EXITED));
    return failures;
  }

  @Test
  void intervalShorterThanAGenerationTakesIsStretchedAndSaid() throws Exception {
    NodeEvent stretched = event("big", NodeEvent.INTERVAL_STRETCHED, "from_ms=50.0");
    assertThat(lab().row(stretched.node(), "big").orElseThrow().intervalMillis()).isGreaterThan(50);
    checkTheGoodOneIsProtected();
  }

  /** The command's exit code and what it said. */
  private static String labUp(Path file, int code) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Host.ROOT.resolve("understudy").toString(), "lab", "up", "-f", file.toString());
    builder.redirectErrorStream(true).environment().put("UNDERSTUDY_NO_BUILD", "1");
    builder.environment().put("UNDERSTUDY_STATE", folder.resolve("other").toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(code);
    assertThat(Host.remains(folder.resolve("other"), "e2e-refused")).isEmpty();
    return said;
  }

  @Test
  void brokenFilesAndImagesAreRefusedBeforeAnythingStarts() throws Exception {
    Path file = folder.resolve("refused.yaml");
    String workloads = "- {name: x, port: 80, address: 10.77.0.1, root: {image: no.tar}}";
    Files.writeString(file, TestLab.cluster("e2e-refused", workloads));
    String said = labUp(file, 2);
    assertThat(said).contains("refused.yaml:4: workloads[0].address").contains("no.tar");

    Files.writeString(folder.resolve("no.tar"), "this is no archive");
    Files.writeString(
        file, TestLab.cluster("e2e-refused", workloads.replace("10.77.0.1,", "10.77.0.9,")));
    assertThat(labUp(file, 2)).contains("refused.yaml:4: workloads[0].root.image", "no.tar");

    Path empty = Files.createDirectory(folder.resolve("empty"));
    OciArchive.run(
        List.of("tar", "-cf", folder.resolve("no.tar").toString(), "-C", empty.toString(), "."));
    assertThat(labUp(file, 2)).contains("no.tar").contains("index.json");
  }
}
