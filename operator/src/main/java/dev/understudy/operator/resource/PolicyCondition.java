// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.resource;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** One condition, in the shape that all of Kubernetes has agreed on. */
public record PolicyCondition(
    @Required @JsonPropertyDescription("Accepted, TargetFound or TargetFits.") String type,
    @Required @JsonPropertyDescription("True, False or Unknown.") String status,
    @Required @JsonPropertyDescription("One word for programs.") String reason,
    @Required @JsonPropertyDescription("Sentences for people.") String message,
    @Required @JsonPropertyDescription("When the status last changed, RFC 3339.")
        String lastTransitionTime,
    @JsonPropertyDescription("The generation of the policy that this is about.")
        @Nullable Long observedGeneration) {}
