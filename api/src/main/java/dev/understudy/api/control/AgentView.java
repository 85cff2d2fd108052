// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

import org.jspecify.annotations.Nullable;

/**
 * How an agent that is brought plans answers to {@link SealedCall}s.
 *
 * @param plan what it has on its disk and goes by, or will in a moment
 * @param status how it sees its node; null while it goes by no plan
 * @param trouble why it refused what was asked, or cannot go by its plan; empty for none
 */
public record AgentView(AgentPlan plan, @Nullable NodeStatus status, String trouble) {}
