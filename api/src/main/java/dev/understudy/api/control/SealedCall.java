// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of an agent from another machine; the answer is an {@link AgentView}.
 *
 * @param plan a plan to go by; null to ask how things are
 */
public record SealedCall(@Nullable AgentPlan plan) {
  /** TCP port at the node's address. */
  public static final int PORT = 7403;

  /** Where it is posted. */
  public static final String PATH = "/v1/sealed";

  /** A longer call is refused. */
  public static final int BYTES_MOST = 1 << 20;
}
