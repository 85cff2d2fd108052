// SPDX-License-Identifier: Apache-2.0
/**
 * One workload on this node: {@link dev.understudy.agent.workload.WorkloadHost} starts, wakes,
 * freezes and removes its program on the protocol's command, and owns its gate and address; {@code
 * Checkpoints} captures and ships, {@code HeldSlot} receives and holds. What may block runs on the
 * workload's own threads ({@code Workers}) and tells the duty cycle what came of it through {@link
 * dev.understudy.agent.workload.Reports}.
 */
@NullMarked
package dev.understudy.agent.workload;

import org.jspecify.annotations.NullMarked;
