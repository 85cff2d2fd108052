// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.ParkedReign;
import dev.understudy.core.protocol.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;

/**
 * How an agent is restarted without ending its reigns: it gets a maintenance lease for each, writes
 * them down, and ends; the next one finds them on its disk and goes on.
 */
final class PlannedRestart {
  static final long PATIENCE_NANOS = 2_000_000_000L;

  private final VirtualNode node;

  /** On the disk, by workload. */
  private final Map<String, ParkedReign> parked = new TreeMap<>();

  private final Map<String, ParkedReign> granted = new TreeMap<>();
  private final Set<String> awaited = new TreeSet<>();
  private boolean underWay;
  private long awayNanos;
  private long attempt;

  PlannedRestart(VirtualNode node) {
    this.node = node;
  }

  /** Asks for the leases; everything else follows from the answers. */
  void begin(long leaseNanos, long away) {
    if (!node.agentRuns() || underWay) {
      return;
    }
    underWay = true;
    awayNanos = away;
    granted.clear();
    awaited.clear();
    long mine = ++attempt;
    for (GroupView view : node.views()) {
      if (view.leading()) {
        awaited.add(view.workload());
        node.mail(t -> new Input.MaintenanceAsked(t, view.workload(), leaseNanos));
      }
    }
    node.later(PATIENCE_NANOS, () -> giveUp(mine));
    finishWhenAnswered();
  }

  /** The core's answers, as an agent takes them. */
  void said(Verdict verdict) {
    if (!underWay) {
      return;
    }
    switch (verdict) {
      case Verdict.MaintenanceGranted(var workload, var reign) -> {
        granted.put(workload, reign);
        awaited.remove(workload);
        finishWhenAnswered();
      }
      case Verdict.MaintenanceRefused(var workload, _) when awaited.contains(workload) ->
          giveUp(attempt);
      default -> {}
    }
  }

  private void finishWhenAnswered() {
    if (!awaited.isEmpty()) {
      return;
    }
    long mine = attempt;
    long write = node.about(node.world().setup().pace().diskNanos());
    node.later(write, () -> node.task(() -> end(mine)));
  }

  private void end(long mine) {
    if (mine != attempt || !underWay) {
      return;
    }
    if (awayNanos == 0 || node.disk().isFailing()) {
      giveUp(mine);
      return;
    }
    parked.clear();
    parked.putAll(granted);
    long away = awayNanos;
    node.endAgent();
    node.startAgent(away);
  }

  private void giveUp(long mine) {
    if (mine != attempt || !underWay) {
      return;
    }
    underWay = false;
    for (GroupView view : node.views()) {
      node.mail(t -> new Input.MaintenanceCancelled(t, view.workload()));
    }
  }

  /** Planned or not. */
  void agentEnded() {
    underWay = false;
  }

  /** Whether a new agent finds a reign of that workload on its disk. */
  boolean isParked(GroupConfig group) {
    return parked.containsKey(group.workload());
  }

  /** What a new agent takes up of what it finds, before anything else. */
  List<LongFunction<Input>> takeUp() {
    List<LongFunction<Input>> inputs = new ArrayList<>();
    for (ParkedReign reign : parked.values()) {
      Host host = node.host(node.world().workload(reign.workload()));
      inputs.add(t -> new Input.Resumed(t, reign, host.gateUntil(), host.isRunning()));
    }
    if (!parked.isEmpty()) {
      // What is deleted a little later may be found once more by an agent that comes in between.
      node.later(node.about(node.world().setup().pace().diskNanos()), parked::clear);
    }
    return inputs;
  }

  void diskLost() {
    parked.clear();
  }
}
