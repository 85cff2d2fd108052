// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.api.cluster.Ipv4;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The agent's command line. Every option is {@code --name value}.
 *
 * @param cluster the cluster file; empty where plans are brought
 * @param node this node's name in it; empty where plans are brought
 * @param listen this node's IPv4 address, at which plans are brought, in the cluster file's place
 * @param state directory on disk that survives a crash
 * @param run directory on a tmpfs, lost with the node
 * @param key file with the cluster key
 * @param uplink bridge that leads to the other nodes
 * @param criu CRIU 4.2 or newer
 * @param runc runc 1.1 or newer
 * @param cgroupMemory where the v1 memory hierarchy is mounted; absent on cgroup v2
 * @param cgroup this node's group below each hierarchy
 * @param containerd containerd's state folder, for workloads that Kubernetes starts
 * @param historyLost whether this node has run before, under the same name, and lost its disk
 */
record AgentOptions(
    Optional<Path> cluster,
    String node,
    Optional<String> listen,
    Path state,
    Path run,
    Path key,
    String uplink,
    Path criu,
    Path runc,
    Optional<Path> cgroupMemory,
    String cgroup,
    Path containerd,
    boolean historyLost) {

  /** Reads the command line; the message of the exception is for people. */
  static AgentOptions parse(String[] arguments) {
    Map<String, String> given = new TreeMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (!arguments[i].startsWith("--") || i + 1 >= arguments.length) {
        throw new IllegalArgumentException("expected --name value, got " + arguments[i]);
      }
      given.put(arguments[i].substring(2), arguments[i + 1]);
    }
    Optional<String> listen = Optional.ofNullable(given.remove("listen")).map(AgentOptions::ipv4);
    boolean brought = listen.isPresent();
    AgentOptions options =
        new AgentOptions(
            brought ? Optional.empty() : Optional.of(path(given, "cluster")),
            brought ? "" : take(given, "node"),
            listen,
            path(given, "state"),
            path(given, "run"),
            path(given, "key"),
            take(given, "uplink"),
            path(given, "criu"),
            path(given, "runc"),
            Optional.ofNullable(given.remove("cgroup-memory")).map(Path::of),
            Optional.ofNullable(given.remove("cgroup")).orElse("understudy"),
            Path.of(Optional.ofNullable(given.remove("containerd")).orElse("/run/containerd")),
            lost(Optional.ofNullable(given.remove("history")).orElse("kept")));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown option --" + given.keySet().iterator().next());
    }
    return options;
  }

  private static String ipv4(String text) {
    if (Ipv4.parse(text).isEmpty()) {
      throw new IllegalArgumentException("--listen is an IPv4 address, not " + text);
    }
    return text;
  }

  private static boolean lost(String history) {
    if (!history.equals("kept") && !history.equals("lost")) {
      throw new IllegalArgumentException("--history is kept or lost, not " + history);
    }
    return history.equals("lost");
  }

  private static Path path(Map<String, String> given, String name) {
    return Path.of(take(given, name));
  }

  private static String take(Map<String, String> given, String name) {
    String value = given.remove(name);
    if (value == null) {
      throw new IllegalArgumentException("option --" + name + " is missing");
    }
    return value;
  }
}
