// SPDX-License-Identifier: Apache-2.0
/**
 * One workload's sandbox on one node, and what runs in it.
 *
 * <p>Read {@link dev.understudy.agent.runtime.Sandbox} first: it outlives the copies. It consists
 * of {@link dev.understudy.agent.runtime.SandboxNetwork} (pinned namespaces, address, gate), {@link
 * dev.understudy.agent.runtime.Cgroup} and {@link dev.understudy.agent.runtime.LogPipe}. A {@link
 * dev.understudy.agent.runtime.Copy} is a {@link dev.understudy.agent.runtime.ProcessTree} with
 * {@link dev.understudy.agent.runtime.RootFiles} of its own.
 *
 * <p>{@link dev.understudy.agent.runtime.RuncStart} makes a copy without state, from the bundle
 * that {@link dev.understudy.agent.runtime.RuncBundle} writes; copies with state come from {@code
 * agent.checkpoint}. {@link dev.understudy.agent.runtime.ImageArchive} and its neighbours unpack
 * OCI and Docker archives and trust nothing in them. External programs run through {@link
 * dev.understudy.agent.runtime.Command}, within a time limit.
 */
@NullMarked
package dev.understudy.agent.runtime;

import org.jspecify.annotations.NullMarked;
