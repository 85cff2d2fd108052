// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/**
 * What a group needs to know of its node during one step.
 *
 * @param now the node's CLOCK_BOOTTIME
 * @param ceiling the persisted ceiling of epoch counters
 * @param promiseNanos the longest promise that may be made, since the disk knows of it
 * @param incarnation of this node
 * @param lateAt when this node was last late itself; {@link Long#MIN_VALUE} for never
 * @param peers the other nodes
 * @param effects where wishes go
 */
record Turn(
    long now,
    long ceiling,
    long promiseNanos,
    long incarnation,
    long lateAt,
    Peers peers,
    Effects effects) {}
