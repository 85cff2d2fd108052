// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.api.control.NodeStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running lab at one moment.
 *
 * @param lab its name
 * @param life {@code persistent}, {@code bound} to the command that started it, or {@code starting}
 * @param folder its state folder
 * @param keeperPid PID 1 of everything, as the host numbers it
 * @param clientAddress the outside client's address
 * @param nodes in the cluster file's order
 */
public record LabStatus(
    String lab,
    String life,
    String folder,
    long keeperPid,
    String clientAddress,
    List<Node> nodes) {

  /**
   * One node.
   *
   * @param name its name
   * @param address its address
   * @param state {@code up}, {@code isolated} (its port is cut) or {@code crashed}
   * @param pid its PID 1, as the host numbers it; -1 when it is crashed
   * @param offsetSeconds what its clocks are ahead of the machine's
   * @param agent what its agent says; null when it does not answer
   * @param problem why it does not; empty when it does
   */
  public record Node(
      String name,
      String address,
      String state,
      long pid,
      long offsetSeconds,
      @Nullable NodeStatus agent,
      String problem) {}
}
