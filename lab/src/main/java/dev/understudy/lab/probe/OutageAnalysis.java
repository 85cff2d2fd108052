// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds outages and pauses in what a probe saw. Pure: the same samples give the same answer.
 *
 * <p>Everything is measured between good answers, at the instants when they were read. So a figure
 * includes up to one period of the probe and the time that one request takes, and an outage that
 * strikes while a checkpoint already holds the program still includes that pause: a client cannot
 * tell them apart.
 */
public final class OutageAnalysis {
  private final Samples samples;
  private final int[] good;

  public OutageAnalysis(Samples samples) {
    this.samples = samples;
    this.good = samples.goodRows();
  }

  /**
   * The outage that a fault caused: from the last good answer of the old active to the first of the
   * new one.
   *
   * <p>Causing a fault takes time, in which the old one may still answer, and the new one may serve
   * before it is over; answers may also be read late. But the old one answers nothing that is asked
   * after the kill, and the new one answers nothing that is asked before its election, since its
   * output is dropped until then and lost connection requests come too late. So the instant of the
   * asking tells who answered.
   *
   * @param electedNanos when the new active was elected, if anybody wrote that down
   */
  public Outage outage(Fault fault, OptionalLong electedNanos) {
    long handOver = Math.min(fault.killedNanos(), electedNanos.orElse(Long.MAX_VALUE));
    int lastOld = -1;
    int firstNew = -1;
    for (int i = 0; i < good.length; i++) {
      if (samples.sentNanos(good[i]) <= handOver) {
        lastOld = i;
      } else if (firstNew < 0) {
        firstNew = i;
      }
    }
    if (lastOld < 0) {
      return new Outage.Unmeasured("there was no good answer before the fault");
    }
    // What was read after the kill had come before: to count from the reading would flatter.
    long lastNanos = Math.min(answered(lastOld), fault.killedNanos());
    long before = highestCounter(lastOld, handOver);
    if (firstNew < 0) {
      return new Outage.Lasting(lastNanos, before, failures(lastNanos, Long.MAX_VALUE));
    }
    Gap gap = new Gap(Math.min(lastNanos, answered(firstNew)), answered(firstNew));
    return new Outage.Ended(
        gap,
        before,
        samples.counter(good[firstNew]),
        slowestSend(gap),
        failures(gap.fromNanos(), gap.toNanos()));
  }

  /**
   * For each checkpoint the longest gap that shares an instant with it: the pause that a client
   * saw, or an ordinary gap where the checkpoint fitted between two requests. Checkpoints that
   * reach into {@code endNanos} or lie outside the samples are left out.
   *
   * @param endNanos where to stop looking: the fault
   */
  public List<Gap> pauses(List<CaptureSpan> captures, long endNanos) {
    List<Gap> found = new ArrayList<>();
    for (CaptureSpan capture : captures) {
      Gap longest = null;
      for (Gap gap : gapsUntil(endNanos)) {
        boolean touches = gap.overlaps(capture.fromNanos(), capture.toNanos());
        if (touches && (longest == null || gap.nanos() > longest.nanos())) {
          longest = gap;
        }
      }
      if (longest != null && capture.toNanos() <= endNanos) {
        found.add(longest);
      }
    }
    return found;
  }

  /**
   * Gaps above the usual that no checkpoint explains: the machine, the network, or the probe itself
   * stood still.
   *
   * @param usualNanos what still counts as usual
   * @param endNanos where to stop looking: the fault
   */
  public List<Gap> stalls(List<CaptureSpan> captures, long usualNanos, long endNanos) {
    return gapsUntil(endNanos).stream()
        .filter(gap -> gap.nanos() > usualNanos)
        .filter(gap -> captures.stream().noneMatch(c -> gap.overlaps(c.fromNanos(), c.toNanos())))
        .toList();
  }

  private List<Gap> gapsUntil(long endNanos) {
    List<Gap> gaps = new ArrayList<>();
    for (int i = 0; i + 1 < good.length && answered(i + 1) <= endNanos; i++) {
      gaps.add(new Gap(answered(i), answered(i + 1)));
    }
    return gaps;
  }

  private long answered(int goodIndex) {
    return samples.answeredNanos(good[goodIndex]);
  }

  /**
   * Answers overtake one another, so the last one need not carry the highest number: of the old
   * one's answers that came within the time that a request may be in flight, the highest counts.
   */
  private long highestCounter(int lastOld, long handOver) {
    long highest = -1;
    long since = answered(lastOld) - Probe.ANSWER_TIMEOUT_NANOS;
    for (int i = lastOld; i >= 0 && answered(i) >= since; i--) {
      if (samples.sentNanos(good[i]) <= handOver) {
        highest = Math.max(highest, samples.counter(good[i]));
      }
    }
    return highest;
  }

  private long slowestSend(Gap gap) {
    long slowest = 0;
    for (int row = 1; row < samples.size(); row++) {
      long from = Math.max(samples.sentNanos(row - 1), gap.fromNanos());
      long to = Math.min(samples.sentNanos(row), gap.toNanos());
      slowest = Math.max(slowest, to - from);
    }
    return slowest;
  }

  private SortedMap<Verdict, Integer> failures(long fromNanos, long toNanos) {
    SortedMap<Verdict, Integer> counted = new TreeMap<>();
    for (int row = 0; row < samples.size(); row++) {
      long sent = samples.sentNanos(row);
      Verdict verdict = samples.verdict(row);
      boolean failed = verdict != Verdict.GOOD && verdict != Verdict.PENDING;
      if (failed && sent >= fromNanos && sent <= toNanos) {
        counted.merge(verdict, 1, Integer::sum);
      }
    }
    return counted;
  }
}
