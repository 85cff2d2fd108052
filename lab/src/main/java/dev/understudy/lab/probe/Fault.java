// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

/**
 * When a fault struck, as far as whoever caused it can tell.
 *
 * @param node where
 * @param cutNanos just before the node's link was cut: answers may still have come until then
 * @param killedNanos when every process of the node was dead: none of its answers can come later
 */
public record Fault(String node, long cutNanos, long killedNanos) {
  public Fault {
    if (killedNanos < cutNanos) {
      throw new IllegalStateException(
          "killed at " + killedNanos + " ns, before the cut at " + cutNanos + " ns");
    }
  }
}
