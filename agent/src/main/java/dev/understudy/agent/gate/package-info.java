// SPDX-License-Identifier: Apache-2.0
/**
 * The output gate: what a workload may send passes only until a deadline that the kernel itself
 * watches. Closed by default, ARP included, and closed for good when nobody moves the deadline.
 *
 * <p>{@link dev.understudy.agent.gate.OutputGate} says what a gate promises and against whom.
 * {@link dev.understudy.agent.gate.OutputGates} chooses: {@link
 * dev.understudy.agent.gate.EbpfGate}, an eBPF program with an absolute deadline ({@link
 * dev.understudy.agent.gate.GateProgram} is its code, {@link dev.understudy.agent.gate.Bpf} the
 * system call), or {@link dev.understudy.agent.gate.NftablesGate}, a set with relative time-outs.
 */
@NullMarked
package dev.understudy.agent.gate;

import org.jspecify.annotations.NullMarked;
