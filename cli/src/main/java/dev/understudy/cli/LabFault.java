// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.cluster.Units;
import dev.understudy.lab.cluster.FaultKind;
import dev.understudy.lab.cluster.FaultSpec;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.OngoingFault;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy lab fault}. */
@Command(
    name = "fault",
    description = {
      "Break something in nodes for a time, then repair it.",
      "Kinds:",
      "  crash          no power; the nodes are started again afterwards",
      "  isolate        the link is down: nobody reaches the node",
      "  partition      the node and the others do not hear one another; clients reach it",
      "  deaf           the node does not hear the others, or --peer",
      "  mute           the others, or --peer, do not hear the node",
      "  loss           --percent of the frames are lost, in each direction",
      "  delay          each frame comes late by a random time of --delay; they overtake",
      "  kill-agent     SIGKILL for the agent; it is started again",
      "  stop-agent     SIGSTOP for the agent, and SIGCONT afterwards",
      "  hog            programs that compute, as many as there are processors",
      "  flush-filters  what \"nft flush ruleset\" does",
      "An interrupt repairs it at once; \"lab heal\" ends what a killed command left."
    })
final class LabFault implements Callable<Integer> {
  private static final long LEAST_NANOS = 10_000_000L;
  private static final long MOST_NANOS = 600_000_000_000L;
  private static final String USUAL_TIME = "5s";
  private static final String USUAL_DELAY = "0ms-10ms";

  /** Kinds by the names that {@link FaultKind#text()} gives them, for the shell's completion. */
  static final class Kinds implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(FaultKind.values()).map(FaultKind::text).iterator();
    }
  }

  @Mixin LabChoice choice = new LabChoice();

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      completionCandidates = Kinds.class,
      description = "What breaks: ${COMPLETION-CANDIDATES}.")
  String kind = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "NODE",
      description = "Where; several nodes break at once.")
  List<String> nodes = List.of();

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "How long, from 10ms to 10m (default: " + USUAL_TIME + ").")
  @Nullable String time;

  @Option(
      names = "--peer",
      paramLabel = "NODE",
      description = "For deaf and mute: towards this node only.")
  @Nullable String peer;

  @Option(
      names = "--percent",
      paramLabel = "N",
      description = "For loss: how many of a hundred frames, from 1 to 100 (default: 20).")
  @Nullable Integer percent;

  @Option(
      names = "--delay",
      paramLabel = "FROM-TO",
      description = "For delay: the random time, at most 5s (default: " + USUAL_DELAY + ").")
  @Nullable String delay;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "For delay: repeats the random times (default: 1).")
  @Nullable Long seed;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    FaultSpec fault = fault();
    long nanos = holdNanos(fault.kind());
    Terminal terminal = Terminal.of(spec);
    try (Lab lab = choice.openToChange()) {
      try (OngoingFault _ = lab.begin(fault)) {
        if (fault.kind().lasting()) {
          terminal.progress(fault.text() + " for " + Units.nanosText(nanos));
          TimeUnit.NANOSECONDS.sleep(nanos);
        }
      }
      terminal.line(fault.text() + (fault.kind().lasting() ? ": repaired" : ": done"));
    }
    return 0;
  }

  private FaultSpec fault() {
    FaultKind chosen = chosenKind();
    if (nodes.stream().distinct().count() != nodes.size()) {
      throw wrong("a node is named twice: " + String.join(" ", nodes));
    }
    FaultSpec fault = FaultSpec.of(chosen, nodes);
    if (peer != null) {
      require(chosen == FaultKind.DEAF || chosen == FaultKind.MUTE, "--peer", "deaf and mute");
      if (nodes.contains(peer)) {
        throw wrong("--peer must be another node than " + peer);
      }
      fault = fault.towards(peer);
    }
    if (percent != null) {
      require(chosen == FaultKind.LOSS, "--percent", "loss");
      if (percent < 1 || percent > 100) {
        throw wrong("--percent must be from 1 to 100, not " + percent);
      }
      fault = fault.loss(percent);
    }
    if (seed != null || delay != null) {
      require(chosen == FaultKind.DELAY, delay == null ? "--seed" : "--delay", "delay");
    }
    return chosen == FaultKind.DELAY ? delayed(fault) : fault;
  }

  private FaultKind chosenKind() {
    for (FaultKind candidate : FaultKind.values()) {
      if (candidate.text().equals(kind)) {
        return candidate;
      }
    }
    throw wrong("KIND must be one of " + String.join(", ", new Kinds()) + ", not " + kind);
  }

  private FaultSpec delayed(FaultSpec fault) {
    String text = delay == null ? USUAL_DELAY : delay;
    String[] ends = text.split("-", -1);
    OptionalLong least = Units.nanos(ends[0]);
    OptionalLong most = Units.nanos(ends[ends.length - 1]);
    if (ends.length != 2
        || least.isEmpty()
        || most.isEmpty()
        || least.getAsLong() > most.getAsLong()
        || most.getAsLong() > FaultSpec.DELAY_NANOS_MOST) {
      throw wrong("--delay must be two times up to 5s, as 0ms-10ms, not " + text);
    }
    return fault.delay(least.getAsLong(), most.getAsLong(), seed == null ? 1 : seed);
  }

  private long holdNanos(FaultKind chosen) {
    if (time != null && !chosen.lasting()) {
      throw wrong("--for has no meaning for " + chosen + ", which is over at once");
    }
    String text = time == null ? USUAL_TIME : time;
    OptionalLong nanos = Units.nanos(text);
    if (nanos.isEmpty() || nanos.getAsLong() < LEAST_NANOS || nanos.getAsLong() > MOST_NANOS) {
      throw wrong("--for must be a time from 10ms to 10m, as 500ms or 2s, not " + text);
    }
    return nanos.getAsLong();
  }

  private void require(boolean fits, String option, String kinds) {
    if (!fits) {
      throw wrong(option + " has a meaning for " + kinds + " only, not for " + kind);
    }
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
