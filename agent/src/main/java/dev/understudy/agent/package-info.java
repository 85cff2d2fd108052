// SPDX-License-Identifier: Apache-2.0
/**
 * One process per node, which turns sockets, timers, CRIU and runc into inputs of the protocol, and
 * its outcomes into effects.
 *
 * <p>{@link dev.understudy.agent.AgentMain} starts; {@code Agent.build} is the wiring in reading
 * order. {@link dev.understudy.agent.duty.DutyCycle} is the one thread that decides; {@link
 * dev.understudy.agent.NodeExecutor} carries outcomes out, through one {@link
 * dev.understudy.agent.workload.WorkloadHost} for each workload; both belong to that thread.
 *
 * <p>Beside them: {@link dev.understudy.agent.Arrivals} takes shipped generations in, {@link
 * dev.understudy.agent.DurableStore} keeps epochs on disk, {@link dev.understudy.agent.Parking} and
 * {@link dev.understudy.agent.ParkedAgent} hand a reign to the next agent, {@link
 * dev.understudy.agent.Rehearsal} warms the failover path up.
 */
@NullMarked
package dev.understudy.agent;

import org.jspecify.annotations.NullMarked;
