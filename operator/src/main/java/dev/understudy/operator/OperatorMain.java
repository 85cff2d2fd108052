// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator;

import dev.understudy.operator.HttpDoor.Answer;
import dev.understudy.operator.act.Steward;
import dev.understudy.operator.plan.Course;
import dev.understudy.operator.reconcile.DeploymentReconciler;
import dev.understudy.operator.reconcile.EventRecorder;
import dev.understudy.operator.reconcile.PolicyReconciler;
import dev.understudy.operator.resource.FailoverPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Starts the operator. It ends with 2 for wrong use, with 1 when it cannot start, and when it loses
 * the Lease: whoever runs it starts it again.
 */
public final class OperatorMain {
  private static final String LEASE = "understudy-operator";
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final OperatorOptions options;
  private final Figures figures = new Figures();
  private final AtomicBoolean leading = new AtomicBoolean();
  private final DeploymentReconciler deployments = new DeploymentReconciler(Clock.systemUTC());
  private final PolicyReconciler policies = new PolicyReconciler(Clock.systemUTC());

  private OperatorMain(OperatorOptions options) {
    this.options = options;
  }

  /** The program. */
  public static void main(String[] arguments) throws IOException {
    OperatorOptions options;
    try {
      options = OperatorOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(OperatorOptions.USAGE);
      System.exit(2);
      return;
    }
    try {
      new OperatorMain(options).run();
    } catch (CannotStart e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** Why it cannot start, in one sentence for people. */
  private static final class CannotStart extends Exception {
    CannotStart(String sentence) {
      super(sentence);
    }
  }

  private void run() throws CannotStart, IOException {
    KubernetesClient client = client();
    requireDefinition(client);
    Optional<Steward> steward = steward(client);
    Runnable begin = () -> steward.ifPresent(Steward::start);
    Operator operator = new Operator(o -> configure(o.withKubernetesClient(client), begin));
    operator.installShutdownHook(GRACE);
    operator.register(
        deployments,
        o -> {
          within(o);
          deployments.configure(o);
        });
    operator.register(policies, this::within);
    figures.gauge("leading", "1 while it acts.", () -> leading.get() ? 1 : 0);
    figures.gauge(
        "deployments",
        "Deployments that ask for protection.",
        () -> deployments.refused().getOrDefault(false, 0L),
        "answer",
        "understood");
    figures.gauge(
        "deployments",
        "Deployments that ask for protection.",
        () -> deployments.refused().getOrDefault(true, 0L),
        "answer",
        "refused");
    HttpDoor health =
        new HttpDoor(
            options.health(), Map.of("/healthz", () -> healthy(operator), "/readyz", this::ready));
    HttpDoor metrics =
        new HttpDoor(options.metrics(), Map.of("/metrics", () -> Answer.ok(figures.text())));
    System.err.println(
        "operator: health at port %d, metrics at port %d".formatted(health.port(), metrics.port()));
    operator.start();
    if (!options.leaderElection()) {
      leading.set(true);
      begin.run();
    }
  }

  private Optional<Steward> steward(KubernetesClient client) throws CannotStart {
    if (options.acting().isEmpty()) {
      return Optional.empty();
    }
    OperatorOptions.Acting acting = options.acting().get();
    byte[] key;
    try {
      key = Files.readAllBytes(acting.key());
    } catch (IOException e) {
      throw new CannotStart("The agents' key cannot be read: " + e + ".");
    }
    Steward.Surroundings around =
        new Steward.Surroundings(
            client,
            options.namespace(),
            deployments::all,
            new EventRecorder(Clock.systemUTC()),
            policies::tell);
    return Optional.of(
        new Steward(around, new Course.Settings(acting.holderImage(), acting.timing()), key));
  }

  private KubernetesClient client() throws CannotStart {
    KubernetesClientBuilder builder = new KubernetesClientBuilder();
    if (options.kubeconfig().isPresent()) {
      var file = options.kubeconfig().get().toFile();
      if (!file.canRead()) {
        throw new CannotStart("The file " + file + " cannot be read.");
      }
      builder.withConfig(Config.fromKubeconfig(file));
    }
    return builder.build();
  }

  /** Says what to do where an informer would only fail again and again. */
  private void requireDefinition(KubernetesClient client) throws CannotStart {
    try {
      var all = client.resources(FailoverPolicy.class);
      var some =
          options.namespace().isPresent()
              ? all.inNamespace(options.namespace().get())
              : all.inAnyNamespace();
      some.list(new ListOptionsBuilder().withLimit(1L).build());
    } catch (KubernetesClientException e) {
      throw new CannotStart(
          e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
              ? "The API server does not know FailoverPolicy: apply deploy/failoverpolicies.yaml."
              : "The API server did not show FailoverPolicies: " + e.getMessage());
    }
  }

  private void configure(ConfigurationServiceOverrider configuration, Runnable begin) {
    configuration.withMetrics(figures).withReconciliationTerminationTimeout(GRACE);
    if (options.leaderElection()) {
      LeaderCallbacks callbacks =
          new LeaderCallbacks(
              () -> {
                leading.set(true);
                begin.run();
              },
              () -> leading.set(false),
              _ -> {});
      configuration.withLeaderElectionConfiguration(
          LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
              .withLeaseNamespace(options.leaseNamespace())
              .withIdentity(identity())
              .withLeaderCallbacks(callbacks)
              .build());
    }
  }

  private static String identity() {
    try {
      return InetAddress.getLocalHost().getHostName() + "-" + UUID.randomUUID();
    } catch (IOException nameless) {
      return UUID.randomUUID().toString();
    }
  }

  private <R extends HasMetadata> void within(ControllerConfigurationOverrider<R> overrider) {
    options.namespace().ifPresent(overrider::settingNamespace);
  }

  private Answer healthy(Operator operator) {
    return !leading.get() || operator.getRuntimeInfo().allEventSourcesAreHealthy()
        ? Answer.ok("ok\n")
        : Answer.unwell("unwell: " + operator.getRuntimeInfo().unhealthyEventSources() + "\n");
  }

  /** Ready is also who waits for the Lease: it has nothing else to do. */
  private Answer ready() {
    return Answer.ok(leading.get() ? "leading\n" : "waiting for the lease\n");
  }
}
