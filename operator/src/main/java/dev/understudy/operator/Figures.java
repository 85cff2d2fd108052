// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the operator counts, for Prometheus. */
final class Figures implements Metrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  Figures() {
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
  }

  /** Shows a number that is asked for whenever somebody looks. */
  void gauge(String name, String what, Supplier<Number> value, String... tags) {
    Gauge.builder("understudy.operator." + name, value)
        .description(what)
        .tags(tags)
        .register(registry);
  }

  /** Everything in the text format of Prometheus. */
  String text() {
    return registry.scrape();
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    Timer.Sample sample = Timer.start(registry);
    String outcome = "failed";
    try {
      T result = execution.execute();
      outcome = "ok";
      return result;
    } finally {
      sample.stop(
          Timer.builder("understudy.operator.reconcile")
              .description("Looks at one object.")
              .tags("controller", execution.controllerName(), "outcome", outcome)
              .register(registry));
    }
  }

  @Override
  public void reconciliationFailed(
      HasMetadata object,
      @Nullable RetryInfo retry,
      Exception cause,
      Map<String, Object> metadata) {
    registry.counter("understudy.operator.failures", "kind", object.getKind()).increment();
  }
}
