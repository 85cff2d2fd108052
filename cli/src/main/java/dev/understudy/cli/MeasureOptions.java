// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.cluster.Units;
import dev.understudy.core.timing.Timing;
import dev.understudy.lab.bench.CountCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What demo and bench let people choose, checked before anything starts. */
final class MeasureOptions {
  /** The usual interval: a copy is a second old at most, and a checkpoint disturbs 1 % of it. */
  private static final String INTERVAL = "1s";

  private static final long INTERVAL_NANOS_LEAST = 50_000_000L;
  private static final long INTERVAL_NANOS_MOST = 3_600_000_000_000L;

  @Spec(Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "standard",
      description = "Timing profile: standard, fast, relaxed or wide (default: standard).")
  String profile = "";

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = INTERVAL,
      description = "From one checkpoint to the next, as 500ms or 2s (default: " + INTERVAL + ").")
  String interval = "";

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** The command that has these options. */
  CommandSpec command() {
    return command;
  }

  Timing timing() {
    return Timing.named(profile)
        .orElseThrow(() ->
            wrong(
                "--profile must be one of "
                    + Timing.PROFILES.stream()
                        .map(Timing::profile)
                        .collect(Collectors.joining(", "))
                    + ", not "
                    + profile));
  }

  long intervalNanos() {
    OptionalLong nanos = Units.nanos(interval);
    if (nanos.isEmpty()
        || nanos.getAsLong() < INTERVAL_NANOS_LEAST
        || nanos.getAsLong() > INTERVAL_NANOS_MOST) {
      throw wrong("--interval must be a time from 50ms to 60m, as 500ms or 2s, not " + interval);
    }
    return nanos.getAsLong();
  }

  long memoryBytes(String text) {
    OptionalLong bytes = Units.bytes(text.strip());
    if (bytes.isEmpty() || bytes.getAsLong() < CountCluster.MEMORY_BYTES_LEAST) {
      throw wrong("--memory must be a size of at least 8MiB, as 256MiB or 1GiB, not " + text);
    }
    if (bytes.getAsLong() > 3L << 30) {
      throw wrong("--memory must be at most 3GiB, not " + text);
    }
    return bytes.getAsLong();
  }

  /** The example program, in the source tree that this command was started from. */
  Path countProgram() {
    Path program = sources().resolve("examples/count/count.py");
    if (!Files.isReadable(program)) {
      throw wrong(
          "The example program " + program + " is missing; start ./understudy of a full checkout.");
    }
    return program;
  }

  /** The folder of the checkout: the start script tells it. */
  Path sources() {
    return Path.of(System.getProperty("understudy.home", "")).toAbsolutePath().normalize();
  }

  ParameterException wrong(String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }
}
