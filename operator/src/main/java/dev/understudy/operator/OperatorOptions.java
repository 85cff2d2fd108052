// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator;

import dev.understudy.core.timing.Timing;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The operator's command line: {@code --name value} or {@code --name=value}. The first three are
 * named as those of the checkpoint/restore operator.
 *
 * @param metrics where to answer {@code /metrics}
 * @param health where to answer {@code /healthz} and {@code /readyz}
 * @param leaderElection whether to act only while holding the Lease; off for one lone instance
 * @param leaseNamespace where the Lease is
 * @param namespace the only namespace to look at; all if it is not given
 * @param acting what it needs to act; only says things if it is not given
 * @param kubeconfig how to reach the API server; as a Pod, or as kubectl does, if not given
 */
record OperatorOptions(
    InetSocketAddress metrics,
    InetSocketAddress health,
    boolean leaderElection,
    String leaseNamespace,
    Optional<String> namespace,
    Optional<Acting> acting,
    Optional<Path> kubeconfig) {

  /**
   * What acting takes.
   *
   * @param key file with the key that the agents have
   * @param holderImage an image with the holder as {@code /holder}
   * @param timing the times that agents go by, unless a policy asks for slower ones
   */
  record Acting(Path key, String holderImage, Timing timing) {}

  static final String USAGE =
      """
      usage: operator [--metrics-bind-address [HOST]:PORT]       default :8080
                      [--health-probe-bind-address [HOST]:PORT]  default :8081
                      [--leader-elect true|false]                default true
                      [--leader-elect-namespace NAME]            default understudy-system
                      [--namespace NAME]                         default: all of them
                      [--agents-key FILE --holder-image IMAGE    default: act on nothing
                       [--timing PROFILE]]                       default standard
                      [--kubeconfig FILE]                        default: as a Pod or as kubectl
      """;

  /** Reads the command line; the message of the exception is for people. */
  static OperatorOptions parse(String[] arguments) {
    Map<String, String> given = new TreeMap<>();
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (!argument.startsWith("--")) {
        throw new IllegalArgumentException("expected --name value, got " + argument);
      }
      int equals = argument.indexOf('=');
      boolean bare = i + 1 == arguments.length || arguments[i + 1].startsWith("--");
      if (equals >= 0) {
        given.put(argument.substring(2, equals), argument.substring(equals + 1));
      } else if (bare && argument.equals("--leader-elect")) {
        given.put("leader-elect", "true");
      } else if (bare) {
        throw new IllegalArgumentException("option " + argument + " has no value");
      } else {
        i++;
        given.put(argument.substring(2), arguments[i]);
      }
    }
    OperatorOptions options =
        new OperatorOptions(
            address("metrics-bind-address", take(given, "metrics-bind-address", ":8080")),
            address("health-probe-bind-address", take(given, "health-probe-bind-address", ":8081")),
            yes("leader-elect", take(given, "leader-elect", "true")),
            take(given, "leader-elect-namespace", "understudy-system"),
            Optional.ofNullable(given.remove("namespace")),
            acting(given),
            Optional.ofNullable(given.remove("kubeconfig")).map(Path::of));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown option --" + given.keySet().iterator().next());
    }
    return options;
  }

  private static Optional<Acting> acting(Map<String, String> given) {
    Optional<String> key = Optional.ofNullable(given.remove("agents-key"));
    Optional<String> image = Optional.ofNullable(given.remove("holder-image"));
    if (key.isPresent() != image.isPresent()) {
      throw new IllegalArgumentException("--agents-key and --holder-image go together");
    }
    if (key.isEmpty()) {
      return Optional.empty();
    }
    String profile = take(given, "timing", "standard");
    Timing timing =
        Timing.named(profile)
            .orElseThrow(() -> new IllegalArgumentException("--timing has no profile " + profile));
    return Optional.of(new Acting(Path.of(key.get()), image.orElseThrow(), timing));
  }

  private static String take(Map<String, String> given, String name, String otherwise) {
    return Optional.ofNullable(given.remove(name)).orElse(otherwise);
  }

  private static boolean yes(String name, String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("--" + name + " is true or false, not " + text);
    }
    return text.equals("true");
  }

  private static InetSocketAddress address(String name, String text) {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon < 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw new IllegalArgumentException(
          "--" + name + " is [HOST]:PORT such as :8080, not " + text);
    }
    String host = text.substring(0, colon);
    int number = Integer.parseInt(port);
    return host.isEmpty() ? new InetSocketAddress(number) : new InetSocketAddress(host, number);
  }
}
