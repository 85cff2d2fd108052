// SPDX-License-Identifier: Apache-2.0
/**
 * Scenarios: stories of a whole cluster as text, with what is to come of them beside each command.
 *
 * <p>A {@link dev.understudy.simulator.scenario.Scenario} is read from a file, played by a {@link
 * dev.understudy.simulator.scenario.Play} and written with what really came of it; the two are then
 * compared as text. The language is described in {@code docs/scenarios.md}.
 */
@NullMarked
package dev.understudy.simulator.scenario;

import org.jspecify.annotations.NullMarked;
