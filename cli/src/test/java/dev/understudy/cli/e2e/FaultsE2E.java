// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.control.DatagramCounts;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults other than a crash of the active node, with the program count. */
class FaultsE2E {
  @TempDir Path folder = Path.of("");
  private String file = "";
  private Optional<Tools> tools = Optional.empty();

  @BeforeEach
  void describe() throws Exception {
    Tools found = Host.tools(ToolGroup.BASE, ToolGroup.PYTHON);
    tools = Optional.of(found);
    file = TestLab.cluster("e2e-faults", count(found));
  }

  static String count(Tools tools) {
    return """
    - name: count
      port: 8080
      address: 10.77.0.100
      memory: 64MiB
      command: ["%s", -S, -B, "%s"]
      environment: { PYTHONHOME: "%s" }
    """
        .formatted(
            tools.python(), Host.ROOT.resolve("examples/count/count.py"), tools.pythonHome());
  }

  private TestLab lab() throws Exception {
    TestLab lab = TestLab.up(folder, tools.orElseThrow(), file);
    lab.awaitWhole("count");
    return lab;
  }

  private static long counter(String answer) throws IOException {
    return new ObjectMapper().readTree(answer).path("counter").longValue();
  }

  /**
   * Sets the counter so high that a cold start cannot be mistaken for it, and has that copied. On a
   * busy machine a failover may come in between, which takes the program back before this.
   */
  private static void remember(TestLab lab, long number) throws Exception {
    String body = "{\"counter\":%d}".formatted(number);
    String request =
        "POST /state HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body);
    lab.await(
        "the counter kept and copied",
        () -> {
          String answer = lab.talk("count", request);
          assertThat(answer).startsWith("HTTP/1.1 200");
          lab.awaitCopyOfNow("count");
          return counter(lab.awaitAnswer("count", "/state")) >= number;
        });
  }

  private static void checkRemembered(TestLab lab, long number) throws Exception {
    assertThat(counter(lab.awaitAnswer("count", "/state")))
        .as(lab::evidence)
        .isBetween(number, number + 100_000);
  }

  private static String other(TestLab lab, String former) throws Exception {
    return Wait.until(
        "another active than " + former,
        90,
        lab::evidence,
        () -> lab.actives("count").stream().filter(n -> !n.equals(former)).findFirst());
  }

  /** Instants of good answers, asked for from one network namespace as fast as it goes. */
  private static List<Long> sample(Path netns, AtomicBoolean on) {
    List<Long> answered = new ArrayList<>();
    while (on.get()) {
      long asked = System.nanoTime();
      if (Http.tryGet(netns, "10.77.0.100", 8080, "/state").isPresent()) {
        answered.add(asked);
      }
    }
    return answered;
  }

  @Test
  void isolatedActiveFallsSilentBeforeAnotherAnswersAndGivesWayWhenItIsBack() throws Exception {
    try (TestLab lab = lab();
        ExecutorService samplers = Executors.newFixedThreadPool(2)) {
      remember(lab, 1_000_000);
      String former = lab.awaitWhole("count");
      assertThat(lab.getFrom(former, "count", "/state")).isPresent();
      Path inside = lab.lab.nodeNetns(former);
      Path outside = lab.lab.clientNetns();
      AtomicBoolean on = new AtomicBoolean(true);
      Future<List<Long>> near = samplers.submit(() -> sample(inside, on));
      Future<List<Long>> far = samplers.submit(() -> sample(outside, on));
      long cut = System.nanoTime();
      lab.lab.isolate(former);
      String next = other(lab, former);
      lab.await("copy held by the third", () -> lab.protectedOn("count").equals(Optional.of(next)));
      on.set(false);
      long lastNear = near.get().getLast();
      long firstFar = far.get().stream().filter(t -> t > lastNear).findFirst().orElseThrow();
      assertThat(near.get()).as("its own node is answered for a moment").isNotEmpty();
      assertThat(far.get().stream().filter(t -> t > cut + 200_000_000L)).isNotEmpty();
      // Answers to the client after the cut come from the new active only.
      List<Long> overlap =
          far.get().stream().filter(t -> t > cut + 5_000_000L && t < lastNear).toList();
      assertThat(overlap).as("answers from two nodes at once, first %s", firstFar).isEmpty();
      checkRemembered(lab, 1_000_000);
      assertThat(lab.getFrom(former, "count", "/state")).as("its gate is shut").isEmpty();

      lab.lab.heal(former);
      lab.await(
          "the old copy discarded",
          () -> lab.lab.events(former, 0).stream().anyMatch(e -> e.kind().equals("discarded")));
      assertThat(lab.awaitWhole("count")).isEqualTo(next);
      checkRemembered(lab, 1_000_000);
    }
  }

