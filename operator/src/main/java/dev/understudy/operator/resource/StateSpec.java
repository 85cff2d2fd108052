// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.resource;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Where a program gives its state, and takes it back. */
public record StateSpec(
    @Default("/") @Size(max = 1_024) @Pattern("^/") @JsonPropertyDescription("Path of the request.")
        @Nullable String path,
    @Required @Min(1) @Max(65_535) @JsonPropertyDescription("Port on which the program answers.")
        @Nullable Integer port,
    @Pattern(FailoverPolicySpec.DURATION) @JsonPropertyDescription(
            "From one reading to the next, from 50ms to 60m; 1s if it is not given.")
        @Nullable String interval,
    @Pattern("^[1-9][0-9]{0,15}(KiB|MiB|kB|MB)$") @JsonPropertyDescription(
            "A longer answer is refused, and the former one stays; at most 256MiB, 16MiB if it is"
                + " not given.")
        @Nullable String limit,
    @Default("true")
        @JsonPropertyDescription(
            "Whether a start on another node gets the state too, or only one in place.")
        @Nullable Boolean elsewhere) {}
