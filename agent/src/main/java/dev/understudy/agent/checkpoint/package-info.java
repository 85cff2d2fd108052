// SPDX-License-Identifier: Apache-2.0
/**
 * Generations of a workload's state, from the running program to the held copy.
 *
 * <ol>
 *   <li>{@link dev.understudy.agent.checkpoint.Capture} stops the program for a moment and has CRIU
 *       write it down; {@link dev.understudy.agent.checkpoint.Manifest} lists the result as {@link
 *       dev.understudy.agent.checkpoint.Chunks}.
 *   <li>{@link dev.understudy.agent.checkpoint.ShipClient} sends what the standby lacks to its
 *       {@link dev.understudy.agent.checkpoint.ShipServer}, over a sealed {@link
 *       dev.understudy.agent.checkpoint.ShipChannel}.
 *   <li>{@link dev.understudy.agent.checkpoint.Arrival} composes a whole {@link
 *       dev.understudy.agent.checkpoint.Generation} of that and of what was there, or nothing.
 *   <li>{@link dev.understudy.agent.checkpoint.Hold} checks it ({@link
 *       dev.understudy.agent.checkpoint.Compatibility}), restores it and leaves it stopped: a
 *       {@link dev.understudy.agent.checkpoint.HeldCopy}.
 * </ol>
 *
 * <p>Each step answers with a value that says why not; none of them harms the running program or
 * the former copy.
 */
@NullMarked
package dev.understudy.agent.checkpoint;

import org.jspecify.annotations.NullMarked;
