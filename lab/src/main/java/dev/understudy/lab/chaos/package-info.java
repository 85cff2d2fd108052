// SPDX-License-Identifier: Apache-2.0
/**
 * Faults under load, and what must be true whatever they do: no two nodes speak for a workload at
 * once, who has lost its peers or its agent falls silent within the lease, and everything that the
 * rules promise comes back.
 *
 * <p>{@link dev.understudy.lab.chaos.Watch} strikes once and checks; {@link
 * dev.understudy.lab.chaos.Chaos} does so many times in the random order of a {@link
 * dev.understudy.lab.chaos.ChaosPlan}.
 */
@NullMarked
package dev.understudy.lab.chaos;

import org.jspecify.annotations.NullMarked;