  @Test
  void deathOfTheAgentAloneHandsOver() throws Exception {
    try (TestLab lab = lab()) {
      remember(lab, 2_000_000);
      String former = lab.awaitWhole("count");
      NodeStatus status = lab.status(former).orElseThrow();
      OciArchive.run(
          lab.lab.execCommand(former, List.of("kill", "-9", Long.toString(status.pid()))));
      other(lab, former);
      checkRemembered(lab, 2_000_000);
      lab.await(
          "the agent back",
          () -> lab.status(former).filter(s -> s.incarnation() > status.incarnation()).isPresent());
      lab.awaitWhole("count");
      checkRemembered(lab, 2_000_000);
    }
  }

  @Test
  void endOfTheProgramHandsOver() throws Exception {
    try (TestLab lab = lab()) {
      remember(lab, 3_000_000);
      String former = lab.awaitWhole("count");
      assertThat(lab.get("count", "/kill")).contains("killed");
      other(lab, former);
      checkRemembered(lab, 3_000_000);
      lab.awaitWhole("count");
      assertThat(lab.lab.events(former, 0)).anyMatch(e -> e.kind().equals(NodeEvent.EXITED));
    }
  }

  @Test
  void activeThatIsLeftAloneFreezesAndGoesOnWithItsStateWhenSomebodyIsBack() throws Exception {
    try (TestLab lab = lab()) {
      remember(lab, 4_000_000);
      String active = lab.awaitWhole("count");
      List<String> others = lab.nodes().stream().filter(n -> !n.equals(active)).toList();
      for (String node : others) {
        lab.lab.crash(node);
      }
      lab.await(
          "it has no lease",
          () -> lab.row(active, "count").filter(w -> w.role().equals("standby")).isPresent());
      assertThat(lab.getFrom(active, "count", "/state")).isEmpty();
      lab.lab.start(others.getLast());
      checkRemembered(lab, 4_000_000);
      assertThat(lab.awaitProtected("count")).isEqualTo(active);
      assertThat(lab.lab.events(active, 0))
          .filteredOn(e -> e.kind().equals(NodeEvent.WOKEN))
          .as(lab::evidence)
          .allMatch(e -> String.valueOf(e.details().get("generation")).endsWith("/live"))
          .isNotEmpty();
      // It is captured again although it was frozen in between, and its end is noticed.
      lab.awaitCopyOfNow("count");
      assertThat(failures(lab.lab, active)).as(lab::evidence).isEmpty();
      assertThat(lab.get("count", "/kill")).contains("killed");
      other(lab, active);
      checkRemembered(lab, 4_000_000);
    }
  }

