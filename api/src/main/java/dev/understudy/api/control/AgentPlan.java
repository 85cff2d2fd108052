// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

/**
 * What an agent is to go by.
 *
 * @param revision of two plans the one with the larger number counts; 0 for none at all
 * @param clusterFile the text of a cluster file; empty for none
 */
public record AgentPlan(long revision, String clusterFile) {
  /** What an agent has before it was brought a plan. */
  public static final AgentPlan NONE = new AgentPlan(0, "");
}
