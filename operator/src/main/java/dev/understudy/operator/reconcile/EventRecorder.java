// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.reconcile;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Writes Events, which {@code kubectl describe} shows below an object. */
public final class EventRecorder {
  private static final String COMPONENT = "understudy-operator";

  private final Clock clock;

  /** Stamps them by that clock. */
  public EventRecorder(Clock clock) {
    this.clock = clock;
  }

  /**
   * Says something about an object; the same again counts up the Event that is there.
   *
   * @throws KubernetesClientException when the API server does not take it
   */
  public void say(KubernetesClient client, HasMetadata about, Notice notice) {
    Event event = event(about, notice);
    try {
      client.v1().events().resource(event).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      client
          .v1()
          .events()
          .resource(event)
          .edit(old ->
              new EventBuilder(old)
                  .withCount(Optional.ofNullable(old.getCount()).orElse(1) + 1)
                  .withLastTimestamp(event.getLastTimestamp())
                  .build());
    }
  }

  private Event event(HasMetadata about, Notice notice) {
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withName(notice.eventName(about.getMetadata().getName(), about.getMetadata().getUid()))
        .withNamespace(about.getMetadata().getNamespace())
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withName(about.getMetadata().getName())
        .withNamespace(about.getMetadata().getNamespace())
        .withUid(about.getMetadata().getUid())
        .endInvolvedObject()
        .withType(notice.warning() ? "Warning" : "Normal")
        .withReason(notice.reason())
        .withMessage(notice.message())
        .withFirstTimestamp(now)
        .withLastTimestamp(now)
        .withCount(1)
        .withNewSource()
        .withComponent(COMPONENT)
        .endSource()
        .build();
  }
}
