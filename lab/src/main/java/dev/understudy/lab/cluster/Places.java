// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.MacAddress;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The command lines and environments with which the parts of a lab are started. */
final class Places {
  /** Where a node sees what belongs to it; see node.sh. */
  private static final String IN_NODE = "/run/understudy-lab";

  private static final long RUN_BYTES_LEAST = 512L << 20;

  private final StateFolder folder;
  private final Cluster cluster;

  Places(StateFolder folder, Cluster cluster) {
    this.folder = folder;
    this.cluster = cluster;
  }

  /** The nodes of the record before any of them was started. */
  List<LabRecord.Node> nodes() {
    List<LabRecord.Node> all = new ArrayList<>();
    for (NodeSpec node : cluster.nodes()) {
      int i = all.size();
      // Far apart and odd, so that a time of one node read as another's is far off.
      long offsetSeconds = 100_003L * (i + 1) + 17L * i;
      all.add(new LabRecord.Node(node.name(), Switch.port(node.name(), i), offsetSeconds, null));
    }
    return List.copyOf(all);
  }

  Uplink clientUplink() {
    return new Uplink(Optional.empty(), clientAddress(), cluster.network().prefix());
  }

  Uplink nodeUplink(String node) {
    int address = spec(node).address();
    return new Uplink(Optional.of(mac(address)), address, cluster.network().prefix());
  }

  int clientAddress() {
    return cluster.network().lastHost();
  }

  List<String> nodeCommand(
      ProcessMark keeper, LabRecord.Node node, LabRecord.Agents agents, Cgroups cgroups) {
    String offset = Long.toString(node.offsetSeconds());
    List<String> command = Spaces.below(keeper);
    command.addAll(List.of("sh", folder.file("enter.sh").toString()));
    command.addAll(Spaces.unshare("--net", "--uts", "--ipc", "--time"));
    if (cgroups.unified().isEmpty()) {
      command.add("--cgroup");
    }
    command.addAll(List.of("--boottime", offset, "--monotonic", offset));
    command.addAll(List.of("sh", folder.file("node.sh").toString()));
    command.addAll(agentCommand(node.name(), agents, cgroups.memoryV1().isPresent()));
    return command;
  }

  Map<String, String> nodeEnvironment(LabRecord.Node node, Cgroups cgroups, List<Path> groups)
      throws LabException {
    OptionalLong openFiles = HostNeeds.openFilesMost();
    Map<String, String> all = new HashMap<>();
    all.put("US_STATE", folder.path().toString());
    all.put("US_NODE", node.name());
    all.put("US_RUN_BYTES", Long.toString(runBytes()));
    all.put("US_NR_OPEN", openFiles.isPresent() ? Long.toString(openFiles.getAsLong()) : "");
    all.put("US_CGROUPS", String.join(" ", groups.stream().map(Path::toString).toList()));
    all.put("US_LEAF", cgroups.leaf(folder.group(), node.name()).map(Path::toString).orElse(""));
    all.put(
        "US_MEMORY", cgroups.memory(folder.group(), node.name()).map(Path::toString).orElse(""));
    return all;
  }

  private static List<String> agentCommand(String node, LabRecord.Agents agents, boolean memoryV1) {
    List<String> all = AgentProgram.command(agents.main());
    all.addAll(List.of("--cluster", IN_NODE + "/cluster.yaml", "--node", node));
    all.addAll(List.of("--state", IN_NODE + "/disk", "--run", "/run/understudy"));
    all.addAll(List.of("--key", IN_NODE + "/key", "--uplink", Uplink.BRIDGE));
    all.addAll(List.of("--criu", agents.criu(), "--runc", agents.runc()));
    if (memoryV1) {
      all.addAll(List.of("--cgroup-memory", "/run/understudy-cgroup/memory"));
    }
    return all;
  }

  private NodeSpec spec(String node) {
    return cluster
        .node(node)
        .orElseThrow(() -> new IllegalStateException("lab.json knows " + node + " alone"));
  }

  /** A locally administered address that says which IPv4 address it stands for. */
  private static MacAddress mac(int address) {
    return new MacAddress(0x0275L << 32 | Integer.toUnsignedLong(address));
  }

  /** Room in a node's /run: overlay, images of two generations and what is being composed. */
  private long runBytes() {
    long limits = cluster.workloads().stream().mapToLong(WorkloadSpec::memoryLimitBytes).sum();
    return RUN_BYTES_LEAST + 4 * limits;
  }
}
