// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.kubernetes.KubernetesLab;
import dev.understudy.lab.kubernetes.KubernetesOptions;
import dev.understudy.lab.kubernetes.ProxyMode;
import dev.understudy.lab.kubernetes.Timers;
import dev.understudy.lab.kubernetes.build.KubernetesBuild;
import dev.understudy.lab.kubernetes.build.KubernetesTools;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code understudy lab kubernetes up}. */
@Command(
    name = "up",
    description = {
      "Start it and wait until every node is Ready.",
      "The first time, Kubernetes is built from its Go modules: ten minutes of one processor.",
      "It stays until \"understudy lab kubernetes down\"."
    })
final class KubernetesUp implements Callable<Integer> {
  /** The names of {@link Timers}, for the shell's completion. */
  static final class TimersNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return names(Timers.values()).iterator();
    }

    static List<String> names(Timers... all) {
      return Stream.of(all).map(Timers::text).toList();
    }
  }

  /** The names of {@link ProxyMode}, for the shell's completion. */
  static final class ProxyNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(ProxyMode.values()).map(ProxyMode::text).iterator();
    }
  }

  @Option(
      names = "--timers",
      paramLabel = "NAME",
      defaultValue = "default",
      completionCandidates = TimersNames.class,
      description = {
        "How soon Kubernetes itself reacts to a dead node: ${COMPLETION-CANDIDATES}.",
        "default is as it ships, tuned as short as it works (default: default)."
      })
  String timers = "default";

  @Option(
      names = "--proxy",
      paramLabel = "NAME",
      defaultValue = "nftables",
      completionCandidates = ProxyNames.class,
      description = "How kube-proxy works: ${COMPLETION-CANDIDATES} (default: nftables).")
  String proxy = "nftables";

  @Option(names = "--json", description = "Print one JSON document: the status.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Timers chosenTimers =
        Arrays.stream(Timers.values())
            .filter(t -> t.text().equals(timers))
            .findFirst()
            .orElseThrow(() -> wrong("--timers", new TimersNames(), timers));
    ProxyMode chosenProxy =
        Arrays.stream(ProxyMode.values())
            .filter(p -> p.text().equals(proxy))
            .findFirst()
            .orElseThrow(() -> wrong("--proxy", new ProxyNames(), proxy));
    Terminal terminal = Terminal.of(spec);
    Lab.requireHost();
    KubernetesTools tools = new KubernetesBuild(terminal::progress).provide();
    KubernetesOptions options =
        KubernetesOptions.of(tools, chosenTimers).proxy(chosenProxy).progress(terminal::progress);
    try (KubernetesLab lab = KubernetesLab.up(options)) {
      KubernetesStatusCommand.print(terminal, lab.status(), json);
    }
    return 0;
  }

  private ParameterException wrong(String option, Iterable<String> names, String given) {
    return new ParameterException(
        spec.commandLine(),
        option + " must be one of " + String.join(", ", names) + ", not " + given);
  }
}
