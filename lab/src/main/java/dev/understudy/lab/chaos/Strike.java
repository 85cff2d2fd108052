// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.chaos;

import org.jspecify.annotations.Nullable;

/**
 * What one fault did.
 *
 * @param fault what was broken, for people
 * @param role what the struck nodes were for the workload: {@code active}, {@code standby} ...
 * @param heldMs for how long
 * @param outputMs how long after the fault was in force the former active still sent frames, less
 *     the time in which the machine itself stood still when the lease was over; null when the fault
 *     ends no lease, negative when it had been silent before
 * @param recoveredMs from the end of the fault until everything was whole; null when it was not
 * @param problem why it is a failure; empty when it is none
 */
public record Strike(
    String fault,
    String role,
    double heldMs,
    @Nullable Double outputMs,
    @Nullable Double recoveredMs,
    String problem) {}
