// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.records;

import java.util.Objects;

/**
 * One record of a node. Its stream and sequence together are unique everywhere and for ever, so
 * whoever keeps records can take one twice and have it once.
 *
 * @param stream drawn at random at each start of an agent, 32 hexadecimal digits
 * @param sequence counts the records of that start from 1
 * @param node who measured it
 * @param incarnation which start of its agent it was
 * @param workload what it is about
 * @param wallMillis wall-clock time at which it began, milliseconds since 1970, for people
 * @param bootNanos the node's own CLOCK_BOOTTIME at which it began
 * @param figures what was measured
 */
public record NodeRecord(
    String stream,
    long sequence,
    String node,
    long incarnation,
    String workload,
    long wallMillis,
    long bootNanos,
    Figures figures) {
  public NodeRecord {
    RecordCursor _ = new RecordCursor(stream, sequence);
    Checks.name("node", node);
    Checks.name("workload", workload);
    Objects.requireNonNull(figures, "figures");
    if (sequence < 1 || incarnation < 0 || wallMillis < 0 || bootNanos < 0) {
      throw new IllegalArgumentException(
          "a record of sequence %d, incarnation %d, at %d ms, %d ns"
              .formatted(sequence, incarnation, wallMillis, bootNanos));
    }
  }

  /** Its place in the node's records. */
  public RecordCursor cursor() {
    return new RecordCursor(stream, sequence);
  }
}
