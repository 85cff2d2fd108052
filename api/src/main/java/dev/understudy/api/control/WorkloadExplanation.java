// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

import java.util.List;

/**
 * Answer to {@code GET /v1/explain?workload=NAME}: why one node did, or did not, take a workload
 * over.
 *
 * @param node who answers
 * @param workload what it is about
 * @param bootNanos the node's CLOCK_BOOTTIME when this was written; comparable on this node only
 * @param state the protocol's state on this node, as in {@link WorkloadStatus#state}
 * @param epoch the newest epoch that this node knows
 * @param activeNode who is believed to be active; empty for nobody
 * @param now what applies at present, in the order in which the rules apply
 * @param decisions the newest ones that the agent remembers since its start, newest first
 */
public record WorkloadExplanation(
    String node,
    String workload,
    long bootNanos,
    String state,
    String epoch,
    String activeNode,
    List<RuleFinding> now,
    List<Decision> decisions) {

  /**
   * What one rule says.
   *
   * @param rule its stable name, such as {@code silence-window}
   * @param against whether it stands against this node's taking over
   * @param text one sentence without its subject, which is the node
   */
  public record RuleFinding(String rule, boolean against, String text) {}

  /**
   * Something that this node decided, or heard another one decide, and what the rules said here.
   *
   * @param bootNanos when, by the node's CLOCK_BOOTTIME
   * @param kind a kind of {@link NodeEvent}, or one of the constants below
   * @param text one sentence without its subject, which is the node
   * @param findings what applied on this node right after it
   */
  public record Decision(long bootNanos, String kind, String text, List<RuleFinding> findings) {
    /** Another node asked whether it would be elected. */
    public static final String HEARD_QUESTION = "heard-question";

    /** Another node asked for votes. */
    public static final String HEARD_REQUEST = "heard-request";

    /** Another node reigns in an epoch that this node did not know. */
    public static final String HEARD_REIGN = "heard-reign";

    /** Another node gives its reign up. */
    public static final String HEARD_CLOSING = "heard-closing";
  }
}
