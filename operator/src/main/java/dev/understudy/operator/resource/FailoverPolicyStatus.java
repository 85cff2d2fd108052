// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.resource;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator makes of a policy. */
public record FailoverPolicyStatus(
    @JsonPropertyDescription("The generation of the policy that this is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("The protection that is asked for, in one line; empty if none.")
        @Nullable String protection,
    @Nullable List<PolicyCondition> conditions) {}
