// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.Optional;

/** Reads the key {@code timing}: a profile's name, or a mapping that changes some of its values. */
final class TimingBinder {
  /** The name of times that no profile has. */
  static final String CUSTOM = "custom";

  private static final long LEAST_NANOS = 1_000_000L;
  private static final long MOST_NANOS = 60_000_000_000L;
  private static final long DRIFT_MOST_PPM = 99_999;

  private TimingBinder() {}

  /** The times, if they are complete and keep the rules of {@link Timing#violations()}. */
  static Optional<Timing> bind(YamlValue value) {
    if (value.isText()) {
      return value.text().flatMap(name -> profile(value, name));
    }
    if (!value.isMapping()) {
      value.refuse(
          "must be the name of a profile (" + String.join(", ", profiles()) + ") or a mapping");
      return Optional.empty();
    }
    return value.object().flatMap(TimingBinder::changed);
  }

  private static Optional<Timing> changed(YamlObject object) {
    int before = object.self().problems().count();
    Timing base =
        object
            .optional("profile")
            .flatMap(v -> v.text().flatMap(name -> profile(v, name)))
            .orElse(Timing.STANDARD);
    Timing changed =
        normal(
            new Timing(
                CUSTOM,
                nanos(object, "beat", LEAST_NANOS, base.beatNanos()),
                nanos(object, "lease", LEAST_NANOS, base.leaseNanos()),
                nanos(object, "window", LEAST_NANOS, base.windowNanos()),
                nanos(object, "stagger", LEAST_NANOS, base.staggerNanos()),
                nanos(object, "lateness", 0, base.latenessNanos()),
                nanos(object, "roundTrip", 0, base.roundTripNanos()),
                object
                    .optional("driftPpm")
                    .flatMap(v -> v.number(0, DRIFT_MOST_PPM))
                    .orElse(base.driftPpm())));
    object.refuseUnknownKeys();
    if (object.self().problems().count() > before) {
      return Optional.empty();
    }
    List<String> violations = changed.violations();
    violations.forEach(v -> object.self().refuse(v + "; docs/timing.md explains the rule"));
    return violations.isEmpty() ? Optional.of(changed) : Optional.empty();
  }

  private static long nanos(YamlObject object, String key, long least, long otherwise) {
    return object.optional(key).flatMap(v -> Amounts.nanos(v, least, MOST_NANOS)).orElse(otherwise);
  }

  /** The profile with the same values, so that equal times have equal names. */
  private static Timing normal(Timing timing) {
    return Timing.PROFILES.stream()
        .filter(profile -> named(timing, profile.profile()).equals(profile))
        .findFirst()
        .orElse(timing);
  }

  private static Timing named(Timing t, String profile) {
    return new Timing(
        profile,
        t.beatNanos(),
        t.leaseNanos(),
        t.windowNanos(),
        t.staggerNanos(),
        t.latenessNanos(),
        t.roundTripNanos(),
        t.driftPpm());
  }

  private static Optional<Timing> profile(YamlValue value, String name) {
    Optional<Timing> timing = Timing.named(name);
    if (timing.isEmpty()) {
      value.refuseWord("is not a profile", name, profiles());
    }
    return timing;
  }

  private static List<String> profiles() {
    return Timing.PROFILES.stream().map(Timing::profile).toList();
  }
}
