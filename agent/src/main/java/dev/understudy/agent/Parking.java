// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.duty.Mailbox;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.ParkedReign;
import dev.understudy.core.protocol.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings an agent to where it may be restarted without shutting a gate: a maintenance lease for
 * each workload that is active here. Belongs to the duty cycle.
 */
final class Parking {
  private static final long NEVER = Long.MAX_VALUE;

  /** Longer than the protocol itself waits for long promises. */
  private static final long WAIT_NANOS = 3_000_000_000L;

  /** What came of it. */
  sealed interface Answer {
    /** The agent ends now, and these workloads go on. */
    record Ends(List<String> goingOn) implements Answer {}

    /** It does not end. */
    record Refused(String why) implements Answer {}
  }

  private final Mailbox mailbox;
  private final Function<String, Optional<String>> objection;
  private final Map<String, ParkedReign> granted = new TreeMap<>();
  private final TreeSet<String> waiting = new TreeSet<>();
  private @Nullable CompletableFuture<Answer> asked;
  private long giveUpAt = NEVER;
  private boolean parked;

  /**
   * Nothing was asked yet.
   *
   * @param objection why a workload cannot go on without the agent; empty when it can
   */
  Parking(Mailbox mailbox, Function<String, Optional<String>> objection) {
    this.mailbox = mailbox;
    this.objection = objection;
  }

  /**
   * Somebody wants to restart the agent, and leases of that length for it.
   *
   * @param answer completed by somebody else when the wish is withdrawn; then nothing comes of it
   */
  void ask(List<GroupView> views, long leaseNanos, long now, CompletableFuture<Answer> answer) {
    if (answer.isDone()) {
      return;
    }
    if (asked != null) {
      answer.complete(new Answer.Refused("the agent is being restarted already"));
      return;
    }
    List<String> active =
        views.stream().filter(GroupView::leading).map(GroupView::workload).toList();
    for (String workload : active) {
      Optional<String> why = objection.apply(workload);
      if (why.isPresent()) {
        answer.complete(new Answer.Refused(workload + ": " + why.get()));
        return;
      }
    }
    asked = answer;
    if (active.isEmpty()) {
      end();
      return;
    }
    waiting.addAll(active);
    giveUpAt = now + WAIT_NANOS;
    for (String workload : active) {
      mailbox.tell(at -> new Input.MaintenanceAsked(at, workload, leaseNanos));
    }
  }

  /** Takes up what a step decided, when its commands have been carried out. */
  void decide(Verdict verdict) {
    switch (verdict) {
      case Verdict.MaintenanceGranted(var workload, var reign) when waiting.remove(workload) -> {
        granted.put(workload, reign);
        if (waiting.isEmpty()) {
          end();
        }
      }
      case Verdict.MaintenanceRefused(var workload, var why) when waiting.contains(workload) ->
          refuse(workload + ": " + why);
      case Verdict.Lapsed(var workload, _, _) when concerns(workload) ->
          refuse(workload + " has lost its lease");
      case Verdict.Released(var workload, _, _) when concerns(workload) ->
          refuse(workload + " is not active here any more");
      default -> {}
    }
  }

  private boolean concerns(String workload) {
    return waiting.contains(workload) || granted.containsKey(workload);
  }

  /** Gives up when it takes too long; returns when to be asked again. */
  long due(long now) {
    if (now >= giveUpAt) {
      refuse("the others did not agree in time");
    }
    return giveUpAt;
  }

  private void end() {
    CompletableFuture<Answer> waitingFor = asked;
    if (waitingFor == null
        || !waitingFor.complete(new Answer.Ends(List.copyOf(granted.keySet())))) {
      refuse("the wish was withdrawn");
      return;
    }
    parked = true;
    giveUpAt = NEVER;
  }

  private void refuse(String why) {
    List<String> cancelled = new ArrayList<>(granted.keySet());
    cancelled.addAll(waiting);
    granted.clear();
    waiting.clear();
    giveUpAt = NEVER;
    for (String workload : cancelled) {
      mailbox.tell(at -> new Input.MaintenanceCancelled(at, workload));
    }
    CompletableFuture<Answer> waitingFor = asked;
    asked = null;
    if (waitingFor != null) {
      boolean _ = waitingFor.complete(new Answer.Refused(why));
    }
  }

  /** Whether the agent has to end without another step. */
  boolean parked() {
    return parked;
  }

  /** The reigns that are written down, when it has to end so. */
  Map<String, ParkedReign> reigns() {
    return parked ? Map.copyOf(granted) : Map.of();
  }
}
