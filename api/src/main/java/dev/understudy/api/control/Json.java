// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** How every JSON document of the project is written and read: names in snake_case. */
public final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          // A newer agent may say more than an older command knows.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private Json() {}

  /** The one mapper; safe to share between threads, not to be reconfigured. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }
}
