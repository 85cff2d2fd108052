// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Chance from one seed, by whole numbers only: the same on every machine and virtual machine. Each
 * link and node has a stream of its own, so that taking one fault away changes little elsewhere.
 */
final class Chance {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final SplittableRandom words;

  Chance(long seed) {
    this.words = new SplittableRandom(seed);
  }

  /** A stream for one purpose; the same purpose gets the same stream. */
  static Chance of(long seed, long purpose) {
    long mixed = (seed + GOLDEN) * 0xBF58476D1CE4E5B9L + purpose * 0x94D049BB133111EBL;
    mixed = (mixed ^ (mixed >>> 29)) * 0xD6E8FEB86659FD93L;
    return new Chance(mixed ^ (mixed >>> 32));
  }

  /** From 0 to the bound, without it; 0 for the bound 0. */
  long below(long bound) {
    return Math.unsignedMultiplyHigh(words.nextLong(), bound);
  }

  int below(int bound) {
    return (int) Math.unsignedMultiplyHigh(words.nextLong(), bound);
  }

  /** Both bounds included. */
  long between(long least, long most) {
    return least + below(most - least + 1);
  }

  boolean hits(int perMillion) {
    return perMillion > 0 && below(1_000_000) < perMillion;
  }

  /** True so many times in a hundred. */
  boolean percent(int share) {
    return below(100) < share;
  }

  <T> T of(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /** Short times often, long ones seldom: each doubling is half as likely. */
  long spread(long least, long most) {
    long span = least;
    while (span < most && percent(60)) {
      span *= 2;
    }
    return Math.min(most, span + below(span));
  }

  /** For a node's own waits. */
  RandomGenerator generator() {
    return words.split();
  }
}
