// SPDX-License-Identifier: Apache-2.0
/**
 * Canaries: faults planted on purpose, to prove that the simulator would find them.
 *
 * <p>A {@link dev.understudy.simulator.canary.Canary} changes a few lines of the protocol's sources
 * ({@link dev.understudy.simulator.canary.Patch}), which are compiled in memory and run in a class
 * loader of their own ({@link dev.understudy.simulator.canary.PlantedFault}); or it puts a wrong
 * part into the simulated machines ({@link dev.understudy.simulator.canary.FaultyModels}). What is
 * shipped knows nothing of it. {@link dev.understudy.simulator.canary.Canaries} lists them all.
 */
@NullMarked
package dev.understudy.simulator.canary;

import org.jspecify.annotations.NullMarked;
