// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import java.util.List;
import java.util.stream.Stream;

/** All canaries. */
public final class Canaries {
  /** Each with a budget of about four times the seeds that it needs. */
  public static final List<Canary> ALL =
      Stream.of(
              PromiseCanaries.ALL,
              EpochCanaries.ALL,
              ElectionCanaries.ALL,
              ReignCanaries.ALL,
              StateCanaries.ALL,
              VoterCanaries.ALL)
          .flatMap(List::stream)
          .toList();

  private Canaries() {}
}
