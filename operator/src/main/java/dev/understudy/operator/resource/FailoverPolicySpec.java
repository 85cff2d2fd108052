// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.resource;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What to protect and how; the descriptions are what users read in {@code kubectl explain}. */
@ValidationRule(
    value = "self.strategy != 'state' || has(self.state)",
    message = "strategy state needs the field state, which says where to read it")
@ValidationRule(
    value = "!has(self.interval) || self.strategy in ['mirror', 'checkpoint']",
    message = "interval is that of checkpoints: leave it out, or choose mirror or checkpoint")
@ValidationRule(
    value = "!has(self.state) || self.strategy in ['mirror', 'checkpoint', 'state']",
    message = "state is read for the strategies mirror, checkpoint and state only")
public record FailoverPolicySpec(
    @Required @JsonPropertyDescription("What is protected, in the policy's namespace.")
        @Nullable TargetSpec target,
    @Required
        @SchemaFrom(type = Strategy.class)
        @JsonPropertyDescription(
            "How the state comes back: a held copy is woken (mirror), or the newest checkpoint is"
                + " restored (checkpoint), or the program starts anew and gets the state that it"
                + " last gave over HTTP (state), or a started program takes over without the"
                + " other's state (standby), or it starts anew (restart).")
        @Nullable String strategy,
    @Pattern(DURATION) @JsonPropertyDescription(
            "From the start of one checkpoint to the start of the next, as 250ms, 1s or 2m, from"
                + " 50ms to 60m; 1s if it is not given.")
        @Nullable String interval,
    @SchemaFrom(type = Profile.class)
        @JsonPropertyDescription(
            "Times of the failover protocol: standard if it is not given, fast for quiet machines"
                + " on short links, relaxed for loaded ones, wide between places.")
        @Nullable String timing,
    @Pattern(DURATION) @JsonPropertyDescription(
            "Fault tolerant time interval: how long a fault may last before it is dangerous. A"
                + " policy whose election alone takes longer is refused.")
        @Nullable String ftti,
    @Pattern("^[0-9]{1,3}(\\.[0-9]{1,3}){3}$") @JsonPropertyDescription(
            "The IPv4 address that follows the active Pod, where it is not that of a Service.")
        @Nullable String address,
    @JsonPropertyDescription("How the program's state is read (GET) and put back (POST).")
        @Nullable StateSpec state) {

  /** A whole number and a unit. */
  static final String DURATION = "^(0|[1-9][0-9]{0,15})(ns|us|ms|s|m)$";
}