  @Test
  void activeThatIsLeftAloneGoesOnWhenThatIsWanted() throws Exception {
    String count = count(tools.orElseThrow()) + "  withoutQuorum: continue\n";
    // Relaxed: a busy machine must not make it late at the moment when it is left alone.
    file = "timing: relaxed\n" + TestLab.cluster("e2e-alone", count);
    try (TestLab lab = lab()) {
      remember(lab, 6_000_000);
      String active = lab.awaitWhole("count");
      List<String> others = lab.nodes().stream().filter(n -> !n.equals(active)).toList();
      for (String node : others) {
        lab.lab.crash(node);
      }
      lab.await("it says that it is alone", () -> said(lab, active, NodeEvent.ALONE));
      long seen = counter(lab.get("count", "/state"));
      assertThat(counter(lab.get("count", "/state"))).isGreaterThan(seen);
      assertThat(lab.row(active, "count").orElseThrow().role()).isEqualTo("active");
      for (String node : others) {
        lab.lab.start(node);
      }
      lab.await("it has a lease again", () -> said(lab, active, NodeEvent.ACCOMPANIED));
      assertThat(lab.awaitWhole("count")).isEqualTo(active);
      checkRemembered(lab, 6_000_000);
      assertThat(said(lab, active, NodeEvent.LAPSED)).as(lab::evidence).isFalse();
    }
  }

  private static boolean said(TestLab lab, String node, String kind) throws Exception {
    return lab.lab.events(node, 0).stream().anyMatch(e -> e.kind().equals(kind));
  }

  private static List<String> failures(Lab lab, String node) throws Exception {
    return lab.events(node, 0).stream()
        .filter(e -> e.kind().equals(NodeEvent.CHECKPOINT_FAILED))
        .map(e -> String.valueOf(e.details().get("reason")))
        .filter(reason -> reason.contains("frozen"))
        .toList();
  }

  @Test
  void crashedNodesComeBackAndTakeTheirTurn() throws Exception {
    try (TestLab lab = lab()) {
      remember(lab, 5_000_000);
      Set<String> actives = new TreeSet<>();
      for (int round = 0; round < 3; round++) {
        String active = lab.awaitWhole("count");
        actives.add(active);
        lab.lab.crash(active);
        String next = other(lab, active);
        actives.add(next);
        checkRemembered(lab, 5_000_000);
        lab.lab.start(active);
        lab.lab.awaitAgent(active);
      }
      String last = lab.awaitWhole("count");
      checkRemembered(lab, 5_000_000);
      Set<String> used = new HashSet<>(actives);
      used.add(last);
      lab.row(last, "count").ifPresent(w -> used.add(w.standbyNode()));
      assertThat(used).as(lab::evidence).containsAll(lab.nodes());
    }
  }

  @Test
  void strangersAtThePortAreCountedAndChangeNothing() throws Exception {
    try (TestLab lab = lab()) {
      String active = lab.awaitWhole("count");
      DatagramCounts before = datagrams(lab, active);
      byte[] noise = new byte[1_000];
      byte[] otherVersion = {'U', 'N', 'D', 99, 1, 2, 3};
      Namespaces.callIn(
          lab.lab.clientNetns(),
          () -> {
            int address = lab.lab.cluster().node(active).orElseThrow().address();
            InetSocketAddress port = new InetSocketAddress(Ipv4.text(address), 7400);
            try (DatagramSocket socket = new DatagramSocket()) {
              for (int i = 0; i < 100; i++) {
                socket.send(new DatagramPacket(noise, noise.length, port));
                socket.send(new DatagramPacket(otherVersion, otherVersion.length, port));
              }
            }
            return 0;
          });
      lab.await(
          "all of them counted",
          () -> {
            DatagramCounts now = datagrams(lab, active);
            return now.malformed() == before.malformed() + 100
                && now.foreign() == before.foreign() + 100;
          });
      DatagramCounts after = datagrams(lab, active);
      assertThat(after.received()).isGreaterThan(before.received() + 200);
      assertThat(after.forged() + after.stale() + after.repeated())
          .as("dropped of its colleagues': %s", after)
          .isEqualTo(before.forged() + before.stale() + before.repeated());
      assertThat(counter(lab.awaitAnswer("count", "/state"))).isNotNegative();
    }
  }

  private static DatagramCounts datagrams(TestLab lab, String node) {
    return lab.status(node).orElseThrow().datagrams();
  }
}
