// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import dev.understudy.api.records.CriuDump;
import dev.understudy.api.records.CriuRestore;
import dev.understudy.api.records.Figures;
import dev.understudy.api.records.NodeRecord;

/** Records whose figures are all different, so that none can be taken for another. */
final class Samples {
  static final String STREAM = "0123456789abcdef".repeat(2);

  private Samples() {}

  static NodeRecord record(long sequence, Figures figures) {
    // Above 32 bits, as every time of today in milliseconds is.
    return new NodeRecord(
        STREAM, sequence, "a", 3, "count", 1_795_000_000_000L + sequence, 77, figures);
  }

  static NodeRecord checkpoint(long sequence) {
    return record(sequence, checkpoint("3@a/" + sequence, ""));
  }

  static Figures.Checkpoint checkpoint(String generation, String failure) {
    return new Figures.Checkpoint(
        generation,
        "b",
        failure,
        "count-1",
        "counter",
        12_400_000,
        1_795_000_000_101L,
        3_000_000,
        1_795_000_000_202L,
        45_600_000,
        8_000_000,
        5_000_000_000L,
        4_000_000,
        1_000_000,
        CriuDump.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
  }

  static Figures.Restore restore() {
    return new Figures.Restore(
        "3@a/1", "", 31_000_000, 2, 5_000_000_000L, new CriuRestore(21, 22, 23, 24, 25));
  }

  static Figures.Failover failover(String epoch) {
    return new Figures.Failover(
        epoch, "3@a/1", "a", Figures.Cause.SILENCE, "", 2, 20, 30, 40, 50, 60);
  }
}
