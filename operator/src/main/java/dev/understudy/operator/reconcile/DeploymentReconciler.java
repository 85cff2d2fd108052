// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.reconcile;

import dev.understudy.operator.resource.FailoverPolicy;
import dev.understudy.operator.wish.Annotations;
import dev.understudy.operator.wish.Decision;
import dev.understudy.operator.wish.Wish;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says, in Events on a Deployment, what is asked for it, what is wrong with that, and when nobody
 * asks any more. Deployments without annotations and policies cost one look at their names.
 */
@ControllerConfiguration(name = "deployments", triggerReconcilerOnAllEvents = true)
public final class DeploymentReconciler implements Reconciler<Deployment> {
  private final EventRecorder events;
  private final Map<ResourceID, Known> known = new ConcurrentHashMap<>();
  private volatile @Nullable InformerEventSource<FailoverPolicy, Deployment> policies;
  private volatile @Nullable IndexerResourceCache<Deployment> deployments;

  /**
   * A Deployment.
   *
   * @param wish what counts for it
   */
  public record Asking(Deployment deployment, Wish wish) {}

  /** What was said last about the Deployment of that identity. */
  private record Known(String uid, List<Notice> said) {
    boolean isRefused() {
      return said.stream().anyMatch(notice -> notice.reason().equals(Notices.REFUSED));
    }
  }

  /** Stamps Events by that clock. */
  public DeploymentReconciler(Clock clock) {
    events = new EventRecorder(clock);
  }

  /** Passes over what nobody asks anything for. */
  public void configure(ControllerConfigurationOverrider<Deployment> overrider) {
    overrider
        .withOnAddFilter(this::concernsUs)
        .withOnUpdateFilter((now, before) ->
            (concernsUs(now) || concernsUs(before)) && Targets.changed(now, before));
  }

  private boolean concernsUs(Deployment deployment) {
    InformerEventSource<FailoverPolicy, Deployment> source = policies;
    return Annotations.any(Targets.annotations(deployment))
        || known.containsKey(ResourceID.fromResource(deployment))
        || (source != null && !source.byIndex(Targets.INDEX, Targets.key(deployment)).isEmpty());
  }

  @Override
  public List<EventSource<?, Deployment>> prepareEventSources(
      EventSourceContext<Deployment> context) {
    InformerEventSourceConfiguration<FailoverPolicy> configuration =
        InformerEventSourceConfiguration.from(FailoverPolicy.class, Deployment.class)
            .withSecondaryToPrimaryMapper(
                policy -> Targets.target(policy).map(Set::of).orElse(Set.of()))
            .build();
    InformerEventSource<FailoverPolicy, Deployment> source =
        new InformerEventSource<>(configuration, context);
    source.addIndexers(Targets.INDEXERS);
    policies = source;
    deployments = context.getPrimaryCache();
    return List.of(source);
  }

  @Override
  public UpdateControl<Deployment> reconcile(Deployment deployment, Context<Deployment> context) {
    ResourceID id = ResourceID.fromResource(deployment);
    // Nothing is said of what goes away, in a namespace that may go away with it.
    if (context.isPrimaryResourceDeleted()
        || deployment.getMetadata().getDeletionTimestamp() != null) {
      known.remove(id);
      return UpdateControl.noUpdate();
    }
    Decision decision =
        Decision.of(
            Targets.annotations(deployment),
            Targets.candidates(List.copyOf(context.getSecondaryResources(FailoverPolicy.class))));
    String uid = deployment.getMetadata().getUid();
    List<Notice> now = Notices.of(decision, deployment);
    List<Notice> before =
        Optional.ofNullable(known.get(id))
            .filter(k -> k.uid().equals(uid))
            .map(Known::said)
            .orElse(List.of());
    for (Notice notice : Notices.news(before, now)) {
      events.say(context.getClient(), deployment, notice);
    }
    if (now.isEmpty()) {
      known.remove(id);
    } else {
      known.put(id, new Known(uid, now));
    }
    return UpdateControl.noUpdate();
  }

  /** All Deployments, as they are known now; none before anything is. */
  public List<Asking> all() {
    InformerEventSource<FailoverPolicy, Deployment> source = policies;
    IndexerResourceCache<Deployment> cache = deployments;
    if (source == null || cache == null) {
      return List.of();
    }
    return cache.list().map(deployment -> asking(deployment, source)).toList();
  }

  private static Asking asking(
      Deployment deployment, InformerEventSource<FailoverPolicy, Deployment> source) {
    List<FailoverPolicy> about = source.byIndex(Targets.INDEX, Targets.key(deployment));
    Decision decision = Decision.of(Targets.annotations(deployment), Targets.candidates(about));
    return new Asking(deployment, decision.wish());
  }

  /** How many Deployments ask for protection and are refused, and how many are not. */
  public Map<Boolean, Long> refused() {
    return known.values().stream()
        .collect(Collectors.partitioningBy(Known::isRefused, Collectors.counting()));
  }
}
