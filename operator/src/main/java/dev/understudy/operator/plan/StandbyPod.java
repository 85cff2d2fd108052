// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A Pod that waits to take over: from the ReplicaSet's template, so that it is of the same
 * revision, with these differences.
 *
 * <ul>
 *   <li>Its labels are our own alone: no Service and no ReplicaSet counts it.
 *   <li>The first container runs the holder, a small static program that an init container puts
 *       into a volume, so that images without a shell work; agents restore the copy beside it.
 *   <li>No liveness and no startup probe, and nothing after the start: a stopped copy answers none.
 *       Ready is what the holder says, once the copy runs.
 *   <li>Its memory holds two generations, if the node has room ({@link Exchange}).
 *   <li>It belongs to one node, and goes with the Deployment.
 * </ul>
 */
public final class StandbyPod {
  static final String HOLDER_VOLUME = "understudy-holder";
  static final String HOLDER_FOLDER = "/.understudy";
  static final String HOLDER = HOLDER_FOLDER + "/holder";
  private static final String HOLDER_SIZE = "8Mi";
  private static final String MEMORY = "memory";
  private static final int NAME_MOST = 63;
  private static final int TAIL_MOST = 22;

  /** What happens while a new generation takes the place of the former one. */
  public enum Exchange {
    /** Both are there for a moment: the limit of memory is doubled. */
    BESIDE,
    /** The former one goes first: for a moment no copy is held, and the limit stays. */
    GAP
  }

  private StandbyPod() {}

  /**
   * Makes it.
   *
   * @param set the active Pod's, which has the template of its revision
   * @param node where it belongs
   * @param holderImage an image with the holder as {@code /holder}
   */
  public static Pod of(
      Deployment deployment, ReplicaSet set, String node, Exchange exchange, String holderImage) {
    PodSpec template = set.getSpec().getTemplate().getSpec();
    List<Container> containers = new ArrayList<>(template.getContainers());
    containers.set(0, held(containers.getFirst(), exchange));
    List<Container> before = new ArrayList<>(list(template.getInitContainers()));
    before.addFirst(bringer(holderImage));
    List<Volume> volumes = new ArrayList<>(list(template.getVolumes()));
    volumes.add(
        new VolumeBuilder()
            .withName(HOLDER_VOLUME)
            .withNewEmptyDir()
            .withSizeLimit(new Quantity(HOLDER_SIZE))
            .endEmptyDir()
            .build());
    String revision = revision(set);
    return new PodBuilder()
        .withNewMetadata()
        .withName(name(deployment.getMetadata().getName(), revision, node))
        .withNamespace(deployment.getMetadata().getNamespace())
        .withLabels(new TreeMap<>(Marks.standby(deployment.getMetadata().getUid(), revision)))
        .withAnnotations(annotations(set))
        .withOwnerReferences(owner(deployment))
        .endMetadata()
        .withSpec(
            new PodSpecBuilder(template)
                .withContainers(containers)
                .withInitContainers(before)
                .withVolumes(volumes)
                .withAffinity(on(node, template.getAffinity()))
                .build())
        .build();
  }

  /** The hash of the template that a ReplicaSet was made for. */
  static String revision(ReplicaSet set) {
    @Nullable String hash = set.getMetadata().getLabels().get(Marks.TEMPLATE_HASH);
    if (hash == null) {
      throw new IllegalArgumentException(
          "ReplicaSet " + set.getMetadata().getName() + " has no " + Marks.TEMPLATE_HASH);
    }
    return hash;
  }

  /** The same for the same Deployment, revision and node, so that it is never made twice. */
  static String name(String deployment, String revision, String node) {
    String tail = "-standby-" + revision + "-" + Integer.toString(node.hashCode() & 0xfffff, 36);
    int room = Math.max(1, NAME_MOST - Math.max(tail.length(), TAIL_MOST));
    String start = deployment.substring(0, Math.min(deployment.length(), room));
    return start.replaceAll("[.-]+$", "") + tail;
  }

  private static Map<String, String> annotations(ReplicaSet set) {
    return Optional.ofNullable(set.getSpec().getTemplate().getMetadata().getAnnotations())
        .orElse(Map.of());
  }

