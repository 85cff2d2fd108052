// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/** Everything that can happen to a node. Each input carries the node's CLOCK_BOOTTIME. */
public sealed interface Input {
  /** When the node learned of it, in nanoseconds of its own CLOCK_BOOTTIME. */
  long now();

  /** Only time has passed. Whatever waits in the socket has to be handed in before it. */
  record Tick(long now) implements Input {}

  /** An authentic datagram arrived. */
  record Received(long now, Datagram datagram) implements Input {}

  /** The disk has what {@link Outcome#persistFirst} asked for. */
  record Persisted(long now, DurableState state) implements Input {}

  /**
   * The kernel has confirmed that the workload's gate is shut. A restarted agent that reads that
   * back says so too: it voids the promises to its former lives.
   */
  record GateShut(long now, String workload) implements Input {}

  /** The kernel has confirmed the earlier deadline that {@link Command.NarrowGate} asked for. */
  record GateNarrowed(long now, String workload) implements Input {}

  /** Somebody wants to be told which reigns this node has: also again, after it was restarted. */
  record Subscribed(long now, String subscriber) implements Input {}

  /** Nobody needs to tell that one any more. */
  record Unsubscribed(long now, String subscriber) implements Input {}

  /** A subscriber has answered an announcement. */
  record Acknowledged(long now, Announcement answer) implements Input {}

  /** This agent is about to end, without coming back soon: everything passes to others. */
  record Leaving(long now) implements Input {}

  /** This agent is about to be restarted, and wants a lease of that length for it. */
  record MaintenanceAsked(long now, String workload, long nanos) implements Input {}

  /**
   * Another node is to vote, or one is not to vote any more, or both at once. Only who holds a
   * lease does that, one change at a time; the verdicts tell what came of it.
   *
   * @param join who votes then, a member of the group that is heard; the same as {@code leave} for
   *     one that has lost its disk; empty for nobody
   * @param leave who votes no more; empty for nobody
   */
  record MembershipAsked(long now, String workload, String join, String leave) implements Input {}

  /** The agent is not restarted after all. */
  record MaintenanceCancelled(long now, String workload) implements Input {}

  /**
   * A restarted agent has found a reign on its disk; the former agent has ended. To be handed in
   * before anything else of this workload.
   *
   * @param gateUntilNanos the gate's deadline as the kernel has it now
   * @param running whether the program still runs, and belongs to this agent from now on
   */
  record Resumed(long now, ParkedReign reign, long gateUntilNanos, boolean running)
      implements Input {}

  /**
   * The operator, or hardware, vouches that this node can have no effect any more: it is switched
   * off or cut off for good. Promises to it are void here; a pair that prefers consistency may
   * elect without it, until it is heard again. Who says it of both nodes in turn, while they have
   * not met in between, gives up that epochs rise.
   */
  record Fenced(long now, String workload, String node) implements Input {}

  /** The workload runs in this epoch: started, woken or thawed. */
  record Running(long now, String workload, Epoch epoch) implements Input {}

  /** The workload could not be started or woken in this epoch, or has ended. */
  record Failed(long now, String workload, Epoch epoch, String reason) implements Input {}

  /** A verified copy is restored here and held stopped. It replaces any older one. */
  record CopyHeld(long now, String workload, GenerationId generation) implements Input {}

  /** The held copy is gone. */
  record CopyLost(long now, String workload, GenerationId generation) implements Input {}

  /** The standby has confirmed that it holds this generation. */
  record CheckpointDone(long now, String workload, GenerationId generation, long tookNanos)
      implements Input {}

  /** The checkpoint came to nothing; the program goes on, the former generation stays. */
  record CheckpointFailed(long now, String workload, GenerationId generation, String reason)
      implements Input {}
}
