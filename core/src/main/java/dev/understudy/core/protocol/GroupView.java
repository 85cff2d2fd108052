// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/**
 * How a node sees one workload, for people.
 *
 * @param workload its name
 * @param state the protocol's state on this node
 * @param leading whether this node reigns
 * @param epoch the newest reign that this node knows of
 * @param active who reigns, as far as this node knows; empty for nobody
 * @param standby whom the active chose to hold the copy; empty for nobody
 * @param best the best state that this node could bring to life
 * @param protectedBy on the active: the generation of this reign that the standby holds
 * @param intervalNanos the checkpoint interval in force
 */
public record GroupView(
    String workload,
    String state,
    boolean leading,
    Epoch epoch,
    String active,
    String standby,
    GenerationId best,
    GenerationId protectedBy,
    long intervalNanos) {}
