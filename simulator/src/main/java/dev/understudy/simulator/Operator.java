// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.Input;
import java.util.Arrays;

/**
 * Who asks for other voters, and vouches that a node can have no effect any more. If he looks
 * first, what he says is true, and he does not say it of both nodes of a pair in turn unless they
 * have met in between: then nothing would order their epochs.
 */
final class Operator {
  private static final String NOBODY = "";

  private final World world;
  private final String[] lastFenced;

  Operator(World world) {
    this.world = world;
    lastFenced = new String[world.setup().groups().size()];
    Arrays.fill(lastFenced, NOBODY);
  }

  void vouches(Fault.Fence fence) {
    int workload = world.workload(fence.workload());
    var members = world.setup().groups().get(workload).members();
    if (!members.contains(fence.node()) || (fence.looks() && !isTrue(fence, workload))) {
      return;
    }
    lastFenced[workload] = fence.node();
    world.invariants().heard().fenced(world.index(fence.node()));
    for (String member : members) {
      if (!member.equals(fence.node())) {
        world.node(member).mail(t -> new Input.Fenced(t, fence.workload(), fence.node()));
      }
    }
  }

  /** Of one who does not reign, or of nobody, this comes to nothing. */
  void asks(Fault.MembershipChange change) {
    for (VirtualNode node : world.nodes()) {
      boolean asked =
          change.node().isEmpty()
              ? node.views().stream()
                  .anyMatch(v -> v.leading() && v.workload().equals(change.workload()))
              : change.node().equals(node.name());
      boolean member = group(change.workload()).members().contains(node.name());
      if (asked && member) {
        node.mail(
            t -> new Input.MembershipAsked(t, change.workload(), change.join(), change.leave()));
      }
    }
  }

  private GroupConfig group(String workload) {
    return world.setup().groups().get(world.workload(workload));
  }

  private boolean isTrue(Fault.Fence fence, int workload) {
    String last = lastFenced[workload];
    boolean again = last.equals(NOBODY) || last.equals(fence.node());
    return !world.node(fence.node()).isPowered()
        && (again
            || world.invariants().heard().haveMet(world.index(last), world.index(fence.node())));
  }
}
