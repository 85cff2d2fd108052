// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One protected program.
 *
 * @param name unique in the cluster
 * @param command program and arguments; empty only with an image that names its own
 * @param root where the program finds its files
 * @param image the OCI or Docker archive behind {@link Root#IMAGE}, absolute
 * @param workingDirectory absolute, inside the root
 * @param environment complete: nothing is inherited
 * @param port TCP port on which the program answers
 * @param address the virtual IPv4 address that follows the active copy, that of a Service where
 *     Kubernetes starts it; host order
 * @param strategy how its state comes back
 * @param checkpointIntervalNanos from the start of one checkpoint to the start of the next
 * @param memoryLimitBytes for one copy; a standby needs twice as much while it exchanges copies
 * @param nodes names of the nodes that may run or witness it, best first
 * @param pods where Kubernetes starts it, with {@link Root#PODS}
 * @param withoutQuorum what the active does when it hears none of the other nodes any more
 * @param state where the program tells its state; there with {@link Strategy#STATE} and not
 *     otherwise
 */
public record WorkloadSpec(
    String name,
    List<String> command,
    Root root,
    Optional<Path> image,
    String workingDirectory,
    SortedMap<String, String> environment,
    int port,
    int address,
    Strategy strategy,
    long checkpointIntervalNanos,
    long memoryLimitBytes,
    List<String> nodes,
    Optional<WorkloadPods> pods,
    WithoutQuorum withoutQuorum,
    Optional<StateSpec> state) {

  public WorkloadSpec {
    if (state.isPresent() != (strategy == Strategy.STATE)) {
      throw new IllegalArgumentException("strategy " + strategy + " with " + state);
    }
  }

  /** What the program sees as its root file system. */
  public enum Root {
    /** An overlay over the machine's own root, so that any installed program can be protected. */
    HOST,
    /** The unpacked layers of an image archive. */
    IMAGE,
    /** What the container of a Pod has, which Kubernetes starts and not the agent. */
    PODS
  }

  /** What an active does that loses its lease because all others have fallen silent. */
  public enum WithoutQuorum {
    /** It falls silent and stands still until a majority is there again. */
    FREEZE,
    /** It goes on; two actives are possible while it is cut off from the others. */
    CONTINUE
  }

  /** A workload of ours that freezes without a quorum. */
  public WorkloadSpec(
      String name,
      List<String> command,
      Root root,
      Optional<Path> image,
      String workingDirectory,
      SortedMap<String, String> environment,
      int port,
      int address,
      Strategy strategy,
      long checkpointIntervalNanos,
      long memoryLimitBytes,
      List<String> nodes) {
    this(
        name,
        command,
        root,
        image,
        workingDirectory,
        environment,
        port,
        address,
        strategy,
        checkpointIntervalNanos,
        memoryLimitBytes,
        nodes,
        Optional.empty(),
        WithoutQuorum.FREEZE,
        Optional.empty());
  }

  /** Whether that node may run it, as far as the workload knows; otherwise it votes at most. */
  public boolean mayRunOn(String node) {
    return nodes.contains(node) && pods.map(p -> p.byNode().containsKey(node)).orElse(true);
  }

  /** Rungs of the ladder that this version climbs. */
  public enum Strategy {
    /** A cold start elsewhere; the state is lost. */
    RESTART,
    /** A cold start elsewhere, and what the program told last is told to it again. */
    STATE,
    /** The newest checkpoint, already restored and held stopped, is woken. */
    MIRROR;

    /** Whether there is state elsewhere that a failover brings back. */
    public boolean keepsState() {
      return this != RESTART;
    }
  }
}
