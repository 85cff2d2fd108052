// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/** What the node has to do, after what had to be persisted and sent. Executed in order. */
public sealed interface Command {
  /** The workload that it is about. */
  String workload();

  /** Let output pass until that moment of the node's CLOCK_BOOTTIME, absolutely. */
  record OpenGate(String workload, Epoch epoch, long untilNanos) implements Command {}

  /** Move the gate's deadline back to that moment, and say {@link Input.GateNarrowed}. */
  record NarrowGate(String workload, Epoch epoch, long untilNanos) implements Command {}

  /** Let nothing pass, and say {@link Input.GateShut} once the kernel has confirmed it. */
  record ShutGate(String workload, Epoch epoch) implements Command {}

  /** Bring the held copy, or with {@link GenerationId#LIVE} the own frozen process, to life. */
  record Wake(String workload, Epoch epoch, GenerationId generation) implements Command {}

  /** Start the program without state. */
  record Start(String workload, Epoch epoch) implements Command {}

  /** Tell the network that the virtual address is here now. */
  record Announce(String workload, Epoch epoch) implements Command {}

  /** Stop every process of the workload, without ending it. */
  record Freeze(String workload) implements Command {}

  /** End the workload's own processes: another node reigns. Held copies stay. */
  record Discard(String workload, String why) implements Command {}

  /**
   * Like {@link Discard}, but for people to look at: two nodes were active at the same time, and
   * the stopped processes have state of that epoch which the one that goes on does not have.
   */
  record KeepAside(String workload, Epoch epoch, String why) implements Command {}

  /** Capture the running program, ship it to the standby and have it held there. */
  record Checkpoint(String workload, GenerationId generation, String standby) implements Command {}

  /**
   * Give that checkpoint up at once, because its standby is gone, and say {@link
   * Input.CheckpointFailed}.
   */
  record Abandon(String workload, GenerationId generation) implements Command {}
}
