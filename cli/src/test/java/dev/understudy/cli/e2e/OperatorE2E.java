// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.kubernetes.KubernetesLab;
import dev.understudy.lab.kubernetes.KubernetesOptions;
import dev.understudy.lab.kubernetes.Timers;
import dev.understudy.lab.kubernetes.build.KubernetesBuild;
import dev.understudy.lab.kubernetes.build.KubernetesTools;
import dev.understudy.lab.tools.ToolsException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator, with the rights of its own service account, at a real API server. */
class OperatorE2E {
  private static final double PATIENCE_SECONDS = 40;

  @TempDir static Path folder = Path.of("");
  private static @Nullable KubernetesLab lab;
  private static @Nullable OperatorProgram operator;

  @BeforeAll
  static void start() throws Exception {
    KubernetesTools tools;
    try {
      Lab.requireHost();
      tools = new KubernetesBuild(System.out::println).provide();
    } catch (LabException | ToolsException e) {
      assumeTrue(false, e.getMessage());
      throw new IllegalStateException(e);
    }
    lab =
        KubernetesLab.up(
            KubernetesOptions.of(tools, Timers.TUNED)
                .stateRoot(folder.resolve("state"))
                .boundToThisProcess());
    kubectl("apply", "-f", manifest("failoverpolicies.yaml"), "-f", manifest("rbac.yaml"));
    kubectl("wait", "--for=condition=Established", "crd/failoverpolicies.understudy.dev");
    operator = OperatorProgram.start(lab(), folder, "first", 8080);
    awaitPage("/readyz", "leading");
  }

