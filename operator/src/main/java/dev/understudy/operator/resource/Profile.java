// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.resource;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The names of the profiles of times, for the schema; a test compares them with the profiles. */
enum Profile {
  @JsonProperty("standard")
  STANDARD,
  @JsonProperty("fast")
  FAST,
  @JsonProperty("relaxed")
  RELAXED,
  @JsonProperty("wide")
  WIDE
}
