// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a lab must remember between commands, in {@code lab.json}.
 *
 * @param lab its name
 * @param bootId of the machine's boot in which it was started: process numbers mean nothing later
 * @param life what ends it
 * @param keeper PID 1 of everything
 * @param client PID 1 of the outside client; null until it was started
 * @param agents how the agents are started
 * @param nodes in the cluster file's order
 */
record LabRecord(
    String lab,
    String bootId,
    Life life,
    ProcessMark keeper,
    @Nullable ProcessMark client,
    Agents agents,
    List<Node> nodes) {

  /**
   * How the agents are started.
   *
   * @param main the main class, and arguments to put before the agent's own
   * @param criu the CRIU that they use
   * @param runc the runc that they use
   */
  record Agents(List<String> main, String criu, String runc) {}

  /** What ends a lab. */
  enum Life {
    /** It is being started, and ends with the command that starts it. */
    STARTING,
    /** It ends with the command that started it, however that ends. */
    BOUND,
    /** It ends with {@code lab down}. */
    PERSISTENT
  }

  /**
   * One node.
   *
   * @param name its name in the cluster file
   * @param port the switch's interface that leads to it
   * @param offsetSeconds what its clocks are ahead of the machine's
   * @param init PID 1 of the node; null before its first start and after a crash
   */
  record Node(String name, String port, long offsetSeconds, @Nullable ProcessMark init) {
    /** Its PID 1, if that lives. */
    Optional<ProcessMark> alive() {
      return Optional.ofNullable(init).filter(ProcessMark::alive);
    }
  }

  Optional<Node> node(String name) {
    return nodes.stream().filter(n -> n.name().equals(name)).findFirst();
  }

  LabRecord withLife(Life changed) {
    return new LabRecord(lab, bootId, changed, keeper, client, agents, nodes);
  }

  LabRecord withClient(ProcessMark changed) {
    return new LabRecord(lab, bootId, life, keeper, changed, agents, nodes);
  }

  LabRecord withInit(String name, @Nullable ProcessMark changed) {
    List<Node> all = new ArrayList<>();
    for (Node node : nodes) {
      boolean same = node.name().equals(name);
      all.add(same ? new Node(name, node.port(), node.offsetSeconds(), changed) : node);
    }
    return new LabRecord(lab, bootId, life, keeper, client, agents, List.copyOf(all));
  }
}
