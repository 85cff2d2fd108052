// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/**
 * A reign as an agent writes it down before it is restarted under a maintenance lease. Nothing of
 * it changes from then on without moving the gate's deadline, so the next agent knows from the
 * kernel's deadline alone whether it still holds.
 *
 * @param workload its name
 * @param epoch under which the reign acts
 * @param first under which it was elected
 * @param incarnation the start of the agent to which the voters have promised
 * @param gateUntilNanos the gate's deadline in the node's CLOCK_BOOTTIME
 * @param sequence of the last checkpoint that was begun
 */
public record ParkedReign(
    String workload,
    Epoch epoch,
    Epoch first,
    long incarnation,
    long gateUntilNanos,
    long sequence) {}
