// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.scenario;

import dev.understudy.simulator.Trace;
import java.util.ArrayList;
import java.util.List;

/** What happens in a play, as lines for people. */
final class Transcript implements Trace {
  /** What was said by whom. */
  private record Said(String who, String text) {}

  private static final String FOR_EVER = ", for ever";

  private final boolean oneWorkload;
  private final List<Said> since = new ArrayList<>();
  private List<String> lines = new ArrayList<>();
  private long zeroNanos;

  Transcript(boolean oneWorkload) {
    this.oneWorkload = oneWorkload;
  }

  @Override
  public void line(long atNanos, String who, String text) {
    String brief = oneWorkload && text.startsWith("w1: ") ? text.substring(4) : text;
    // Until a later command ends it.
    brief =
        brief.endsWith(FOR_EVER) ? brief.substring(0, brief.length() - FOR_EVER.length()) : brief;
    since.add(new Said(who, brief));
    long micros = (atNanos - zeroNanos) / 1_000;
    lines.add("%6d.%03d ms  %-5s  %s".formatted(micros / 1_000, micros % 1_000, who, brief));
  }

  /** A line that belongs to no moment. */
  void plain(String text) {
    lines.add(text);
  }

  /** Forgets what was said so far, for {@link #said}, and counts time from now. */
  void mark(long nowNanos) {
    since.clear();
    zeroNanos = nowNanos;
  }

  /** Whether that one has said something with these words since the mark. */
  boolean said(String who, String part) {
    return since.stream().anyMatch(s -> s.who.equals(who) && s.text.contains(part));
  }

  /** The lines since this was asked last. */
  List<String> take() {
    List<String> taken = lines;
    lines = new ArrayList<>();
    return taken;
  }
}