  /** Not as its controller: a ReplicaSet adopts only Pods that have none. */
  private static OwnerReference owner(Deployment deployment) {
    return new OwnerReferenceBuilder()
        .withApiVersion("apps/v1")
        .withKind("Deployment")
        .withName(deployment.getMetadata().getName())
        .withUid(deployment.getMetadata().getUid())
        .withController(false)
        .withBlockOwnerDeletion(false)
        .build();
  }

  /** What runs after the start is left out; what runs before the end is for the promoted copy. */
  private static Container held(Container original, Exchange exchange) {
    ContainerBuilder held =
        new ContainerBuilder(original)
            .withCommand(HOLDER)
            .withArgs(List.of())
            .withLivenessProbe(null)
            .withStartupProbe(null)
            .withNewReadinessProbe()
            .withNewExec()
            .withCommand(HOLDER, "ready")
            .endExec()
            .withPeriodSeconds(1)
            .withFailureThreshold(1)
            .endReadinessProbe()
            .withResources(room(original.getResources(), exchange))
            .addToVolumeMounts(
                new VolumeMountBuilder()
                    .withName(HOLDER_VOLUME)
                    .withMountPath(HOLDER_FOLDER)
                    .withReadOnly(true)
                    .build());
    if (held.buildLifecycle() != null) {
      held.editLifecycle().withPostStart(null).endLifecycle();
    }
    return held.build();
  }

  private static @Nullable ResourceRequirements room(
      @Nullable ResourceRequirements original, Exchange exchange) {
    if (original == null || exchange == Exchange.GAP) {
      return original;
    }
    return new ResourceRequirementsBuilder(original)
        .withLimits(doubled(original.getLimits()))
        .withRequests(doubled(original.getRequests()))
        .build();
  }

  private static Map<String, Quantity> doubled(@Nullable Map<String, Quantity> amounts) {
    Map<String, Quantity> all = new TreeMap<>(amounts == null ? Map.of() : amounts);
    all.computeIfPresent(
        MEMORY,
        (_, one) -> {
          BigDecimal bytes = Quantity.getAmountInBytes(one);
          return new Quantity(bytes.multiply(BigDecimal.TWO).toBigInteger().toString());
        });
    return all;
  }

  /** Copies the holder into the volume, within what restricted Pod Security allows. */
  private static Container bringer(String image) {
    return new ContainerBuilder()
        .withName(HOLDER_VOLUME)
        .withImage(image)
        .withCommand("/holder", "install", HOLDER)
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(65_532L)
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .withNewResources()
        .addToLimits(MEMORY, new Quantity("16Mi"))
        .addToRequests(MEMORY, new Quantity("8Mi"))
        .endResources()
        .withVolumeMounts(
            new VolumeMountBuilder().withName(HOLDER_VOLUME).withMountPath(HOLDER_FOLDER).build())
        .build();
  }

  /**
   * The template's own affinity, and that node; terms are alternatives, so each of them gets it.
   * The scheduler still looks at taints and room, which {@code nodeName} would go past.
   */
  private static Affinity on(String node, @Nullable Affinity original) {
    NodeSelectorRequirement here =
        new NodeSelectorRequirementBuilder()
            .withKey("metadata.name")
            .withOperator("In")
            .withValues(node)
            .build();
    AffinityBuilder affinity =
        original == null ? new AffinityBuilder() : new AffinityBuilder(original);
    List<NodeSelectorTerm> terms = new ArrayList<>();
    var nodes = affinity.buildNodeAffinity();
    if (nodes != null && nodes.getRequiredDuringSchedulingIgnoredDuringExecution() != null) {
      nodes
          .getRequiredDuringSchedulingIgnoredDuringExecution()
          .getNodeSelectorTerms()
          .forEach(t -> terms.add(new NodeSelectorTermBuilder(t).addToMatchFields(here).build()));
    } else {
      terms.add(new NodeSelectorTermBuilder().withMatchFields(here).build());
    }
    return affinity
        .editOrNewNodeAffinity()
        .withNewRequiredDuringSchedulingIgnoredDuringExecution()
        .withNodeSelectorTerms(terms)
        .endRequiredDuringSchedulingIgnoredDuringExecution()
        .endNodeAffinity()
        .build();
  }

  private static <T> List<T> list(@Nullable List<T> all) {
    return all == null ? List.of() : all;
  }
}
