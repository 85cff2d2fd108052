// SPDX-License-Identifier: Apache-2.0
/**
 * One process per node, which turns sockets, timers, CRIU and runc into inputs of the protocol, and
 * its outcomes into effects.
 *
 * <p>{@link dev.understudy.agent.AgentMain} starts; {@code Agent.build} is the wiring in reading
 * order. {@link dev.understudy.agent.DutyCycle} is the one thread that decides: drain, step,
 * execute, wait. {@link dev.understudy.agent.NodeExecutor} carries outcomes out, through one {@link
 * dev.understudy.agent.WorkloadHost} for each workload; both belong to that thread. Whatever may
 * block runs on other threads and comes back through {@link dev.understudy.agent.Mailbox}.
 *
 * <p>Beside them: {@link dev.understudy.agent.ExitWatch} hears the end of programs, {@link
 * dev.understudy.agent.Arrivals} takes shipped generations in, {@link
 * dev.understudy.agent.DurableStore} keeps epochs on disk, {@link
 * dev.understudy.agent.EventDetails} words verdicts for the journal, {@link
 * dev.understudy.agent.Rehearsal} warms the failover path up.
 */
@NullMarked
package dev.understudy.agent;

import org.jspecify.annotations.NullMarked;
