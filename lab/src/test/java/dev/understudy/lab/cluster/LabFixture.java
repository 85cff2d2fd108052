// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.linux.Namespaces;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.Network;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.core.timing.Timing;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A small cluster with stand-in agents, and eyes for what a lab leaves on the machine. */
final class LabFixture {
  private static final Network NETWORK = new Network(0x0A4D0000, 24);

  private LabFixture() {}

  static void needRoot() {
    try {
      HostNeeds.check();
    } catch (LabException e) {
      assumeTrue(false, e.getMessage());
    }
  }

  /** Three nodes without a workload. */
  static Cluster cluster(String name) {
    List<NodeSpec> nodes =
        List.of(
            new NodeSpec("a", NETWORK.host(1), false),
            new NodeSpec("b", NETWORK.host(2), false),
            new NodeSpec("a-long-name-node", NETWORK.host(3), true));
    return new Cluster(
        name,
        NETWORK,
        Timing.STANDARD,
        Cluster.TAKEOVERS_USUAL,
        Optional.empty(),
        nodes,
        List.of());
  }

  static LabOptions options(String name, Path stateRoot) {
    return LabOptions.of(name, Path.of("/usr/sbin/criu"), Path.of("/usr/sbin/runc"))
        .stateRoot(stateRoot)
        .agent(List.of(StandInAgent.class.getName()));
  }

  /** Whether a datagram comes back from a node within a second, sent from a network namespace. */
  static boolean answers(Path netns, int address) throws IOException {
    return Namespaces.callIn(
        netns,
        () -> {
          try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(1_000);
            byte[] text = "ping".getBytes(StandardCharsets.UTF_8);
            InetAddress target = InetAddress.getByName(Ipv4.text(address));
            socket.send(
                new DatagramPacket(
                    text, text.length, new InetSocketAddress(target, StandInAgent.ECHO_PORT)));
            socket.receive(new DatagramPacket(new byte[1500], 1500));
            return true;
          } catch (SocketTimeoutException silence) {
            return false;
          }
        });
  }

  /** The processes that were started with that state folder on their command line or beside it. */
  static List<String> processes(Path stateRoot) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      for (Path process : all.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
        if (process.getFileName().toString().equals(Long.toString(ProcessHandle.current().pid()))) {
          continue;
        }
        String text = read(process.resolve("cmdline")) + read(process.resolve("environ"));
        if (text.contains(stateRoot + "/")) {
          found.add(process + " " + read(process.resolve("cmdline")).replace('\0', ' '));
        }
      }
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  /** The mounts of this process that have to do with that folder or with a lab. */
  static List<String> mounts(Path stateRoot) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(l -> l.contains(stateRoot.toString()) || l.contains("understudy-lab"))
        .toList();
  }

  static boolean hasCgroups(Path stateRoot, String lab) throws LabException {
    return Cgroups.ofHost().has(StateFolder.of(stateRoot, lab).group());
  }

  /** Waits up to five seconds for something. */
  static boolean within5s(Condition condition) throws Exception {
    for (int tries = 0; tries < 250; tries++) {
      if (condition.holds()) {
        return true;
      }
      Thread.sleep(20);
    }
    return condition.holds();
  }

  interface Condition {
    boolean holds() throws Exception;
  }
}
