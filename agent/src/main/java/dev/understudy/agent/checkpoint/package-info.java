// SPDX-License-Identifier: Apache-2.0
/** Generations of a workload's state: capture, ship, compose, hold. */
@NullMarked
package dev.understudy.agent.checkpoint;

import org.jspecify.annotations.NullMarked;
