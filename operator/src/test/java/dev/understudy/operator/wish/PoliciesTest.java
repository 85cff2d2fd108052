// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.wish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.core.timing.Timing;
import dev.understudy.operator.resource.FailoverPolicySpec;
import dev.understudy.operator.resource.Strategy;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Policies as users write them. */
class PoliciesTest {
  private static final String TARGET = "target: {name: count}\n";

  private static Wish read(String yaml) {
    return Policies.read(Serialization.unmarshal(yaml, FailoverPolicySpec.class));
  }

  private static Protection asked(String yaml) {
    assertThat(read(TARGET + yaml)).isInstanceOf(Wish.Asked.class);
    return ((Wish.Asked) read(TARGET + yaml)).protection();
  }

  private static List<String> faults(String yaml) {
    assertThat(read(TARGET + yaml)).isInstanceOf(Wish.Faulty.class);
    return ((Wish.Faulty) read(TARGET + yaml)).faults();
  }

  @Test
  void strategyAlone() {
    Protection mirror = asked("strategy: mirror");
    assertThat(mirror.ladder())
        .containsExactly(Strategy.MIRROR, Strategy.CHECKPOINT, Strategy.RESTART);
    assertThat(mirror.intervalNanos()).isEqualTo(1_000_000_000L);
    assertThat(mirror.timing()).isEqualTo(Timing.STANDARD);
    assertThat(asked("strategy: checkpoint").ladder())
        .containsExactly(Strategy.CHECKPOINT, Strategy.RESTART);
    assertThat(asked("strategy: standby").ladder())
        .containsExactly(Strategy.STANDBY, Strategy.RESTART);
    assertThat(asked("strategy: restart").ladder()).containsExactly(Strategy.RESTART);
  }

  @Test
  void everythingSaid() {
    Protection all =
        asked(
            """
            strategy: mirror
            interval: 250ms
            timing: relaxed
            ftti: 2s
            address: 10.0.0.9
            state: {path: /s, port: 81, interval: 5s, limit: 1MiB, elsewhere: false}
            """);
    assertThat(all.intervalNanos()).isEqualTo(250_000_000L);
    assertThat(all.timing()).isEqualTo(Timing.RELAXED);
    assertThat(all.fttiNanos()).isEqualTo(OptionalLong.of(2_000_000_000L));
    assertThat(all.address()).contains("10.0.0.9");
    assertThat(all.state()).contains(new StatePull("/s", 81, 5_000_000_000L, 1 << 20, false));
    assertThat(all.sentence())
        .isEqualTo(
            "mirror, then checkpoint, then state, then restart; a checkpoint each 250ms; state of"
                + " port 81/s each 5s, put back in place; times relaxed; FTTI 2s;"
                + " address 10.0.0.9");
  }

  @Test
  void stateWithItsUsualValues() {
    assertThat(asked("strategy: state\nstate: {port: 80}").state())
        .contains(new StatePull("/", 80, 1_000_000_000L, StatePull.USUAL_LIMIT_BYTES, true));
  }

  @Test
  void fttiMustHoldAnElectionWithAFifthToSpare() {
    assertThat(faults("strategy: mirror\nftti: 43ms"))
        .containsExactly(
            "spec.ftti 43ms is too short: with times standard the election alone may take 36ms,"
                + " so write at least 44ms");
    assertThat(asked("strategy: mirror\nftti: 44ms").fttiNanos())
        .isEqualTo(OptionalLong.of(44_000_000L));
    assertThat(faults("strategy: mirror\ntiming: wide\nftti: 2s")).hasSize(1);
  }

  @Test
  void whatTheServerWouldRefuseIsRefusedHereToo() {
    assertThat(faults("strategy: magic"))
        .containsExactly(
            "spec.strategy is 'magic'; write one of mirror, checkpoint, state, standby, restart");
    assertThat(faults("interval: 1s"))
        .containsExactly(
            "spec.strategy is missing;"
                + " write one of mirror, checkpoint, state, standby, restart");
    assertThat(faults("strategy: mirror\ntiming: quick"))
        .containsExactly("spec.timing is 'quick'; write one of standard, fast, relaxed, wide");
    assertThat(faults("strategy: mirror\ninterval: 10ms"))
        .containsExactly("spec.interval is '10ms'; write a duration such as 1s, from 50ms to 60m");
    assertThat(faults("strategy: mirror\ninterval: soon"))
        .containsExactly("spec.interval is 'soon'; write a duration such as 1s, from 50ms to 60m");
    assertThat(faults("strategy: mirror\nftti: soon"))
        .containsExactly("spec.ftti is 'soon'; write a duration such as 500ms");
    assertThat(faults("strategy: mirror\naddress: 10.0.0.256"))
        .containsExactly("spec.address is '10.0.0.256'; write an IPv4 address");
    assertThat(faults("strategy: state"))
        .containsExactly("spec.state is missing; strategy state needs it, with a port");
    assertThat(faults("strategy: restart\ninterval: 1s\nstate: {port: 1}"))
        .containsExactly(
            "spec.interval does nothing with strategy restart; leave it out",
            "spec.state does nothing with strategy restart; leave it out");
    assertThat(faults("strategy: state\nstate: {path: x, interval: 1h, limit: 1TB}"))
        .containsExactly(
            "spec.state.path is 'x'; write a path such as /state, encoded as in a URL",
            "spec.state.port is missing; write a port from 1 to 65535",
            "spec.state.interval is '1h'; write a duration such as 1s, from 50ms to 60m",
            "spec.state.limit is '1TB'; write a size such as 16MiB, at most 256MiB");
    assertThat(faults("strategy: state\nstate: {port: 70000}"))
        .containsExactly("spec.state.port is 70000; write a port from 1 to 65535");
  }

  @Test
  void aTargetIsNeeded() {
    assertThat(Policies.read(null))
        .isEqualTo(new Wish.Faulty(List.of("spec is missing; write target and strategy")));
    assertThat(read("strategy: mirror"))
        .isEqualTo(
            new Wish.Faulty(
                List.of("spec.target.name is missing; write the name of a Deployment")));
    assertThat(read("strategy: mirror\ntarget: {kind: Job, name: x}"))
        .isEqualTo(new Wish.Faulty(List.of("spec.target.kind is 'Job'; write Deployment")));
  }
}
