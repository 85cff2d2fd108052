// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

/**
 * One node.
 *
 * @param name unique in the cluster
 * @param address IPv4, host order; see {@link Ipv4}
 * @param witnessOnly votes, but never runs a workload
 */
public record NodeSpec(String name, int address, boolean witnessOnly) {}
