// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import dev.understudy.api.cluster.WorkloadSpec.Strategy;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the key {@code state} of a workload, which goes with the strategy of that name. */
final class StateBinder {
  static final Pattern PATH =
      Pattern.compile("/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}){0,1023}");

  private static final long LIMIT_LEAST_BYTES = 1;
  private static final long LIMIT_MOST_BYTES = 256L << 20;

  private StateBinder() {}

  /**
   * Where the state is told, if the strategy asks for it.
   *
   * @param port of the program, which is that of its state unless another one is given
   * @param inPods whether Kubernetes starts the program
   */
  static Optional<StateSpec> bind(YamlObject object, Strategy strategy, long port, boolean inPods) {
    Optional<YamlValue> value = object.optional("state");
    if (strategy != Strategy.STATE) {
      value.ifPresent(v -> v.refuse("goes with strategy: state only; remove one of them"));
      return Optional.empty();
    }
    if (inPods) {
      object.optional("strategy").ifPresent(v -> v.refuse("state is not possible in Pods yet"));
    }
    if (value.isEmpty()) {
      return Optional.of(
          new StateSpec(Math.toIntExact(port), StateSpec.PATH_USUAL, StateSpec.LIMIT_USUAL_BYTES));
    }
    return value.get().object().map(o -> bind(o, port));
  }

  private static StateSpec bind(YamlObject object, long usualPort) {
    long port =
        object
            .optional("port")
            .flatMap(v -> v.number(1, WorkloadBinder.PORT_MOST))
            .orElse(usualPort);
    String path = object.optional("path").flatMap(StateBinder::path).orElse(StateSpec.PATH_USUAL);
    long limit =
        object
            .optional("limit")
            .flatMap(v -> Amounts.bytes(v, LIMIT_LEAST_BYTES, LIMIT_MOST_BYTES))
            .orElse(StateSpec.LIMIT_USUAL_BYTES);
    object.refuseUnknownKeys();
    return new StateSpec(Math.toIntExact(port), path, limit);
  }

  private static Optional<String> path(YamlValue value) {
    Optional<String> path = value.text();
    if (path.isPresent() && !PATH.matcher(path.get()).matches()) {
      value.refuse(
          Words.quoted(path.get()) + " is no path; write one such as /state, encoded as in a URL");
      return Optional.empty();
    }
    return path;
  }
}
