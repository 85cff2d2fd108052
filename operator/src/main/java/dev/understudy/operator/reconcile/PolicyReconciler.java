// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.reconcile;

import dev.understudy.operator.plan.Progress;
import dev.understudy.operator.resource.FailoverPolicy;
import dev.understudy.operator.resource.FailoverPolicyStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keeps the status of policies: whether they are understood, count, and have a target. */
@ControllerConfiguration(name = "policies")
public final class PolicyReconciler implements Reconciler<FailoverPolicy> {
  private final Clock clock;
  private final Map<ResourceID, Progress> progress = new ConcurrentHashMap<>();
  private final SimpleInboundEventSource<FailoverPolicy> told =
      new SimpleInboundEventSource<>("progress");
  private volatile @Nullable InformerEventSource<Deployment, FailoverPolicy> deployments;
  private volatile @Nullable InformerEventSource<FailoverPolicy, FailoverPolicy> siblings;

  /** Stamps conditions by that clock. */
  public PolicyReconciler(Clock clock) {
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, FailoverPolicy>> prepareEventSources(
      EventSourceContext<FailoverPolicy> context) {
    IndexerResourceCache<FailoverPolicy> policies = context.getPrimaryCache();
    policies.addIndexers(Targets.INDEXERS);
    InformerEventSource<Deployment, FailoverPolicy> targets =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Deployment.class, FailoverPolicy.class)
                .withName("targets")
                .withSecondaryToPrimaryMapper(d -> about(policies, Targets.key(d)))
                .withPrimaryToSecondaryMapper(
                    (FailoverPolicy p) -> Targets.target(p).map(Set::of).orElse(Set.of()))
                .withOnUpdateFilter(Targets::changed)
                .build(),
            context);
    // When the oldest policy of a target goes, the next one counts.
    InformerEventSource<FailoverPolicy, FailoverPolicy> others =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(FailoverPolicy.class, FailoverPolicy.class)
                .withName("siblings")
                .withSecondaryToPrimaryMapper(p ->
                    Targets.target(p)
                        .map(target -> about(policies, Targets.key(target)))
                        .orElse(Set.of()))
                .withOnUpdateFilter(Targets::changed)
                .build(),
            context);
    others.addIndexers(Targets.INDEXERS);
    deployments = targets;
    siblings = others;
    return List.of(targets, others, told);
  }

  /** Takes up how far the protection of that Deployment is; empty when nobody acts for it. */
  public void tell(ResourceID deployment, Optional<Progress> now) {
    Optional<Progress> before =
        Optional.ofNullable(
            now.isPresent() ? progress.put(deployment, now.get()) : progress.remove(deployment));
    if (!before.equals(now) && siblings != null) {
      sameTarget(deployment).forEach(p -> told.propagateEvent(ResourceID.fromResource(p)));
    }
  }

  private static Set<ResourceID> about(IndexerResourceCache<FailoverPolicy> all, String target) {
    return all.byIndex(Targets.INDEX, target).stream()
        .map(ResourceID::fromResource)
        .collect(Collectors.toSet());
  }

  @Override
  public UpdateControl<FailoverPolicy> reconcile(
      FailoverPolicy policy, Context<FailoverPolicy> context) {
    if (policy.getMetadata().getDeletionTimestamp() != null) {
      return UpdateControl.noUpdate();
    }
    Optional<ResourceID> target = Targets.target(policy);
    List<FailoverPolicy> rivals = new ArrayList<>(List.of(policy));
    target.map(this::sameTarget).orElse(List.of()).stream()
        .filter(other -> !ResourceID.fromResource(other).equals(ResourceID.fromResource(policy)))
        .forEach(rivals::add);
    Conditions.View view =
        new Conditions.View(
            policy.getMetadata().getName(),
            policy.getMetadata().getGeneration(),
            policy.getSpec(),
            Targets.candidates(rivals),
            target.flatMap(this::deployment),
            target.flatMap(id -> Optional.ofNullable(progress.get(id))));
    @Nullable FailoverPolicyStatus before = policy.getStatus();
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    FailoverPolicyStatus after = Conditions.of(view, before, now);
    if (after.equals(before)) {
      return UpdateControl.noUpdate();
    }
    FailoverPolicy change = new FailoverPolicy();
    change.setMetadata(
        new ObjectMetaBuilder()
            .withName(policy.getMetadata().getName())
            .withNamespace(policy.getMetadata().getNamespace())
            .build());
    change.setStatus(after);
    return UpdateControl.patchStatus(change);
  }

  /**
   * The policies of that target as the source knows them whose events bring us here: the cache of
   * the primary resources is filled by a watch of its own and may still hold what is gone, and no
   * event would follow.
   */
  private List<FailoverPolicy> sameTarget(ResourceID target) {
    InformerEventSource<FailoverPolicy, FailoverPolicy> source = siblings;
    if (source == null) {
      throw new IllegalStateException("no event source before " + target);
    }
    return source.byIndex(Targets.INDEX, Targets.key(target));
  }

  private Optional<Deployment> deployment(ResourceID target) {
    InformerEventSource<Deployment, FailoverPolicy> source = deployments;
    if (source == null) {
      throw new IllegalStateException("no event source before " + target);
    }
    return source.get(target).filter(d -> d.getMetadata().getDeletionTimestamp() == null);
  }
}
