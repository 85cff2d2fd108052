// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import dev.understudy.api.records.Figures;
import dev.understudy.api.records.NodeRecord;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The table {@code ckp_metrics}, with the names and units that the checkpoint/restore operator gave
 * its columns: times of day and durations in milliseconds, CRIU's own in microseconds.
 */
public final class CkpMetrics {
  /** Its columns, in order. */
  public static final List<String> COLUMNS =
      List.of(
          "id",
          "start_time",
          "kubelet_duration",
          "checkpoint_image_creation_start_time",
          "checkpoint_image_creation_duration",
          "transfer_start_time",
          "transfer_duration",
          "freezing_time",
          "frozen_time",
          "memdump_time",
          "memwrite_time",
          "pages_scanned",
          "pages_skipped_parent",
          "pages_written",
          "irmap_resolve",
          "pages_lazy",
          "page_pipes",
          "page_pipe_bufs",
          "shpages_scanned",
          "shpages_skipped_parent",
          "shpages_written",
          "pod_name",
          "application",
          "host");

  private CkpMetrics() {}

  /** The numbers of a row but its id, in order; -1 where nothing is known. */
  static long[] numbers(NodeRecord record, Figures.Checkpoint checkpoint) {
    LongStream ours =
        LongStream.of(
            record.wallMillis(),
            millis(checkpoint.captureNanos()),
            checkpoint.composeBeginMillis(),
            millis(checkpoint.composeNanos()),
            checkpoint.shipBeginMillis(),
            millis(checkpoint.shipNanos()));
    return LongStream.concat(ours, LongStream.of(checkpoint.criu().figures())).toArray();
  }

  private static long millis(long nanos) {
    return nanos < 0 ? -1 : Math.round(nanos / 1e6);
  }
}
