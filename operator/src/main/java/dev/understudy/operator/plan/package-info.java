// SPDX-License-Identifier: Apache-2.0
/**
 * From what is observed to what should be done, purely: on which nodes copies and votes belong
 * ({@link dev.understudy.operator.plan.Seats}), what a standby Pod looks like ({@link
 * dev.understudy.operator.plan.StandbyPod}), and the steps that lead there, also after a failover
 * ({@link dev.understudy.operator.plan.Steps}). {@link dev.understudy.operator.plan.Course} puts
 * them together, with what the agents say and are to go by. Nothing here calls anybody.
 */
@NullMarked
package dev.understudy.operator.plan;

import org.jspecify.annotations.NullMarked;
