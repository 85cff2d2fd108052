// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.wish;

import dev.understudy.api.cluster.Units;
import dev.understudy.core.timing.Timing;
import dev.understudy.operator.resource.FailoverPolicySpec;
import dev.understudy.operator.resource.StateSpec;
import dev.understudy.operator.resource.Strategy;
import dev.understudy.operator.resource.TargetSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads policies. The API server has refused most of what is wrong already, by the schema; this
 * says the same of objects that are older than it, and what no schema can say.
 */
public final class Policies {
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
  private static final int PORT_MOST = 65_535;

  private final FailoverPolicySpec spec;
  private final List<String> faults = new ArrayList<>();

  private Policies(FailoverPolicySpec spec) {
    this.spec = spec;
  }

  /** What a policy asks for; never absent. */
  public static Wish read(@Nullable FailoverPolicySpec spec) {
    return spec == null
        ? new Wish.Faulty(List.of("spec is missing; write target and strategy"))
        : new Policies(spec).wish();
  }

  private Wish wish() {
    target(spec.target());
    Optional<Strategy> strategy = strategy();
    Timing timing = timing();
    long interval = nanos("spec.interval", spec.interval()).orElse(Protection.USUAL_INTERVAL_NANOS);
    OptionalLong ftti = ftti(timing);
    if (spec.address() != null && !IPV4.matcher(spec.address()).matches()) {
      faults.add(is("spec.address", spec.address()) + "; write an IPv4 address");
    }
    Optional<StatePull> state =
        spec.state() == null ? Optional.empty() : Optional.of(state(spec.state()));
    strategy.ifPresent(this::suits);
    if (!faults.isEmpty()) {
      return new Wish.Faulty(faults);
    }
    return new Wish.Asked(
        new Protection(
            Protection.ladder(strategy.orElseThrow(), state.isPresent()),
            interval,
            timing,
            ftti,
            Optional.ofNullable(spec.address()),
            state),
        List.of());
  }

  private void target(@Nullable TargetSpec target) {
    if (target == null || target.name() == null || target.name().isEmpty()) {
      faults.add("spec.target.name is missing; write the name of a Deployment");
    } else if (target.kind() != null && !target.kind().equals("Deployment")) {
      faults.add(is("spec.target.kind", target.kind()) + "; write Deployment");
    }
  }

  private Optional<Strategy> strategy() {
    String allowed = "; write one of " + String.join(", ", Strategy.texts());
    if (spec.strategy() == null) {
      faults.add("spec.strategy is missing" + allowed);
      return Optional.empty();
    }
    Optional<Strategy> strategy = Strategy.named(spec.strategy());
    if (strategy.isEmpty()) {
      faults.add(is("spec.strategy", spec.strategy()) + allowed);
    }
    return strategy;
  }

  private void suits(Strategy strategy) {
    if (strategy == Strategy.STATE && spec.state() == null) {
      faults.add("spec.state is missing; strategy state needs it, with a port");
    }
    if (!strategy.takesCheckpoints() && spec.interval() != null) {
      faults.add("spec.interval does nothing with strategy " + strategy.text() + "; leave it out");
    }
    if (!strategy.takesCheckpoints() && strategy != Strategy.STATE && spec.state() != null) {
      faults.add("spec.state does nothing with strategy " + strategy.text() + "; leave it out");
    }
  }

  private Timing timing() {
    if (spec.timing() == null) {
      return Timing.STANDARD;
    }
    Optional<Timing> timing = Timing.named(spec.timing());
    if (timing.isEmpty()) {
      List<String> allowed = Timing.PROFILES.stream().map(Timing::profile).toList();
      faults.add(is("spec.timing", spec.timing()) + "; write one of " + String.join(", ", allowed));
    }
    return timing.orElse(Timing.STANDARD);
  }

  private OptionalLong ftti(Timing timing) {
    if (spec.ftti() == null) {
      return OptionalLong.empty();
    }
    OptionalLong ftti = Units.nanos(spec.ftti());
    long least = timing.leastFttiNanos();
    if (ftti.isEmpty()) {
      faults.add(is("spec.ftti", spec.ftti()) + "; write a duration such as 500ms");
    } else if (ftti.getAsLong() < least) {
      faults.add(
          "spec.ftti "
              + spec.ftti()
              + " is too short: with times "
              + timing.profile()
              + " the election alone may take "
              + millis(timing.worstElectionNanos())
              + ", so write at least "
              + millis(least));
    }
    return ftti;
  }

  private StatePull state(StateSpec state) {
    String path = Optional.ofNullable(state.path()).orElse("/");
    StatePath.fault(path).ifPresent(f -> faults.add(is("spec.state.path", path) + "; " + f));
    Integer port = state.port();
    if (port == null) {
      faults.add("spec.state.port is missing; write a port from 1 to " + PORT_MOST);
    } else if (port < 1 || port > PORT_MOST) {
      faults.add("spec.state.port is " + port + "; write a port from 1 to " + PORT_MOST);
    }
    long interval =
        nanos("spec.state.interval", state.interval()).orElse(Protection.USUAL_INTERVAL_NANOS);
    return new StatePull(
        path,
        port == null ? 0 : port,
        interval,
        limit(state.limit()),
        state.elsewhere() == null || state.elsewhere());
  }

  private long limit(@Nullable String text) {
    if (text == null) {
      return StatePull.USUAL_LIMIT_BYTES;
    }
    OptionalLong bytes = Units.bytes(text);
    if (bytes.isEmpty()
        || bytes.getAsLong() < 1
        || bytes.getAsLong() > StatePull.LIMIT_MOST_BYTES) {
      faults.add(
          is("spec.state.limit", text)
              + "; write a size such as 16MiB, at most "
              + Units.bytesText(StatePull.LIMIT_MOST_BYTES));
    }
    return bytes.orElse(StatePull.USUAL_LIMIT_BYTES);
  }

  private OptionalLong nanos(String field, @Nullable String text) {
    if (text == null) {
      return OptionalLong.empty();
    }
    OptionalLong nanos = Units.nanos(text);
    boolean within =
        nanos.isPresent()
            && nanos.getAsLong() >= Protection.INTERVAL_LEAST_NANOS
            && nanos.getAsLong() <= Protection.INTERVAL_MOST_NANOS;
    if (!within) {
      faults.add(
          is(field, text)
              + "; write a duration such as 1s, from "
              + Units.nanosText(Protection.INTERVAL_LEAST_NANOS)
              + " to "
              + Units.nanosText(Protection.INTERVAL_MOST_NANOS));
    }
    return nanos;
  }

  /** Rounded up, so that what it says is enough. */
  private static String millis(long nanos) {
    return Math.ceilDiv(nanos, 1_000_000L) + "ms";
  }

  private static String is(String field, String value) {
    return field + " is " + Quoted.of(value);
  }
}
