// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.placement;

/**
 * A node as far as placement is concerned.
 *
 * @param name unique in the cluster
 * @param witnessOnly votes, but never runs a workload
 */
public record Host(String name, boolean witnessOnly) {}
