// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.Network;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.StateSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.cluster.WorkloadSpec.Root;
import dev.understudy.api.cluster.WorkloadSpec.Strategy;
import dev.understudy.api.cluster.WorkloadSpec.WithoutQuorum;
import dev.understudy.core.timing.Timing;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The cluster that demo and bench measure: three nodes and the example program count.
 *
 * @param python the interpreter
 * @param pythonHome where it finds its standard library
 * @param program the file count.py
 * @param memoryBytes private memory of the whole process, at least {@link #MEMORY_BYTES_LEAST}
 * @param timing the protocol's times
 * @param strategy how the state comes back
 * @param intervalNanos from checkpoint to checkpoint
 */
public record CountCluster(
    Path python,
    Path pythonHome,
    Path program,
    long memoryBytes,
    Timing timing,
    Strategy strategy,
    long intervalNanos) {
  private static final long MIB = 1L << 20;

  /** What the interpreter holds by itself, as measured: less ballast than none is impossible. */
  public static final long MEMORY_BYTES_LEAST = 8 * MIB;

  public static final int PORT = 8080;

  /** For page tables, kernel memory and what the interpreter needs while it fills its ballast. */
  private static final long MEMORY_MARGIN_BYTES = 48 * MIB;

  /** 10.77.0.0/24: nodes from .1, the program at .100, the client last. */
  private static final Network NETWORK = new Network(10 << 24 | 77 << 16, 24);

  private static final int WORKLOAD_HOST = 100;

  private static final StateSpec STATE = new StateSpec(PORT, "/state", StateSpec.LIMIT_USUAL_BYTES);

  public CountCluster {
    if (memoryBytes < MEMORY_BYTES_LEAST) {
      throw new IllegalArgumentException(
          "the program needs at least 8 MiB, not " + memoryBytes + " bytes");
    }
  }

  /** The same with another strategy. */
  CountCluster with(Strategy other) {
    return new CountCluster(python, pythonHome, program, memoryBytes, timing, other, intervalNanos);
  }

  /** The cluster as a file would describe it. */
  public Cluster cluster(String name) {
    List<NodeSpec> nodes =
        List.of(
            new NodeSpec("a", NETWORK.host(1), false),
            new NodeSpec("b", NETWORK.host(2), false),
            new NodeSpec("c", NETWORK.host(3), false));
    return new Cluster(
        name,
        NETWORK,
        timing,
        Cluster.TAKEOVERS_USUAL,
        Optional.empty(),
        nodes,
        List.of(workload()));
  }

  private WorkloadSpec workload() {
    TreeMap<String, String> environment = new TreeMap<>();
    environment.put("PORT", String.valueOf(PORT));
    environment.put("PYTHONHOME", pythonHome.toString());
    environment.put("BALLAST_BYTES", String.valueOf(memoryBytes - MEMORY_BYTES_LEAST));
    return new WorkloadSpec(
        "count",
        List.of(python.toString(), "-S", "-B", program.toString()),
        Root.HOST,
        Optional.empty(),
        "/",
        environment,
        PORT,
        NETWORK.host(WORKLOAD_HOST),
        strategy,
        intervalNanos,
        memoryBytes + memoryBytes / 8 + MEMORY_MARGIN_BYTES,
        List.of("a", "b", "c"),
        Optional.empty(),
        WithoutQuorum.FREEZE,
        strategy == Strategy.STATE ? Optional.of(STATE) : Optional.empty());
  }
}
