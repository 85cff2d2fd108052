// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.wish;

import dev.understudy.core.timing.Timing;
import dev.understudy.operator.resource.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The annotations of the checkpoint/restore operator and of its sibling that pulls state, as they
 * stand in users' Deployments. Both may be there at once. As with those two, an absent or empty
 * mode asks for nothing, numbers may have a plus and leading zeros, and an absent path is the root;
 * unlike there, what cannot be understood is said.
 */
public final class Annotations {
  /** What all of their names begin with. */
  public static final String PREFIX = "hitachienergy.com/";

  /** Asks for checkpoints; the only value is {@code cr}. */
  public static final String CR_MODE = PREFIX + "cr_mode";

  /** Whole seconds from one checkpoint to the next. */
  public static final String CR_INTERVAL = PREFIX + "cr_interval";

  /** Asks for the state over HTTP: {@code http} in place, {@code http-sf} also elsewhere. */
  public static final String PS_MODE = PREFIX + "ps_mode";

  /** Whole seconds from one reading of the state to the next. */
  public static final String PS_INTERVAL = PREFIX + "ps_interval";

  /** Path of the request. */
  public static final String PS_PATH = PREFIX + "ps_path";

  /** Port of the request. */
  public static final String PS_PORT = PREFIX + "ps_port";

  private static final List<String> KNOWN =
      List.of(CR_MODE, CR_INTERVAL, PS_MODE, PS_INTERVAL, PS_PATH, PS_PORT);
  private static final Pattern OURS = Pattern.compile(Pattern.quote(PREFIX) + "(cr|ps)_.*");
  private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]{1,18}");
  private static final long SECOND = 1_000_000_000L;
  private static final long SECONDS_MOST = Protection.INTERVAL_MOST_NANOS / SECOND;
  private static final long PORT_MOST = 65_535;

  private final Map<String, String> given;
  private final List<String> faults = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  private Annotations(Map<String, String> given) {
    this.given = given;
  }

  /** Whether there is any annotation of theirs, understood or not. */
  public static boolean any(Map<String, String> annotations) {
    return !present(annotations).isEmpty();
  }

  /** The names of their annotations that are there, in order. */
  static List<String> present(Map<String, String> annotations) {
    return new TreeMap<>(annotations)
        .keySet().stream().filter(name -> OURS.matcher(name).matches()).toList();
  }

  /** What the annotations of a Deployment ask for. */
  public static Wish read(Map<String, String> annotations) {
    return new Annotations(annotations).wish();
  }

  private Wish wish() {
    for (String name : present(given)) {
      if (!KNOWN.contains(name)) {
        remarks.add("annotation " + name + " is unknown; known are " + String.join(", ", KNOWN));
      }
    }
    boolean checkpoints = mode(CR_MODE, List.of("cr"));
    boolean state = mode(PS_MODE, List.of("http", "http-sf"));
    needMode(checkpoints, CR_MODE, List.of(CR_INTERVAL));
    needMode(state, PS_MODE, List.of(PS_INTERVAL, PS_PATH, PS_PORT));
    long interval = checkpoints ? nanos(CR_INTERVAL).orElse(0) : Protection.USUAL_INTERVAL_NANOS;
    Optional<StatePull> pull = state ? pull() : Optional.empty();
    if (!faults.isEmpty()) {
      return new Wish.Faulty(faults);
    }
    if (!checkpoints && !state) {
      return new Wish.Absent();
    }
    Strategy first = checkpoints ? Strategy.MIRROR : Strategy.STATE;
    return new Wish.Asked(
        new Protection(
            Protection.ladder(first, state),
            interval,
            Timing.STANDARD,
            OptionalLong.empty(),
            Optional.empty(),
            pull),
        remarks);
  }

  private Optional<String> value(String name) {
    return Optional.ofNullable(given.get(name)).filter(text -> !text.isEmpty());
  }

  private boolean mode(String name, List<String> allowed) {
    Optional<String> mode = value(name);
    if (mode.isPresent() && !allowed.contains(mode.get())) {
      faults.add(is(name, mode.get()) + "; write " + String.join(" or ", allowed));
    }
    return mode.isPresent();
  }

  private void needMode(boolean there, String mode, List<String> others) {
    for (String other : others) {
      if (!there && given.containsKey(other)) {
        faults.add("annotation " + other + " does nothing without " + mode + "; add it");
      }
    }
  }

  private Optional<StatePull> pull() {
    OptionalLong interval = nanos(PS_INTERVAL);
    OptionalLong port = number(PS_PORT, 1, PORT_MOST, "a port");
    String path = value(PS_PATH).orElse("/");
    StatePath.fault(path).ifPresent(f -> faults.add(is(PS_PATH, path) + "; " + f));
    boolean elsewhere = value(PS_MODE).filter("http-sf"::equals).isPresent();
    if (interval.isEmpty() || port.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new StatePull(
            path,
            Math.toIntExact(port.getAsLong()),
            interval.getAsLong(),
            StatePull.USUAL_LIMIT_BYTES,
            elsewhere));
  }

  private OptionalLong nanos(String name) {
    OptionalLong seconds = number(name, 1, SECONDS_MOST, "whole seconds");
    return seconds.isPresent() ? OptionalLong.of(seconds.getAsLong() * SECOND) : seconds;
  }

  private OptionalLong number(String name, long least, long most, String kind) {
    String wanted = "; write " + kind + " from " + least + " to " + most;
    Optional<String> text = value(name);
    if (text.isEmpty()) {
      faults.add("annotation " + name + " is missing" + wanted);
      return OptionalLong.empty();
    }
    if (NUMBER.matcher(text.get()).matches()) {
      long number = Long.parseLong(text.get());
      if (number >= least && number <= most) {
        return OptionalLong.of(number);
      }
    }
    faults.add(is(name, text.get()) + wanted);
    return OptionalLong.empty();
  }

  private static String is(String name, String value) {
    return "annotation " + name + " is " + Quoted.of(value);
  }
}
