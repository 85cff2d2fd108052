// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.act;

import dev.understudy.operator.plan.Step;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;

/**
 * Carries steps out at the API server. Each of them is about the Pod of one uid, and does nothing
 * to a namesake; done twice, it does nothing the second time.
 */
final class Hands {
  static final String MANAGER = "understudy-operator";

  private final KubernetesClient client;

  Hands(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Does it.
   *
   * @throws KubernetesClientException when the API server does not take it
   */
  void carryOut(Step step, String namespace) {
    switch (step) {
      case Step.Wait _ -> {}
      case Step.SetDeletionCost(String pod, String uid, String cost) ->
          patch(
              namespace,
              pod,
              PatchType.STRATEGIC_MERGE,
              Map.of(
                  "metadata",
                  Map.of(
                      "uid",
                      uid,
                      "annotations",
                      Map.of("controller.kubernetes.io/pod-deletion-cost", cost))));
      case Step.Relabel(String pod, String uid, Map<String, String> labels) ->
          patch(
              namespace,
              pod,
              PatchType.JSON,
              List.of(
                  Map.of("op", "test", "path", "/metadata/uid", "value", uid),
                  Map.of("op", "replace", "path", "/metadata/labels", "value", labels),
                  Map.of("op", "remove", "path", "/metadata/ownerReferences")));
      case Step.Delete(String pod, String uid, var grace, String _) -> {
        DeleteOptionsBuilder options =
            new DeleteOptionsBuilder()
                .withApiVersion("v1")
                .withKind("DeleteOptions")
                .withNewPreconditions()
                .withUid(uid)
                .endPreconditions();
        grace.ifPresent(options::withGracePeriodSeconds);
        delete(namespace, pod, options.build());
      }
      case Step.Create(Pod standby) -> {
        Pod _ =
            client
                .pods()
                .inNamespace(namespace)
                .resource(standby)
                .fieldManager(MANAGER)
                .forceConflicts()
                .serverSideApply();
      }
    }
  }

  private void patch(String namespace, String pod, PatchType type, Object change) {
    PatchContext how =
        new PatchContext.Builder().withPatchType(type).withFieldManager(MANAGER).build();
    Pod _ =
        client.pods().inNamespace(namespace).withName(pod).patch(how, Serialization.asJson(change));
  }

  /** The client's own call has no way to name the uid. */
  private void delete(String namespace, String pod, DeleteOptions options) {
    String _ = client.raw("/api/v1/namespaces/" + namespace + "/pods/" + pod, "DELETE", options);
  }
}
