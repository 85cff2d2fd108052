// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.chaos;

import java.util.Optional;

/**
 * What one fault did.
 *
 * @param fault what was broken, for people
 * @param role what the struck nodes were for the workload: {@code active}, {@code standby} ...
 * @param heldMs for how long
 * @param outputMs how long after the fault was in force the former active still sent frames; absent
 *     when the fault ends no lease, negative when it had been silent before
 * @param recoveredMs from the end of the fault until everything was whole; absent when it was not
 * @param problem why it is a failure; empty when it is none
 */
public record Strike(
    String fault,
    String role,
    double heldMs,
    Optional<Double> outputMs,
    Optional<Double> recoveredMs,
    String problem) {}
