// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.Optional;

/**
 * What came of one run.
 *
 * @param seed which run
 * @param virtualNanos how long it lasted in its own time
 * @param events how much happened
 * @param violation the broken rule that ended it
 * @param falseFailovers how often a healthy active lost its reign to another node
 * @param lapses how often an active lost its lease
 * @param traceHash fingerprint of everything that happened
 */
public record RunResult(
    long seed,
    long virtualNanos,
    long events,
    Optional<Violation> violation,
    long falseFailovers,
    long lapses,
    long traceHash) {}
