// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.ArrayList;
import java.util.List;

/**
 * Draws what goes wrong around the machines: inputs of programs that one node loses, and times of
 * day that somebody sets. Of most seeds, nothing.
 */
final class Surroundings {
  private static final long MILLI = 1_000_000L;
  private static final long DAY = 86_400_000L * MILLI;
  private static final int SEEDS_PERCENT = 25;
  private static final int MOST = 4;

  private Surroundings() {}

  static List<Fault> of(Setup setup, Chance chance, long end) {
    List<Fault> faults = new ArrayList<>();
    if (!chance.percent(SEEDS_PERCENT)) {
      return faults;
    }
    long unit = setup.timing().leaseNanos();
    for (int i = 1 + chance.below(MOST); i > 0; i--) {
      long at = 100 * MILLI + chance.below(end - 102 * MILLI);
      String node = chance.of(setup.nodes());
      if (chance.percent(60)) {
        long nanos = Math.min(chance.spread(unit / 8, unit * 60), end - MILLI - at);
        faults.add(new Fault.SensorLoss(at, nanos, node));
      } else {
        // By a little, as a time server does it, or by days.
        long by = chance.percent(50) ? chance.spread(MILLI, DAY) : chance.between(-DAY, DAY);
        faults.add(new Fault.TimeOfDay(at, node, chance.percent(50) ? by : -by));
      }
    }
    return faults;
  }
}
