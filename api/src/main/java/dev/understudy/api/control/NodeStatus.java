// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

import java.util.List;

/**
 * Answer to {@code GET /v1/status}: how one agent sees its own node.
 *
 * @param node its name
 * @param incarnation counts the agent's starts on this node
 * @param bootNanos the node's CLOCK_BOOTTIME when this was written; comparable on this node only
 * @param pid the agent's process id, in the node's PID namespace
 * @param profile name of the timing profile in use
 * @param realTime whether the duty cycle runs SCHED_FIFO with memory locked
 * @param gate what closes outputs: {@code ebpf} or {@code nftables}
 * @param peersHeard names of the peers heard within the silence window, sorted
 * @param configuredOtherwise nodes heard of late whose cluster file has other nodes, groups or
 *     times, so that what they say is not counted: names as this node has them, or addresses
 * @param datagrams what came to its port for beats and votes
 * @param eventsLost how many events of this start its journal lacks, for want of a disk
 * @param workloads a row each, sorted by name
 */
public record NodeStatus(
    String node,
    long incarnation,
    long bootNanos,
    long pid,
    String profile,
    boolean realTime,
    String gate,
    List<String> peersHeard,
    List<String> configuredOtherwise,
    DatagramCounts datagrams,
    long eventsLost,
    List<WorkloadStatus> workloads) {}
