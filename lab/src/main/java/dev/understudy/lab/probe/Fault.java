// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

/**
 * When a fault struck, as far as whoever caused it can tell.
 *
 * @param node where
 * @param cutNanos just before the node's link was cut: all times are told relative to this
 * @param killedNanos when the link was down and SIGKILL sent: until then an answer of the node may
 *     have come, later none can
 */
public record Fault(String node, long cutNanos, long killedNanos) {
  public Fault {
    if (killedNanos < cutNanos) {
      throw new IllegalStateException(
          "killed at " + killedNanos + " ns, before the cut at " + cutNanos + " ns");
    }
  }
}
