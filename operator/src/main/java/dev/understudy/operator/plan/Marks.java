// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import java.util.Map;

/**
 * The labels and annotations by which Understudy knows its own, and those of Kubernetes it sets.
 */
final class Marks {
  /** On a standby Pod: the uid of its Deployment. Names may be longer than a label's value. */
  static final String STANDBY_OF = "understudy.dev/standby-of";

  /** On a standby Pod: the hash of the Pod template that it was made from. */
  static final String REVISION = "understudy.dev/revision";

  /** On a node that votes and never runs a workload. */
  static final String WITNESS = "understudy.dev/witness";

  /** What a ReplicaSet calls the hash of its Pod template. */
  static final String TEMPLATE_HASH = "pod-template-hash";

  /** A ReplicaSet that has a Pod too many deletes the one with the lowest cost. */
  static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

  static final String HIGHEST_COST = Integer.toString(Integer.MAX_VALUE);
  static final String LOWEST_COST = Integer.toString(Integer.MIN_VALUE);

  private Marks() {}

  /** Labels of a standby Pod: all are our own, so that nobody else's selector meets them. */
  static Map<String, String> standby(String deploymentUid, String revision) {
    return Map.of(STANDBY_OF, deploymentUid, REVISION, revision);
  }
}
