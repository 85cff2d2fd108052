// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The Pods that a workload runs and waits in, where Kubernetes starts it.
 *
 * @param container the name of its container, equal in each Pod
 * @param identity what its root file system is: copies move only between equal ones
 * @param targetPort TCP port on which the program answers in its Pod
 * @param byNode its Pod on each node that may run it
 */
public record WorkloadPods(
    String container, String identity, int targetPort, SortedMap<String, Place> byNode) {
  /**
   * One Pod.
   *
   * @param uid as Kubernetes gave it
   * @param address its IPv4 address, host order
   */
  public record Place(String uid, int address) {}

  public WorkloadPods {
    byNode = Collections.unmodifiableSortedMap(new TreeMap<>(byNode));
  }
}
