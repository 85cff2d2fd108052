// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.gate.NftablesBatch;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.NetlinkSocket;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.NodeSpec;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Whether faults do what they say, and whether nothing of them stays; with stand-in agents. */
@TestInstance(Lifecycle.PER_CLASS)
class FaultsTest {
  private static final int COUNT = 300;

  private Lab lab;

  @BeforeAll
  void up(@TempDir Path stateRoot) throws Exception {
    LabFixture.needRoot();
    lab =
        Lab.up(
            LabFixture.cluster("lab-faults"),
            LabFixture.options("lab-faults", stateRoot).boundToThisProcess());
  }

  @AfterAll
  void down() throws Exception {
    if (lab != null) {
      lab.close();
    }
  }

  private int address(String node) {
    return lab.cluster().node(node).map(NodeSpec::address).orElseThrow();
  }

  private DatagramSocket socket(String node, int port) throws Exception {
    return Namespaces.callIn(
        lab.nodeNetns(node),
        () -> new DatagramSocket(new InetSocketAddress(Ipv4.text(address(node)), port)));
  }

  /** How a datagram fared: its number and how long it took. */
  private record Arrival(int number, long nanos) {}

  /** Sends datagrams one way, a millisecond apart. */
  private List<Arrival> send(String from, String to, int count) throws Exception {
    try (DatagramSocket out = socket(from, 0);
        DatagramSocket in = socket(to, 7999)) {
      in.setSoTimeout(300);
      FutureTask<List<Arrival>> arrivals = new FutureTask<>(() -> receive(in));
      Thread.ofPlatform().start(arrivals);
      InetSocketAddress target = new InetSocketAddress(Ipv4.text(address(to)), 7999);
      for (int i = 0; i < count; i++) {
        byte[] data = ByteBuffer.allocate(12).putInt(i).putLong(Clock.bootNanos()).array();
        out.send(new DatagramPacket(data, data.length, target));
        Thread.sleep(1);
      }
      return arrivals.get();
    }
  }

  private static List<Arrival> receive(DatagramSocket in) throws IOException {
    List<Arrival> all = new ArrayList<>();
    while (true) {
      ByteBuffer data = ByteBuffer.allocate(12);
      try {
        in.receive(new DatagramPacket(data.array(), 12));
      } catch (SocketTimeoutException over) {
        return all;
      }
      all.add(new Arrival(data.getInt(), Clock.bootNanos() - data.getLong()));
    }
  }

  /** Neighbours know one another, so that a one-way cut does not stop at ARP. */
  private void meet() throws Exception {
    for (String from : List.of("a", "b")) {
      for (NodeSpec to : lab.cluster().nodes()) {
        assertThat(LabFixture.answers(lab.nodeNetns(from), to.address())).isTrue();
      }
      assertThat(LabFixture.answers(lab.clientNetns(), address(from))).isTrue();
    }
  }

  @Test
  void oneWayCutsAreOneWay() throws Exception {
    meet();
    try (OngoingFault _ = lab.begin(FaultSpec.of(FaultKind.DEAF, "a"))) {
      assertThat(send("b", "a", 5)).isEmpty();
      assertThat(send("a", "b", 5)).hasSize(5);
      assertThat(LabFixture.answers(lab.clientNetns(), address("a"))).isTrue();
    }
    try (OngoingFault _ = lab.begin(FaultSpec.of(FaultKind.MUTE, "a").towards("b"))) {
      assertThat(send("a", "b", 5)).isEmpty();
      assertThat(send("b", "a", 5)).hasSize(5);
      assertThat(send("a", "a-long-name-node", 5)).hasSize(5);
    }
    meet();
  }

  @Test
  void partitionLeavesTheClient() throws Exception {
    try (OngoingFault _ = lab.begin(FaultSpec.of(FaultKind.PARTITION, "a", "b"))) {
      assertThat(LabFixture.answers(lab.clientNetns(), address("a"))).isTrue();
      assertThat(LabFixture.answers(lab.nodeNetns("a"), address("b"))).isTrue();
      assertThat(LabFixture.answers(lab.nodeNetns("a"), address("a-long-name-node"))).isFalse();
    }
    meet();
  }

  @Test
  void lossTakesItsShare() throws Exception {
    meet();
    try (OngoingFault _ = lab.begin(FaultSpec.of(FaultKind.LOSS, "a").loss(50))) {
      assertThat(send("b", "a", COUNT)).hasSizeBetween(COUNT / 3, COUNT * 2 / 3);
      assertThat(send("a", "b", COUNT)).hasSizeBetween(COUNT / 3, COUNT * 2 / 3);
      assertThat(send("b", "a-long-name-node", 20)).hasSize(20);
    }
    assertThat(send("b", "a", 20)).hasSize(20);
  }

