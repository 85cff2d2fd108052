// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.gate.NftablesBatch;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.NetlinkSocket;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.WorkloadPods;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GroupView;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Leads new connections to a Service's address to the Pod of the active node, on this node and
 * before kube-proxy sees them. The former rule stays until a newer reign is known, so it needs no
 * API server; what an agent has left stays when it ends.
 *
 * <p>One transaction with the kernel for each change, on the duty cycle: nothing is asked of
 * another process.
 */
final class Steering implements AutoCloseable {
  private static final String TABLE = "understudy";
  private static final int HOOK_PREROUTING = 0;
  private static final int HOOK_OUTPUT = 3;
  private static final String FROM_OUTSIDE = "prerouting";
  private static final String FROM_HERE = "output";

  /**
   * After connection tracking (-200), and before kube-proxy's chains: those that refuse Services
   * without endpoints (-110) and those that lead to endpoints (-100).
   */
  private static final int PRIORITY = -150;

  private final NetlinkSocket socket;
  private final Map<String, WorkloadSpec> workloads;
  private final Map<String, Led> led = new TreeMap<>();

  private record Led(Epoch epoch, WorkloadPods.Place to) {}

  private Steering(NetlinkSocket socket, Map<String, WorkloadSpec> workloads) {
    this.socket = socket;
    this.workloads = workloads;
  }

  /**
   * Prepares the kernel; rules that an earlier agent has left stay until there is news.
   *
   * @param clear whether they go at once where nothing is to be steered
   */
  static Steering open(Cluster cluster, boolean clear) throws IOException {
    Map<String, WorkloadSpec> inPods = new TreeMap<>();
    cluster.workloads().stream()
        .filter(workload -> workload.pods().isPresent())
        .forEach(workload -> inPods.put(workload.name(), workload));
    Steering steering = new Steering(NetlinkSocket.open(NetlinkSocket.NETFILTER), inPods);
    if (!inPods.isEmpty()) {
      steering.prepare();
    } else if (clear) {
      NftablesBatch batch = new NftablesBatch();
      batch.table(NftablesBatch.IPV4, TABLE);
      batch.deleteTable(NftablesBatch.IPV4, TABLE);
      steering.socket.transact(batch.finished(), "the end of the table " + TABLE);
    }
    return steering;
  }

  private void prepare() throws LinuxException {
    NftablesBatch batch = new NftablesBatch();
    batch.table(NftablesBatch.IPV4, TABLE);
    batch.natChain(NftablesBatch.IPV4, TABLE, FROM_OUTSIDE, HOOK_PREROUTING, PRIORITY);
    batch.natChain(NftablesBatch.IPV4, TABLE, FROM_HERE, HOOK_OUTPUT, PRIORITY);
    socket.transact(batch.finished(), "the table " + TABLE);
  }

  /** Whether there is anything to steer. */
  boolean isNeeded() {
    return !workloads.isEmpty();
  }

  /** Follows what this node knows of who is active; on the duty cycle. */
  void follow(List<GroupView> views) {
    boolean changed = false;
    for (GroupView view : views) {
      changed |= isNews(view);
    }
    if (changed) {
      write();
    }
  }

  private boolean isNews(GroupView view) {
    WorkloadSpec workload = workloads.get(view.workload());
    if (workload == null || view.active().isEmpty()) {
      return false;
    }
    WorkloadPods.Place to = workload.pods().orElseThrow().byNode().get(view.active());
    Led former = led.get(view.workload());
    boolean newer = former == null || view.epoch().compareTo(former.epoch()) > 0;
    if (to == null || !newer) {
      return false;
    }
    led.put(view.workload(), new Led(view.epoch(), to));
    return former == null || !former.to().equals(to);
  }

  private void write() {
    NftablesBatch batch = new NftablesBatch();
    for (String chain : List.of(FROM_OUTSIDE, FROM_HERE)) {
      batch.emptyChain(NftablesBatch.IPV4, TABLE, chain);
      led.forEach((name, to) -> {
        WorkloadSpec of = workloads.get(name);
        if (of != null) {
          int targetPort = of.pods().orElseThrow().targetPort();
          batch.lead(TABLE, chain, of.address(), of.port(), to.to().address(), targetPort);
        }
      });
    }
    try {
      socket.transact(batch.finished(), "the rules of " + TABLE);
    } catch (LinuxException e) {
      throw new IllegalStateException("Services cannot be steered: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
