// SPDX-License-Identifier: Apache-2.0
/**
 * The failover protocol as a pure state machine.
 *
 * <p>Start at {@link dev.understudy.core.protocol.FailoverNode#step}: an {@link
 * dev.understudy.core.protocol.Input} goes in, an {@link dev.understudy.core.protocol.Outcome}
 * comes out. One node keeps one {@link dev.understudy.core.protocol.Group} for each workload that
 * it may run or votes on; a group consists of what this node has promised as a {@link
 * dev.understudy.core.protocol.Voter}, where it stands itself ({@link
 * dev.understudy.core.protocol.Standing}), and, while it is active, when the next checkpoint is due
 * ({@link dev.understudy.core.protocol.MirrorPlan}).
 *
 * <p>Times are nanoseconds on the node's own CLOCK_BOOTTIME. They are never compared with another
 * node's: what crosses the wire is only ever handed back to the node that wrote it.
 */
@NullMarked
package dev.understudy.core.protocol;

import org.jspecify.annotations.NullMarked;
