// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.resource;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** The object that a policy is about. */
@ValidationRule(
    value = "self == oldSelf",
    message = "the target is fixed: delete the policy and make another one")
public record TargetSpec(
    @Default("Deployment") @Pattern("^Deployment$") @JsonPropertyDescription("Deployment.")
        @Nullable String kind,
    @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Its name.")
        @Nullable String name) {}
