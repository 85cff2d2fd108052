// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import java.util.ArrayList;
import java.util.List;

/** Made-up samples; times in milliseconds. */
final class Rows {
  private record Row(double sent, double answered, Verdict verdict, long counter) {}

  private final List<Row> rows = new ArrayList<>();

  static Rows none() {
    return new Rows();
  }

  static long ms(double millis) {
    return Math.round(millis * 1e6);
  }

  /** A good answer 0.5 ms after its request. */
  Rows good(double sent, long counter) {
    return good(sent, sent + 0.5, counter);
  }

  Rows good(double sent, double answered, long counter) {
    rows.add(new Row(sent, answered, Verdict.GOOD, counter));
    return this;
  }

  /** Good answers every 2 ms from a time to before another, the counter by the clock. */
  Rows steady(double from, double before) {
    for (double sent = from; sent < before; sent += 2) {
      good(sent, (long) (sent / 100));
    }
    return this;
  }

  Rows bad(double sent, double ended, Verdict verdict) {
    rows.add(new Row(sent, ended, verdict, -1));
    return this;
  }

  /** Failures every 2 ms, each 10 ms after its request. */
  Rows failing(double from, double before, Verdict verdict) {
    for (double sent = from; sent < before; sent += 2) {
      bad(sent, sent + 10, verdict);
    }
    return this;
  }

  Samples samples() {
    return new Samples(
        rows.stream().mapToLong(r -> ms(r.sent)).toArray(),
        rows.stream().mapToLong(r -> ms(r.answered)).toArray(),
        rows.stream().mapToLong(Row::counter).toArray(),
        rows.stream().map(Row::verdict).toArray(Verdict[]::new),
        0);
  }

  OutageAnalysis analysis() {
    return new OutageAnalysis(samples());
  }
}
