// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.core.timing.Timing;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorOptionsTest {
  private static OperatorOptions parse(String line) {
    return OperatorOptions.parse(line.isEmpty() ? new String[0] : line.split(" ", -1));
  }

  @Test
  void everythingHasADefault() {
    assertThat(parse(""))
        .isEqualTo(
            new OperatorOptions(
                new InetSocketAddress(8080),
                new InetSocketAddress(8081),
                true,
                "understudy-system",
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void argumentsOfTheFormerOperatorsManifestAreUnderstood() {
    OperatorOptions options =
        parse(
            "--health-probe-bind-address=:8081 --metrics-bind-address=127.0.0.1:8080"
                + " --leader-elect");
    assertThat(options.metrics()).hasToString("/127.0.0.1:8080");
    assertThat(options.leaderElection()).isTrue();
  }

  @Test
  void theRest() {
    OperatorOptions options =
        parse("--leader-elect false --namespace a --kubeconfig /k --leader-elect-namespace b");
    assertThat(options.leaderElection()).isFalse();
    assertThat(options.namespace()).contains("a");
    assertThat(options.kubeconfig()).contains(Path.of("/k"));
    assertThat(options.leaseNamespace()).isEqualTo("b");
  }

  @Test
  void actingTakesAKeyAndAnImage() {
    assertThat(parse("--agents-key /k --holder-image h:1 --timing relaxed").acting())
        .contains(new OperatorOptions.Acting(Path.of("/k"), "h:1", Timing.RELAXED));
  }

  @ParameterizedTest
  @CsvSource({
    "--agents-key /k, --agents-key and --holder-image go together",
    "--agents-key /k --holder-image h --timing soon, --timing has no profile soon",
    "--timing relaxed, unknown option --timing",
    "--port 1, unknown option --port",
    "x, 'expected --name value, got x'",
    "--namespace, option --namespace has no value",
    "--leader-elect yes, '--leader-elect is true or false, not yes'",
    "--metrics-bind-address 80, '--metrics-bind-address is [HOST]:PORT such as :8080, not 80'",
    "--metrics-bind-address :70000,"
        + " '--metrics-bind-address is [HOST]:PORT such as :8080, not :70000'"
  })
  void wrongUseIsOneSentence(String line, String sentence) {
    assertThatThrownBy(() -> parse(line)).hasMessage(sentence);
  }
}