  @AfterAll
  static void end() throws Exception {
    if (operator != null) {
      operator.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  private static KubernetesLab lab() {
    if (lab == null) {
      throw new IllegalStateException("no lab");
    }
    return lab;
  }

  private static OperatorProgram operator() {
    if (operator == null) {
      throw new IllegalStateException("no operator");
    }
    return operator;
  }

  private static String manifest(String name) {
    return Host.ROOT.resolve("operator/deploy").resolve(name).toString();
  }

  private static Said run(String... arguments) throws Exception {
    return Said.of(lab().kubectlCommand(List.of(arguments)), "");
  }

  private static String kubectl(String... arguments) throws Exception {
    return run(arguments).must();
  }

  private static Said applying(String yaml) throws Exception {
    return Said.of(lab().kubectlCommand(List.of("apply", "-f", "-")), yaml);
  }

  private static void awaitPage(String path, String text) throws Exception {
    Wait.that(
        path + " says " + text,
        PATIENCE_SECONDS,
        () -> operator().log(),
        () -> operator().page(path).contains(text));
  }

  /** Nothing of one test is left for the next one, and the operator has not ended. */
  @AfterEach
  void clean() throws Exception {
    kubectl("delete", "failoverpolicies,deployments,events", "--all", "--wait");
    assertThat(operator().isAlive()).as("the operator: %s", operator().log()).isTrue();
    assertThat(operator().page("/healthz")).isEqualTo("ok");
  }

  /** A Deployment without Pods: what is read of it is its annotations. */
  private static String deployment(String name, String annotations) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %s, annotations: {%s}}
    spec:
      replicas: 0
      selector: {matchLabels: {app: %s}}
      template:
        metadata: {labels: {app: %s}}
        spec: {containers: [{name: main, image: none.invalid/none}]}
    """
        .formatted(name, annotations, name, name);
  }

  private static String policy(String name, String target, String more) {
    return """
    apiVersion: understudy.dev/v1alpha1
    kind: FailoverPolicy
    metadata: {name: %s}
    spec: {target: {name: %s}, %s}
    """
        .formatted(name, target, more);
  }

  private static String cr(String interval) {
    return "hitachienergy.com/cr_mode: cr, hitachienergy.com/cr_interval: '" + interval + "'";
  }

  private static String events(String name) throws Exception {
    return kubectl(
        "get",
        "events",
        "--field-selector=involvedObject.kind=Deployment,involvedObject.name=" + name,
        "-o=jsonpath={range .items[?(@.source.component=='understudy-operator')]}"
            + "{.count} {.type} {.reason} {.message}{'\\n'}{end}");
  }

  private static void awaitEvent(String name, String text) throws Exception {
    Wait.that(
        "an Event of " + name + " with " + text,
        PATIENCE_SECONDS,
        () -> operator().log(),
        () -> events(name).contains(text));
  }

  private static String condition(String policy, String type) throws Exception {
    return kubectl(
        "get",
        "fop",
        policy,
        "-o=jsonpath={range .status.conditions[?(@.type=='"
            + type
            + "')]}"
            + "{.status} {.reason} {.message}{end}");
  }

  private static void awaitCondition(String policy, String type, String start) throws Exception {
    Wait.that(
        policy + " " + type + " " + start,
        PATIENCE_SECONDS,
        () -> operator().log(),
        () -> condition(policy, type).startsWith(start));
  }

  @Test
  void annotationsAreUnderstoodEditedCorrectedAndRemoved() throws Exception {
    applying(deployment("good", cr("30"))).must();
    applying(deployment("wrong", cr("soon"))).must();
    applying(deployment("other", "team: blue")).must();
    awaitEvent("good", "1 Normal ProtectionRequested by annotations: mirror, then checkpoint");
    awaitEvent(
        "wrong",
        "1 Warning ProtectionRefused by annotations: annotation hitachienergy.com/cr_interval is"
            + " 'soon'; write whole seconds from 1 to 3600");

    applying(deployment("good", cr("5"))).must();
    applying(deployment("wrong", cr("7"))).must();
    awaitEvent("good", "a checkpoint each 5s");
    awaitEvent("wrong", "a checkpoint each 7s");
    kubectl("scale", "deployment/wrong", "--replicas=2");
    awaitEvent("wrong", "Warning ProtectionRefused by annotations: the Deployment has 2 replicas");

    kubectl("annotate", "deployment/good", "hitachienergy.com/cr_mode-");
    awaitEvent("good", "hitachienergy.com/cr_interval does nothing without");
    kubectl("annotate", "deployment/good", "hitachienergy.com/cr_interval-");
    awaitEvent("good", "1 Normal ProtectionWithdrawn");
    applying(deployment("good", cr("30"))).must();
    awaitEvent("good", "2 Normal ProtectionRequested");
    assertThat(events("good").lines())
        .as("each sentence once; what is said again is counted")
        .hasSize(4);
    assertThat(events("other")).isEmpty();
    kubectl("delete", "deployment/wrong", "--wait");
  }

  @Test
  void policiesWinOverAnnotationsAndTellTheirState() throws Exception {
    applying(policy("p", "count", "strategy: mirror, timing: relaxed")).must();
    awaitCondition("p", "TargetFound", "False NotFound there is no Deployment count");
    awaitCondition("p", "Accepted", "True Valid mirror, then checkpoint, then restart;");

    applying(deployment("count", cr("30"))).must();
    awaitCondition("p", "TargetFound", "True Found");
    awaitCondition("p", "TargetFits", "True Whole");
    kubectl("scale", "deployment/count", "--replicas=2");
    awaitCondition("p", "TargetFits", "False Impossible the Deployment has 2 replicas");
    kubectl("scale", "deployment/count", "--replicas=0");
    awaitEvent("count", "Normal ProtectionRequested by FailoverPolicy p: mirror");
    awaitEvent("count", "Warning ProtectionRemark FailoverPolicy p counts;");
    assertThat(condition("p", "Accepted")).contains("is ignored");

    kubectl("patch", "fop", "p", "--type=merge", "-p={\"spec\":{\"ftti\":\"100ms\"}}");
    awaitCondition("p", "Accepted", "False Invalid spec.ftti 100ms is too short");
    awaitEvent("count", "Warning ProtectionRefused by FailoverPolicy p: spec.ftti 100ms");

    applying(policy("q", "count", "strategy: restart")).must();
    awaitCondition("q", "Accepted", "False Conflict FailoverPolicy p has the same target");
    kubectl("delete", "fop", "p", "--wait");
    awaitCondition("q", "Accepted", "True Valid restart;");
    awaitEvent("count", "by FailoverPolicy q: restart; times standard");

    kubectl("delete", "fop", "q", "--wait");
    awaitEvent("count", "ProtectionRequested by annotations");
    applying(policy("r", "count", "strategy: standby")).must();
    awaitCondition("r", "TargetFound", "True Found");
    kubectl("delete", "deployment/count", "--wait");
    awaitCondition("r", "TargetFound", "False NotFound");
    assertThat(kubectl("get", "fop", "r")).contains("standby").contains("Valid");
  }

  @Test
  void theServerRefusesWhatTheDefinitionExcludes() throws Exception {
    assertThat(applying(policy("x", "count", "strategy: magic")).refusal())
        .contains("spec.strategy: Unsupported value: \"magic\"");
    assertThat(applying(policy("x", "count", "strategy: mirror, interval: soon")).refusal())
        .contains("spec.interval");
    assertThat(applying(policy("x", "count", "strategy: state")).refusal())
        .contains("strategy state needs the field state");
    assertThat(applying(policy("x", "count", "strategy: state, state: {port: 0}")).refusal())
        .contains("spec.state.port");
    assertThat(applying(policy("x", "count", "strategy: restart, interval: 1s")).refusal())
        .contains("interval is that of checkpoints");
    applying(policy("x", "count", "strategy: state, state: {port: 80}")).must();
    awaitCondition("x", "Accepted", "True Valid state, then restart; state of port 80/ each 1s");
    assertThat(applying(policy("x", "other", "strategy: state, state: {port: 80}")).refusal())
        .contains("the target is fixed");
  }

  @Test
  void itMayDoWhatItNeedsAndNothingElse() throws Exception {
    String me = "--as=system:serviceaccount:understudy-system:understudy-operator";
    for (String not :
        List.of(
            "get secrets",
            "patch deployments",
            "create deployments",
            "delete deployments",
            "update pods",
            "patch nodes",
            "update failoverpolicies",
            "delete failoverpolicies",
            "delete events")) {
      String[] words = not.split(" ", -1);
      assertThat(run("auth", "can-i", words[0], words[1], me).out().strip())
          .as(not)
          .isEqualTo("no");
    }
    String image = "s/image: IMAGE/image: x.invalid\\/x/";
    Said filled = Said.of(List.of("sed", image, manifest("operator.yaml")), "");
    assertThat(
            Said.of(
                    lab().kubectlCommand(List.of("apply", "--dry-run=server", "-f", "-")),
                    filled.must())
                .must())
        .contains("deployment.apps/understudy-operator created");
  }

  @Test
  void oneActsAndTheNextOneGoesOn() throws Exception {
    applying(deployment("count", cr("30"))).must();
    awaitEvent("count", "1 Normal ProtectionRequested");
    OperatorProgram second = OperatorProgram.start(lab(), folder, "second", 8090);
    try (OperatorProgram first = operator()) {
      Wait.that(
          "the second one waits",
          PATIENCE_SECONDS,
          second::log,
          () -> second.page("/readyz").contains("waiting for the lease"));
      assertThat(first.page("/metrics"))
          .contains("understudy_operator_leading 1.0")
          .contains("understudy_operator_deployments{answer=\"understood\"} 1.0")
          .contains("understudy_operator_reconcile_seconds_count{controller=\"deployments\"");
      assertThat(second.page("/metrics")).contains("understudy_operator_leading 0.0");
      long rss = first.residentKibibytes();
      System.out.println("resident memory of the operator: " + rss / 1024 + " MiB");
      assertThat(rss).isLessThan(250_000_000 / 1024);
    }
    operator = second;
    awaitPage("/readyz", "leading");
    awaitEvent("count", "2 Normal ProtectionRequested");

    lab().stopApiserver();
    applyingMustFail();
    lab().startApiserver();
    applying(deployment("count", cr("31"))).must();
    awaitEvent("count", "a checkpoint each 31s");
  }

  private static void applyingMustFail() throws Exception {
    assertThat(run("get", "nodes", "--request-timeout=2s").code()).isNotZero();
  }
}
