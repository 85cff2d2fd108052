// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

/**
 * One workload as one node sees it. Text fields are empty and numbers are -1 where nothing is
 * known.
 *
 * @param name the workload
 * @param role {@code active}, {@code standby}, {@code witness}
 * @param state the protocol's state, for people: {@code active}, {@code passive}, {@code lapsed}...
 * @param epoch the newest epoch that this node knows
 * @param activeNode who is believed to be active
 * @param standbyNode who holds or will hold the copy, as the active chose
 * @param heldGeneration the generation held stopped on this node
 * @param heldAgeMillis time since that generation was captured
 * @param lastPauseMillis how long the newest checkpoint stopped the program (active only)
 * @param intervalMillis checkpoint interval in force, stretched or not
 * @param protectedNow on the active: a verified copy of this reign is held by a live standby
 * @param verdict the last decision, as {@code explain} would print it
 * @param lastError the newest failure that matters, empty when there is none
 */
public record WorkloadStatus(
    String name,
    String role,
    String state,
    String epoch,
    String activeNode,
    String standbyNode,
    String heldGeneration,
    double heldAgeMillis,
    double lastPauseMillis,
    double intervalMillis,
    boolean protectedNow,
    String verdict,
    String lastError) {}
