// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import java.util.List;
import java.util.Locale;

/** How soon Kubernetes itself notices that a node is dead and starts its Pods elsewhere. */
public enum Timers {
  /** As Kubernetes ships: forty or fifty seconds to notice, five minutes until Pods move. */
  DEFAULT,
  /** As short as it works without false alarms: four seconds to notice, one until Pods move. */
  TUNED;

  /** The name that people type. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  List<String> apiserver() {
    return switch (this) {
      case DEFAULT -> List.of();
      case TUNED ->
          List.of(
              "--default-not-ready-toleration-seconds=1",
              "--default-unreachable-toleration-seconds=1");
    };
  }

  List<String> controllers() {
    return switch (this) {
      case DEFAULT -> List.of();
      case TUNED ->
          List.of(
              "--node-monitor-period=1s",
              "--node-monitor-grace-period=4s",
              "--node-eviction-rate=10",
              "--secondary-node-eviction-rate=10");
    };
  }

  /** Lines for the kubelet's configuration. */
  String kubelet() {
    return switch (this) {
      case DEFAULT -> "";
      case TUNED -> "nodeStatusUpdateFrequency: 1s\nnodeLeaseDurationSeconds: 4\n";
    };
  }
}
