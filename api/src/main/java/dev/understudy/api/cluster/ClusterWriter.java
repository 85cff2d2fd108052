// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import dev.understudy.core.timing.Timing;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes a cluster file by hand, since the order and the form are part of its use. */
final class ClusterWriter {
  private final StringBuilder out = new StringBuilder();

  String write(Cluster cluster) {
    line(0, "cluster", cluster.name());
    line(0, "network", cluster.network().toString());
    timing(cluster.timing());
    line(0, "takeoversAtOnce", Integer.toString(cluster.takeoversAtOnce()));
    cluster.prefer().ifPresent(p -> line(0, "prefer", YamlValue.choiceName(p)));
    line(0, "nodes", "");
    cluster.nodes().forEach(this::node);
    line(0, "workloads", cluster.workloads().isEmpty() ? "[]" : "");
    cluster.workloads().forEach(this::workload);
    return out.toString();
  }

  private void timing(Timing timing) {
    if (Timing.named(timing.profile()).equals(Optional.of(timing))) {
      line(0, "timing", timing.profile());
      return;
    }
    line(0, "timing", "");
    line(1, "beat", Units.nanosText(timing.beatNanos()));
    line(1, "lease", Units.nanosText(timing.leaseNanos()));
    line(1, "window", Units.nanosText(timing.windowNanos()));
    line(1, "stagger", Units.nanosText(timing.staggerNanos()));
    line(1, "lateness", Units.nanosText(timing.latenessNanos()));
    line(1, "roundTrip", Units.nanosText(timing.roundTripNanos()));
    line(1, "driftPpm", Long.toString(timing.driftPpm()));
  }

  private void node(NodeSpec node) {
    line(1, "- name", node.name());
    line(2, "address", Ipv4.text(node.address()));
    line(2, "witness", Boolean.toString(node.witnessOnly()));
  }

  private void workload(WorkloadSpec workload) {
    line(1, "- name", workload.name());
    if (!workload.command().isEmpty()) {
      line(2, "command", quotedList(workload.command()));
    }
    workload.pods().ifPresentOrElse(this::pods, () -> line(2, "root", ownRoot(workload)));
    line(2, "workdir", quoted(workload.workingDirectory()));
    line(2, "environment", workload.environment().isEmpty() ? "{}" : "");
    workload.environment().forEach((name, value) -> line(3, quoted(name), quoted(value)));
    line(2, "port", Integer.toString(workload.port()));
    line(2, "address", Ipv4.text(workload.address()));
    line(2, "strategy", YamlValue.choiceName(workload.strategy()));
    workload.state().ifPresent(this::state);
    line(2, "interval", Units.nanosText(workload.checkpointIntervalNanos()));
    line(2, "memory", Units.bytesText(workload.memoryLimitBytes()));
    line(2, "nodes", quotedList(workload.nodes()));
    if (workload.nodes().size() > 2) {
      line(2, "withoutQuorum", YamlValue.choiceName(workload.withoutQuorum()));
    }
  }

  private void state(StateSpec state) {
    line(2, "state", "");
    line(3, "port", Integer.toString(state.port()));
    line(3, "path", quoted(state.path()));
    line(3, "limit", Units.bytesText(state.limitBytes()));
  }

  private static String ownRoot(WorkloadSpec workload) {
    return workload.image().map(p -> "{ image: " + quoted(p.toString()) + " }").orElse("host");
  }

  private void pods(WorkloadPods pods) {
    line(2, "root", "");
    line(3, "container", quoted(pods.container()));
    line(3, "identity", quoted(pods.identity()));
    line(3, "targetPort", Integer.toString(pods.targetPort()));
    line(3, "pods", "");
    pods.byNode()
        .forEach((node, pod) -> {
          line(4, quoted(node), "");
          line(5, "uid", quoted(pod.uid()));
          line(5, "address", Ipv4.text(pod.address()));
        });
  }

  private void line(int depth, String key, String value) {
    out.append("  ".repeat(depth)).append(key).append(value.isEmpty() ? ":" : ": ").append(value);
    out.append('\n');
  }

  private static String quotedList(List<String> texts) {
    return texts.stream().map(ClusterWriter::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  /** Double-quoted YAML with everything but printable ASCII escaped. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            quoted.append('\\').append((char) c);
          } else if (c >= 0x20 && c <= 0x7e) {
            quoted.append((char) c);
          } else {
            quoted.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08x" : "\\u%04x", c));
          }
        });
    return quoted.append('"').toString();
  }
}
