// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

/**
 * Who is active, as told to a subscriber, in {@code GET /v1/news}; and what a subscriber knows, in
 * its answer. Of two, the one with the higher epoch counts, whenever it came.
 *
 * @param node who tells it
 * @param workload what it is about
 * @param epochCounter first part of the epoch, which is compared first
 * @param epochNode second part
 * @param activeNode who reigns in that epoch
 */
public record ReignNews(
    String node, String workload, long epochCounter, String epochNode, String activeNode) {
  /** The epoch as people see it, {@code 3@b}. */
  public String epochText() {
    return epochCounter + "@" + epochNode;
  }
}
