// SPDX-License-Identifier: Apache-2.0
/**
 * A virtual cluster of real {@link dev.understudy.core.protocol.FailoverNode}s, from one seed.
 *
 * <p>What goes wrong is data: {@link dev.understudy.simulator.Faults} draws a list of {@link
 * dev.understudy.simulator.Fault}s, {@link dev.understudy.simulator.World} lives through it, {@link
 * dev.understudy.simulator.Invariants} judges each step by books of its own. {@link
 * dev.understudy.simulator.Simulation} is one run, {@link dev.understudy.simulator.Campaign} many,
 * {@link dev.understudy.simulator.Shrinker} takes faults away while a violation stays. A run is a
 * pure function of its plan: no clock, no thread, no order of a hash table, no fractions.
 *
 * <p>Nothing that is shipped may use this module but the command {@code simulate}.
 */
@NullMarked
package dev.understudy.simulator;

import org.jspecify.annotations.NullMarked;
