// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The lease that follows from echoes. It lasts 30 nanoseconds; three of five voters are needed. */
class ReignTest {
  private static final long LEASE = 30;
  private static final Epoch EPOCH = new Epoch(5, "a");
  private static final Epoch HIGHER = new Epoch(1_001, "a");

  private final Electorate five =
      new Electorate(Prompter.group(false, "b", "c", "d", "e"), "a", Prompter.TIMING);
  private final Reign reign = new Reign(LEASE);

  @BeforeEach
  void begin() {
    reign.begin(EPOCH);
  }

  private long leaseEnd() {
    return five.leaseEnd(reign.ends());
  }

  private void echo(String voter, long sentAt) {
    reign.echo(voter, EPOCH, sentAt, Row.ORDINARY, 1_000);
  }

  @Test
  @Tag("FO-4")
  void leaseCountsFromTheSendingThatAMajorityHasEchoed() {
    echo("a", 140);
    echo("b", 100);
    assertThat(leaseEnd()).isEqualTo(Long.MIN_VALUE);
    echo("c", 120);
    assertThat(leaseEnd()).isEqualTo(100 + LEASE);
    echo("d", 130);
    assertThat(leaseEnd()).isEqualTo(120 + LEASE);
    echo("a", 900);
    assertThat(leaseEnd()).isEqualTo(120 + LEASE);
  }

  /** It arrives 500 later and says nothing newer. */
  @Test
  @Tag("FO-4")
  void lateEchoProlongsNothing() {
    echo("a", 100);
    echo("b", 100);
    reign.echo("c", EPOCH, 100, Row.ORDINARY, 600);
    assertThat(leaseEnd()).isEqualTo(100 + LEASE);
  }

  @Test
  @Tag("FO-6")
  void echoesCountInAnyOrderAndTheNewestStays() {
    echo("a", 140);
    echo("b", 140);
    echo("c", 120);
    echo("c", 110);
    assertThat(leaseEnd()).isEqualTo(120 + LEASE);
    echo("c", 130);
    assertThat(leaseEnd()).isEqualTo(130 + LEASE);
  }

  @Test
  @Tag("FO-6")
  void echoesOfAnotherEpochCountForNothing() {
    echo("a", 100);
    echo("b", 100);
    reign.echo("c", new Epoch(4, "a"), 100, Row.ORDINARY, 1_000);
    reign.echo("d", HIGHER, 100, Row.ORDINARY, 1_000);
    assertThat(reign.voters()).containsExactly("a", "b");
    assertThat(leaseEnd()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  @Tag("FO-13")
  void nextCandidatureStartsWithoutVotes() {
    echo("a", 100);
    echo("b", 100);
    echo("c", 100);
    reign.begin(new Epoch(6, "a"));
    echo("d", 100);
    assertThat(reign.voters()).isEmpty();
    assertThat(leaseEnd()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  @Tag("FO-19")
  void raisedReignKeepsItsLease() {
    echo("a", 100);
    echo("b", 100);
    echo("c", 100);
    reign.raise(HIGHER);
    assertThat(leaseEnd()).isEqualTo(100 + LEASE);
    assertThatThrownBy(() -> reign.raise(EPOCH)).hasMessageContaining("a reign is only raised");
  }

  @Test
  @Tag("FO-19")
  void onlyThoseWhoseEchoesStillCountHaveToGoAlong() {
    echo("a", 130);
    echo("b", 100);
    assertThat(reign.followers(100 + LEASE - 1)).containsExactly("a", "b");
    assertThat(reign.followers(100 + LEASE)).containsExactly("a");
  }

  @Test
  @Tag("FO-20")
  void raisedEpochIsConfirmedByAMajorityThatEchoedIt() {
    echo("a", 100);
    echo("b", 100);
    echo("c", 100);
    assertThat(reign.confirmed(five)).isEqualTo(EPOCH);
    reign.raise(HIGHER);
    reign.echo("a", HIGHER, 110, Row.ORDINARY, 1_000);
    reign.echo("b", HIGHER, 110, Row.ORDINARY, 1_000);
    reign.echo("b", HIGHER, 120, Row.ORDINARY, 1_000);
    assertThat(reign.confirmed(five)).isEqualTo(EPOCH);
    reign.echo("c", HIGHER, 110, Row.ORDINARY, 1_000);
    assertThat(reign.confirmed(five)).isEqualTo(HIGHER);
  }
}
