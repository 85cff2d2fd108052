// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.resource;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A rung of the ladder: how the state of a failed program comes back. */
public enum Strategy {
  /** The newest checkpoint, already restored on the standby and held stopped, is woken. */
  @JsonProperty("mirror")
  MIRROR,
  /** The newest checkpoint is restored when it is needed. */
  @JsonProperty("checkpoint")
  CHECKPOINT,
  /** The program starts anew and gets the state that it last gave over HTTP. */
  @JsonProperty("state")
  STATE,
  /** A started program without the other's state takes over. */
  @JsonProperty("standby")
  STANDBY,
  /** The program starts anew, without its state. */
  @JsonProperty("restart")
  RESTART;

  /** As users write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it needs checkpoints. */
  public boolean takesCheckpoints() {
    return this == MIRROR || this == CHECKPOINT;
  }

  /** The strategy of that name, if there is one. */
  public static Optional<Strategy> named(String text) {
    return Arrays.stream(values()).filter(s -> s.text().equals(text)).findFirst();
  }

  /** All of them as users write them. */
  public static List<String> texts() {
    return Arrays.stream(values()).map(Strategy::text).toList();
  }
}
