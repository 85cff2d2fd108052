// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.resource;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** A user's word on how one Deployment of the same namespace is to be protected. */
@Group(FailoverPolicy.GROUP)
@Version("v1alpha1")
@ShortNames("fop")
@AdditionalPrinterColumn(name = "Target", jsonPath = ".spec.target.name")
@AdditionalPrinterColumn(name = "Strategy", jsonPath = ".spec.strategy")
@AdditionalPrinterColumn(
    name = "Accepted",
    jsonPath = ".status.conditions[?(@.type==\"Accepted\")].status")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Accepted\")].reason")
@AdditionalPrinterColumn(
    name = "Found",
    jsonPath = ".status.conditions[?(@.type==\"TargetFound\")].status")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class FailoverPolicy extends CustomResource<FailoverPolicySpec, FailoverPolicyStatus>
    implements Namespaced {
  /** The API group of all of our resources. */
  public static final String GROUP = "understudy.dev";

  @Override
  protected @Nullable FailoverPolicySpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable FailoverPolicyStatus initStatus() {
    return null;
  }
}
