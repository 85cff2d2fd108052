// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.linux.Clock;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.lab.tools.HostPrograms;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabTest {
  @TempDir Path stateRoot;

  @BeforeEach
  void needRoot() {
    LabFixture.needRoot();
  }

  @Test
  void nodesHearOneAnotherAndCrashAndComeBackWithTheirDisk() throws Exception {
    try (Lab lab =
        Lab.up(
            LabFixture.cluster("lab-test"),
            LabFixture.options("lab-test", stateRoot).boundToThisProcess())) {
      List<NodeSpec> nodes = lab.cluster().nodes();
      int a = nodes.getFirst().address();
      for (NodeSpec node : nodes) {
        int address = node.address();
        assertThat(LabFixture.within5s(() -> LabFixture.answers(lab.clientNetns(), address)))
            .isTrue();
        assertThat(LabFixture.within5s(() -> LabFixture.answers(lab.nodeNetns("b"), address)))
            .isTrue();
      }

      lab.isolate("a");
      assertThat(LabFixture.answers(lab.clientNetns(), a)).isFalse();
      assertThat(lab.status().nodes().getFirst().state()).isEqualTo("isolated");
      lab.heal("a");
      assertThat(LabFixture.within5s(() -> LabFixture.answers(lab.clientNetns(), a))).isTrue();

      long pid = lab.status().nodes().getFirst().pid();
      Crash crash = lab.crash("a");
      System.out.println(
          "crash: port down after "
              + (crash.cutNanos() - crash.beginNanos()) / 1000
              + " us, killed after "
              + (crash.killedNanos() - crash.beginNanos()) / 1000
              + " us");
      assertThat(crash.cutNanos()).isBetween(crash.beginNanos(), crash.killedNanos());
      assertThat(LabFixture.within5s(() -> ProcessMark.of(pid).isEmpty())).isTrue();
      assertThat(LabFixture.answers(lab.clientNetns(), a)).isFalse();
      assertThat(lab.status().nodes().getFirst().state()).isEqualTo("crashed");
      assertThatThrownBy(() -> lab.crash("a")).hasMessageContaining("Node a is crashed");
      assertThat(lab.status("b").incarnation()).isEqualTo(1);

      lab.start("a");
      lab.awaitAgent("a");
      assertThat(lab.status("a").incarnation()).isEqualTo(2);
      assertThat(LabFixture.answers(lab.clientNetns(), a)).isTrue();
      assertThatThrownBy(() -> lab.start("a")).hasMessageContaining("Node a is up");
    }
    assertNothingLeft("lab-test");
  }

  @Test
  void clocksOfNodesAreFarApartAndConvertible() throws Exception {
    try (Lab lab =
        Lab.up(
            LabFixture.cluster("lab-clocks"),
            LabFixture.options("lab-clocks", stateRoot).boundToThisProcess())) {
      long before = Clock.bootNanos();
      long a = lab.status("a").bootNanos();
      long b = lab.status("b").bootNanos();
      long after = Clock.bootNanos();
      assertThat(b - a).isGreaterThan(100_000L * 1_000_000_000L);
      assertThat(lab.hostBootNanos("a", a)).isBetween(before, after);
      assertThat(lab.hostBootNanos("b", b)).isBetween(before, after);
      NodeEvent event = lab.events("a", 0).getFirst();
      assertThat(event.kind()).isEqualTo(NodeEvent.AGENT_STARTED);
      assertThat(event.details()).containsEntry("who", "stand-in");
      assertThat(output(lab.execCommand("a", List.of("cat", "/proc/sys/kernel/hostname"))))
          .isEqualTo("a\n");
      // Orphans end below PID 1, which reaps them: none stays a zombie.
      output(lab.execCommand("a", List.of("sh", "-c", "(sleep 0.05 & sleep 0.05 &) ; sleep 0.3")));
      assertThat(
              output(lab.execCommand("a", List.of("sh", "-c", "cat /proc/[0-9]*/stat")))
                  .lines()
                  .filter(line -> line.contains(") Z ")))
          .isEmpty();
      assertThat(
              output(lab.execCommand("a", List.of("sh", "-c", "grep -c : /proc/net/dev"))).strip())
          .as("lo, eth0 and br0")
          .isEqualTo("3");
      assertThat(output(lab.clientCommand(stateRoot, List.of("pwd"))).strip())
          .isEqualTo(stateRoot.toString());
    }
    assertNothingLeft("lab-clocks");
  }

  @Test
  void persistentLabStaysUntilDown() throws Exception {
    LabOptions options = LabFixture.options("lab-stays", stateRoot);
    Lab.up(LabFixture.cluster("lab-stays"), options).close();
    try {
      assertThat(Lab.running(stateRoot)).containsExactly("lab-stays");
      assertThatThrownBy(() -> Lab.up(LabFixture.cluster("lab-stays"), options))
          .isInstanceOf(LabException.class)
          .hasMessageContaining("runs already");
      try (Lab lab = Lab.attachToChange(stateRoot, "lab-stays")) {
        assertThat(lab.status().nodes()).allMatch(n -> n.state().equals("up"));
        assertThatThrownBy(() -> Lab.attachToChange(stateRoot, "lab-stays"))
            .hasMessageContaining("in use by another command");
        lab.crash("b");
        lab.start("b");
        lab.awaitAgent("b");
      }
      try (Lab lab = Lab.attach(stateRoot, "lab-stays")) {
        assertThat(lab.status("b").incarnation()).isEqualTo(2);
        assertThatThrownBy(() -> lab.status("nobody"))
            .hasMessageContaining("has no node nobody; it has a, b, a-long-name-node");
      }
    } finally {
      assertThat(Lab.down(stateRoot, "lab-stays")).isTrue();
    }
    assertThat(Lab.down(stateRoot, "lab-stays")).isFalse();
    assertNothingLeft("lab-stays");
  }

  @Test
  void agentThatDoesNotStartIsNamedWithItsLastLines() throws Exception {
    LabOptions options =
        LabFixture.options("lab-broken", stateRoot).agent(List.of("no.such.Agent"));
    assertThatThrownBy(() -> Lab.up(LabFixture.cluster("lab-broken"), options))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("does not answer: it ends as soon as it is started")
        .hasMessageContaining("ClassNotFoundException: no.such.Agent");
    assertNothingLeft("lab-broken");
  }

  private void assertNothingLeft(String name) throws Exception {
    assertThat(LabFixture.within5s(() -> LabFixture.processes(stateRoot).isEmpty()))
        .as("processes: %s", LabFixture.processes(stateRoot))
        .isTrue();
    assertThat(LabFixture.mounts(stateRoot)).isEmpty();
    assertThat(LabFixture.hasCgroups(stateRoot, name)).isFalse();
    assertThat(Files.exists(stateRoot.resolve(name))).isFalse();
  }

  private static String output(List<String> command) throws Exception {
    Process process = HostPrograms.builder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
