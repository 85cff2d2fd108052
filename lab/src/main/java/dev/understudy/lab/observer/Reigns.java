// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.observer;

import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All reigns over one workload, as the agents recorded them.
 *
 * @param reigns in the order of their epochs
 */
public record Reigns(List<Reign> reigns) {

  /**
   * One reign.
   *
   * @param node who was elected
   * @param counter of its epoch; a reign whose epoch was raised later keeps its place in the order
   * @param electedNanos when, on this machine's CLOCK_BOOTTIME; no frame of it is older
   */
  public record Reign(String node, long counter, long electedNanos) {
    /** Whether it came after another one. */
    boolean above(Reign other) {
      return ORDER.compare(this, other) > 0;
    }

    @Override
    public String toString() {
      return counter + "@" + node;
    }
  }

  static final Comparator<Reign> ORDER =
      Comparator.comparingLong(Reign::counter).thenComparing(Reign::node);

  public Reigns {
    reigns = reigns.stream().sorted(ORDER).toList();
  }

  /** Reads them from the disks of all nodes. */
  public static Reigns read(Lab lab, String workload) throws LabException {
    List<Reign> all = new ArrayList<>();
    for (NodeSpec node : lab.cluster().nodes()) {
      for (NodeEvent event : lab.journal(node.name())) {
        if (event.kind().equals(NodeEvent.ELECTED) && event.workload().equals(workload)) {
          String epoch = event.details().getOrDefault("epoch", "");
          long counter = Long.parseLong(epoch.substring(0, epoch.indexOf('@')));
          long elected = lab.hostBootNanos(node.name(), event.bootNanos());
          all.add(new Reign(node.name(), counter, elected));
        }
      }
    }
    return new Reigns(all);
  }

  /** The newest reign of a node that had begun by then. */
  Optional<Reign> of(String node, long nanos) {
    return reigns.stream()
        .filter(r -> r.node().equals(node) && r.electedNanos() <= nanos)
        .max(ORDER);
  }

  /** When a node's next reign after some instant began; the greatest number if there is none. */
  public long nextOf(String node, long afterNanos) {
    return reigns.stream()
        .filter(r -> r.node().equals(node) && r.electedNanos() > afterNanos)
        .mapToLong(Reign::electedNanos)
        .min()
        .orElse(Long.MAX_VALUE);
  }
}
