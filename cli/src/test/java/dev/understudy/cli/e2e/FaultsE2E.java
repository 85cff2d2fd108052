// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.control.DatagramCounts;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.api.control.ReignNews;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.cluster.ReignWatch;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
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
    // Relaxed: what a test breaks has to be what moves the workload, and no standstill of a busy
    // machine.
    file = TestLab.relaxed("e2e-faults", count(found));
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
          String answer;
          try {
            answer = lab.talk("count", request);
          } catch (IOException standstill) {
            // A busy machine may have moved the workload just now.
            return false;
          }
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
    sample(netns, on, answered);
    return answered;
  }

  /** The same into a list that others may read meanwhile. */
  static void sample(Path netns, AtomicBoolean on, List<Long> answered) {
    while (on.get()) {
      long asked = System.nanoTime();
      if (Http.tryGet(netns, "10.77.0.100", 8080, "/state").isPresent()) {
        answered.add(asked);
      }
    }
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
      assertThat(lab.awaitAnswer("count", "/kill")).contains("killed");
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
      assertThat(lab.awaitAnswer("count", "/kill")).contains("killed");
      other(lab, active);
      checkRemembered(lab, 4_000_000);
    }
  }

  @Test
  void activeThatIsLeftAloneGoesOnWhenThatIsWanted() throws Exception {
    String count = count(tools.orElseThrow()) + "  withoutQuorum: continue\n";
    file = TestLab.relaxed("e2e-alone", count);
    try (TestLab lab = lab()) {
      remember(lab, 6_000_000);
      String active = lab.awaitWhole("count");
      List<String> others = lab.nodes().stream().filter(n -> !n.equals(active)).toList();
      for (String node : others) {
        lab.lab.crash(node);
      }
      lab.await("it says that it is alone", () -> said(lab, active, NodeEvent.ALONE));
      long seen = counter(lab.get("count", "/state"));
      lab.await("it counts on", () -> counter(lab.get("count", "/state")) > seen);
      assertThat(lab.row(active, "count").orElseThrow().role()).isEqualTo("active");
      for (String node : others) {
        lab.lab.start(node);
      }
      // Restarted voters refuse its epoch, so it has a lease again, or is elected with its state.
      assertThat(lab.awaitWhole("count")).isEqualTo(active);
      checkRemembered(lab, 6_000_000);
      assertThat(said(lab, active, NodeEvent.LAPSED)).as(lab::evidence).isFalse();
    }
  }

  @Test
  void agentsAreRestartedOneAfterTheOtherUnseen() throws Exception {
    file = TestLab.relaxed("e2e-restart", count(tools.orElseThrow()));
    List<Long> answers = new CopyOnWriteArrayList<>();
    AtomicBoolean on = new AtomicBoolean(true);
    try (TestLab lab = lab();
        ExecutorService client = Executors.newFixedThreadPool(1)) {
      remember(lab, 8_000_000);
      String active = lab.awaitWhole("count");
      Path outside = lab.lab.clientNetns();
      Future<?> asking = client.submit(() -> sample(outside, on, answers));
      try {
        Thread.sleep(2_000);
        restart(lab, active, List.of("count"), answers);
        for (String node : lab.nodes().stream().filter(n -> !n.equals(active)).toList()) {
          restart(lab, node, List.of(), answers);
        }
        assertThat(lab.awaitWhole("count")).isEqualTo(active);
        assertThat(lab.lab.events(active, 0))
            .as(lab::evidence)
            .noneMatch(e -> e.kind().equals(NodeEvent.ELECTED) || e.kind().equals(NodeEvent.LAPSED))
            .anyMatch(e -> e.kind().equals(NodeEvent.RESUMED));
      } finally {
        on.set(false);
      }
      asking.get();
      // The adopted program is captured, and its end is noticed.
      checkRemembered(lab, 8_000_000);
      lab.awaitCopyOfNow("count");
      assertThat(lab.awaitAnswer("count", "/kill")).contains("killed");
      other(lab, active);
      checkRemembered(lab, 8_000_000);
    }
  }

  private static void restart(TestLab lab, String node, List<String> goingOn, List<Long> answers)
      throws Exception {
    long before = System.nanoTime();
    try {
      assertThat(lab.lab.restartAgent(node, 12_000)).isEqualTo(goingOn);
    } catch (LabException e) {
      String log = Files.readString(lab.lab.agentLog(node));
      throw new AssertionError(e.getMessage() + "\n" + lab.evidence() + log, e);
    }
    long took = (System.nanoTime() - before) / 1_000_000;
    long gap = longestGapMillis(answers, before);
    System.out.printf("agent of %s restarted in %d ms, longest gap %d ms%n", node, took, gap);
    // Behind a closed gate nobody would have answered as long as the agent was away.
    assertThat(gap).as("longest gap of a restart of %d ms", took).isLessThan(took / 2);
  }

  private static long longestGapMillis(List<Long> instants, long after) {
    long longest = 0;
    for (int i = 1; i < instants.size(); i++) {
      if (instants.get(i) > after) {
        longest = Math.max(longest, instants.get(i) - instants.get(i - 1));
      }
    }
    return longest / 1_000_000;
  }

  @Test
  void pairTakesOverOnTheWordThatTheOtherIsOffAndSubscribersHearOfIt() throws Exception {
    file =
        "cluster: e2e-pair\nprefer: consistency\ntiming: relaxed\nnodes: [{name: a}, {name: b}]\n"
            + "workloads:\n"
            + count(tools.orElseThrow()).indent(2);
    List<ReignNews> news = new CopyOnWriteArrayList<>();
    try (TestLab lab = lab();
        ReignWatch _ = lab.lab.watch(news::add)) {
      remember(lab, 7_000_000);
      String active = lab.awaitWhole("count");
      String other = lab.nodes().stream().filter(n -> !n.equals(active)).findFirst().orElseThrow();
      lab.await("news of the first reign", () -> toldOf(news, active));
      assertThatThrownBy(() -> lab.lab.fence("count", active)).hasMessageContaining("runs");
      lab.lab.crash(active);
      for (int i = 0; i < 20; i++) {
        Thread.sleep(100);
        assertThat(lab.actives("count")).as(lab::evidence).isEmpty();
      }
      assertThat(lab.lab.fence("count", active)).containsExactly(other);
      lab.await("the other active", () -> lab.actives("count").equals(List.of(other)));
      checkRemembered(lab, 7_000_000);
      lab.await("news of the new reign", () -> toldOf(news, other));
      lab.lab.start(active);
      assertThat(lab.awaitWhole("count")).isEqualTo(other);
      assertThat(said(lab, other, NodeEvent.FENCE_VOID)).as(lab::evidence).isTrue();
      checkRemembered(lab, 7_000_000);
      assertThat(news).extracting(ReignNews::epochCounter).isSorted().doesNotHaveDuplicates();
    }
  }

  private static boolean toldOf(List<ReignNews> news, String active) {
    return !news.isEmpty() && news.getLast().activeNode().equals(active);
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
      lab.await(
          "its colleagues heard beside them",
          () -> datagrams(lab, active).received() > before.received() + 200);
      DatagramCounts after = datagrams(lab, active);
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
