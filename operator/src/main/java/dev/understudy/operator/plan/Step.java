// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.OptionalLong;

/** One thing to do at the API server; a Pod is meant by its uid, so that no namesake is hit. */
public sealed interface Step {
  /** Nothing can be done before something else has happened. */
  record Wait(String why) implements Step {}

  /** Says how dear a Pod is to a ReplicaSet that has one too many. */
  record SetDeletionCost(String pod, String uid, String cost) implements Step {}

  /** Gives a promoted Pod its ReplicaSet's labels instead of ours, and takes our reference away. */
  record Relabel(String pod, String uid, Map<String, String> labels) implements Step {
    public Relabel {
      labels = Map.copyOf(labels);
    }
  }

  /**
   * Deletes a Pod.
   *
   * @param graceSeconds 0 where its node is known to run it no more; the Pod's own if empty
   */
  record Delete(String pod, String uid, OptionalLong graceSeconds, String why) implements Step {}

  /** Makes a standby Pod. */
  record Create(Pod standby) implements Step {}
}
