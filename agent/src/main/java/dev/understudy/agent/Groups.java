// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.core.protocol.GroupConfig;
import java.util.ArrayList;
import java.util.List;

/** Who votes on each workload, and how, as the protocol wants to know it. */
final class Groups {
  private Groups() {}

  /** One for each workload, in the order of the file. */
  static List<GroupConfig> of(Cluster cluster) {
    List<GroupConfig> groups = new ArrayList<>();
    for (WorkloadSpec workload : cluster.workloads()) {
      List<String> runners =
          workload.nodes().stream()
              .filter(n -> cluster.node(n).filter(s -> !s.witnessOnly()).isPresent())
              .filter(workload::mayRunOn)
              .toList();
      groups.add(
          new GroupConfig(
              workload.name(),
              workload.nodes(),
              runners,
              quorum(cluster, workload),
              workload.strategy().keepsState(),
              workload.checkpointIntervalNanos(),
              switch (workload.withoutQuorum()) {
                case FREEZE -> GroupConfig.WithoutQuorum.FREEZE;
                case CONTINUE -> GroupConfig.WithoutQuorum.CONTINUE;
              }));
    }
    return groups;
  }

  private static GroupConfig.Quorum quorum(Cluster cluster, WorkloadSpec workload) {
    if (workload.nodes().size() != 2 || cluster.prefer().isEmpty()) {
      return GroupConfig.Quorum.MAJORITY;
    }
    return switch (cluster.prefer().get()) {
      case CONSISTENCY -> GroupConfig.Quorum.PAIR_CONSISTENCY;
      case AVAILABILITY -> GroupConfig.Quorum.PAIR_AVAILABILITY;
    };
  }
}