  @Test
  void delayedFramesComeLateAndOvertakeAndNoneIsLost() throws Exception {
    meet();
    FaultSpec fault = FaultSpec.of(FaultKind.DELAY, "a").delay(5_000_000, 30_000_000, 1);
    try (OngoingFault _ = lab.begin(fault)) {
      List<Arrival> arrivals = send("b", "a", COUNT);
      assertThat(arrivals).hasSize(COUNT);
      assertThat(arrivals).allMatch(x -> x.nanos() >= 5_000_000);
      List<Integer> order = arrivals.stream().map(Arrival::number).toList();
      assertThat(order).isNotEqualTo(order.stream().sorted().toList());
    }
    assertThat(send("b", "a", 20).stream().map(Arrival::number)).isSorted();
  }

  @Test
  void longSegmentsPassARelayWhole() throws Exception {
    meet();
    byte[] sent = new byte[2 << 20];
    new java.util.Random(1).nextBytes(sent);
    try (OngoingFault _ = lab.begin(FaultSpec.of(FaultKind.DELAY, "a").delay(0, 500_000, 1));
        ServerSocket server =
            Namespaces.callIn(lab.nodeNetns("a"), () -> new ServerSocket(7998, 1));
        Socket client =
            Namespaces.callIn(lab.nodeNetns("b"), () -> new Socket(Ipv4.text(address("a")), 7998));
        Socket accepted = server.accept()) {
      accepted.setSoTimeout(5_000);
      FutureTask<byte[]> received =
          new FutureTask<>(() -> accepted.getInputStream().readNBytes(sent.length));
      Thread.ofPlatform().start(received);
      client.getOutputStream().write(sent);
      assertThat(received.get()).isEqualTo(sent);
    }
  }

  @Test
  void stoppedAgentIsSilentAndGoesOn() throws Exception {
    long pid = lab.status("b").pid();
    try (OngoingFault _ = lab.begin(FaultSpec.of(FaultKind.STOP_AGENT, "b"))) {
      assertThat(LabFixture.answers(lab.clientNetns(), address("b"))).isFalse();
    }
    lab.awaitAgent("b");
    assertThat(lab.status("b").pid()).isEqualTo(pid);
  }

  @Test
  void killedAgentIsStartedAgain() throws Exception {
    long before = lab.status("b").incarnation();
    lab.begin(FaultSpec.of(FaultKind.KILL_AGENT, "b")).close();
    assertThat(
            LabFixture.within5s(() -> {
              lab.awaitAgent("b");
              return lab.status("b").incarnation() == before + 1;
            }))
        .isTrue();
  }

  @Test
  void hogsComputeOnTheirNodeAndEnd() throws Exception {
    String processors = Integer.toString(Runtime.getRuntime().availableProcessors());
    try (OngoingFault _ = lab.begin(FaultSpec.of(FaultKind.HOG, "a"))) {
      assertThat(LabFixture.within5s(() -> hogs("a").equals(processors))).isTrue();
    }
    assertThat(LabFixture.within5s(() -> hogs("a").equals("0"))).isTrue();
  }

  private String hogs(String node) throws Exception {
    String count = "grep -l [u]limit.-t.600 /proc/[0-9]*/cmdline 2>/dev/null | wc -l";
    Process process = new ProcessBuilder(lab.execCommand(node, List.of("sh", "-c", count))).start();
    return new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
        .strip();
  }

  @Test
  void flushDeletesEveryTableOfTheNode() throws Exception {
    int inet = 1;
    try (NetlinkSocket socket =
        Namespaces.callIn(lab.nodeNetns("a"), () -> NetlinkSocket.open(NetlinkSocket.NETFILTER))) {
      NftablesBatch make = new NftablesBatch();
      make.freshTable(inet, "someones");
      socket.transact(make.finished(), "make a table");
      lab.begin(FaultSpec.of(FaultKind.FLUSH_FILTERS, "a")).close();
      NftablesBatch delete = new NftablesBatch();
      delete.deleteTable(inet, "someones");
      assertThatThrownBy(() -> socket.transact(delete.finished(), "delete it"))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }
  }

  @Test
  void powerGoesAndComesBack() throws Exception {
    try (OngoingFault _ = lab.begin(FaultSpec.of(FaultKind.CRASH, "a", "b"))) {
      assertThat(lab.status().nodes().stream().filter(n -> n.state().equals("crashed"))).hasSize(2);
      assertThatThrownBy(() -> lab.begin(FaultSpec.of(FaultKind.HOG, "a")))
          .hasMessageContaining("Node a is crashed");
    }
    assertThat(lab.status().nodes()).allMatch(n -> n.state().equals("up") && n.agent() != null);
  }

  @Test
  void healEndsWhatAKilledCommandLeft() throws Exception {
    meet();
    // As a killed command would, this leaves without a repair.
    OngoingFault forgotten = lab.begin(FaultSpec.of(FaultKind.DELAY, "a"));
    lab.heal("a");
    assertThat(send("b", "a", 20).stream().map(Arrival::number)).isSorted();
    forgotten.close();
    meet();
  }

  @Test
  void faultOfANodeThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> lab.begin(FaultSpec.of(FaultKind.DEAF, "a").towards("nobody")))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("has no node nobody");
    assertThatThrownBy(() -> FaultSpec.of(FaultKind.DEAF, "a").towards("a"))
        .hasMessageContaining("no peer of itself");
  }
}
