// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What the probe saw, a request a row, in the order of sending. Immutable.
 *
 * <p>Parallel arrays: at 500 rows a second, objects would cost the measuring process more than the
 * measurement.
 */
public final class Samples {
  private final long[] sent;
  private final long[] answered;
  private final long[] counter;
  private final Verdict[] verdict;
  private final long overwritten;

  /**
   * Rows as parallel arrays, which then belong to the samples.
   *
   * @param overwritten how many older rows are missing
   */
  public Samples(
      long[] sent, long[] answered, long[] counter, Verdict[] verdict, long overwritten) {
    if (answered.length != sent.length
        || counter.length != sent.length
        || verdict.length != sent.length) {
      throw new IllegalStateException(
          "rows differ in length: "
              + sent.length
              + ", "
              + answered.length
              + ", "
              + counter.length
              + ", "
              + verdict.length);
    }
    this.sent = sent;
    this.answered = answered;
    this.counter = counter;
    this.verdict = verdict;
    this.overwritten = overwritten;
  }

  /** Number of rows. */
  public int size() {
    return sent.length;
  }

  /** Older rows that no longer fitted. */
  public long overwritten() {
    return overwritten;
  }

  /** When the connection was asked for. */
  public long sentNanos(int row) {
    return sent[row];
  }

  /** When the answer was complete, or the request given up; 0 while it is in flight. */
  public long answeredNanos(int row) {
    return answered[row];
  }

  /** The number in the answer; -1 unless the answer was good. */
  public long counter(int row) {
    return counter[row];
  }

  public Verdict verdict(int row) {
    return verdict[row];
  }

  /** The rows with a good answer, in the order in which the answers came. */
  int[] goodRows() {
    return IntStream.range(0, size())
        .filter(row -> verdict(row) == Verdict.GOOD)
        .boxed()
        .sorted(Comparator.comparingLong(row -> answered[row]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Collects rows one by one; the newest {@code capacity} of them are kept. Not thread-safe. */
  static final class Ring {
    private final int capacity;
    private long next;
    private long first;
    private long[] sent;
    private long[] answered;
    private long[] counter;
    private Verdict[] verdict;

    Ring(int capacity) {
      this.capacity = capacity;
      int start = Math.min(capacity, 4096);
      sent = new long[start];
      answered = new long[start];
      counter = new long[start];
      verdict = new Verdict[start];
    }

    /** Adds a request in flight; returns its number, by which it is ended. */
    long begin(long sentNanos) {
      if (next - first == sent.length && sent.length < capacity) {
        grow();
      }
      int slot = slot(next);
      sent[slot] = sentNanos;
      answered[slot] = 0;
      counter[slot] = -1;
      verdict[slot] = Verdict.PENDING;
      return next++;
    }

    /** Ends a request; one that was overwritten or cleared meanwhile is ignored. */
    void end(long number, Verdict how, long atNanos, long value) {
      if (number < Math.max(first, next - sent.length)) {
        return;
      }
      int slot = slot(number);
      answered[slot] = atNanos;
      counter[slot] = value;
      verdict[slot] = how;
    }

    void clear() {
      first = next;
    }

    Samples snapshot() {
      long from = Math.max(first, next - sent.length);
      int size = Math.toIntExact(next - from);
      long[] sentRows = new long[size];
      long[] answeredRows = new long[size];
      long[] counterRows = new long[size];
      Verdict[] verdictRows = new Verdict[size];
      for (int row = 0; row < size; row++) {
        int slot = slot(from + row);
        sentRows[row] = sent[slot];
        answeredRows[row] = answered[slot];
        counterRows[row] = counter[slot];
        verdictRows[row] = verdict[slot];
      }
      return new Samples(sentRows, answeredRows, counterRows, verdictRows, from - first);
    }

    private int slot(long number) {
      return (int) (number % sent.length);
    }

    /** Every row's slot depends on the length, so rows are put in place anew. */
    private void grow() {
      Samples kept = snapshot();
      int length = Math.min(capacity, sent.length * 2);
      sent = new long[length];
      answered = Arrays.copyOf(sent, length);
      counter = Arrays.copyOf(sent, length);
      verdict = new Verdict[length];
      for (int row = 0; row < kept.size(); row++) {
        int slot = slot(next - kept.size() + row);
        sent[slot] = kept.sent[row];
        answered[slot] = kept.answered[row];
        counter[slot] = kept.counter[row];
        verdict[slot] = kept.verdict[row];
      }
    }
  }
}
