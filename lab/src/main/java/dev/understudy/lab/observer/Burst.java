// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.observer;

/**
 * Frames of one workload from one node that followed one another without a longer silence and
 * without another node's frame in between. Times are on this machine's CLOCK_BOOTTIME.
 *
 * @param node where they came from
 * @param address the workload's, IPv4 in host order
 * @param firstNanos when the first one came in at the switch
 * @param lastNanos when the last one came in
 * @param frames how many
 * @param arps how many of them were ARP
 */
public record Burst(
    String node, int address, long firstNanos, long lastNanos, long frames, long arps) {}
