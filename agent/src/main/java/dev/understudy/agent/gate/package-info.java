// SPDX-License-Identifier: Apache-2.0
/**
 * The output gate: what a workload may send passes only until a deadline that the kernel itself
 * watches. Closed by default, ARP included, and closed for good when nobody moves the deadline.
 *
 * <p>{@link dev.understudy.agent.gate.OutputGates} chooses between an eBPF program with an absolute
 * deadline and an nftables set with relative time-outs.
 */
@NullMarked
package dev.understudy.agent.gate;

import org.jspecify.annotations.NullMarked;
