// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import java.util.Arrays;
import java.util.Optional;

/**
 * Which of one sender's latest datagrams were taken, so that none is taken twice: a bit for each of
 * the last {@link #WIDTH} sequences (as RFC 6479). Later than that means lost.
 *
 * <p>Why a window, and not strict order: datagrams that overtake one another carry echoes that
 * count in any order. Refusing the overtaken ones would lose leases on a healthy network.
 *
 * <p>Why at all: the protocol itself is safe against repetition, since for it a datagram that is
 * played back is one that the network doubled or held up, and it must bear both. Echoes and votes
 * name the receiver's incarnation, the epoch and the sending time of the beat, so they count for
 * that beat and no longer; their merging is a maximum. What a row says otherwise counts only from
 * the newest sequence of the newest incarnation, and an epoch that was released stays so. Counters
 * and ceilings only rise, and say what was true. The window keeps such datagrams from costing a
 * step each, keeps them from what {@link Reception} counts as heard, and makes them visible.
 *
 * <p>What it cannot do: a restarted receiver has forgotten what it heard. Whoever recorded
 * datagrams on the network can play them to it in order, and until the sender itself is heard it
 * takes them for the sender's: that delays an election at this node, and elects nobody.
 */
final class SequenceWindow {
  /** More than a second of beats, answers and haste, at the shortest times. */
  static final int WIDTH = 1024;

  private final long[] taken = new long[WIDTH / Long.SIZE];
  private long incarnation;
  private long newest;

  /** Takes that datagram, or says why not. */
  Optional<Drop> take(long senderIncarnation, long sequence) {
    if (senderIncarnation < incarnation) {
      return Optional.of(Drop.STALE);
    }
    if (senderIncarnation > incarnation) {
      incarnation = senderIncarnation;
      newest = 0;
      clear();
    }
    if (sequence > newest) {
      advance(sequence);
    } else if (newest - sequence >= WIDTH) {
      return Optional.of(Drop.STALE);
    }
    int word = word(sequence);
    long bit = bit(sequence);
    if ((taken[word] & bit) != 0) {
      return Optional.of(Drop.REPEATED);
    }
    taken[word] |= bit;
    return Optional.empty();
  }

  private void advance(long sequence) {
    if (sequence - newest >= WIDTH) {
      clear();
    } else {
      for (long skipped = newest + 1; skipped <= sequence; skipped++) {
        taken[word(skipped)] &= ~bit(skipped);
      }
    }
    newest = sequence;
  }

  private void clear() {
    Arrays.fill(taken, 0);
  }

  private static int word(long sequence) {
    return (int) (sequence % WIDTH) / Long.SIZE;
  }

  private static long bit(long sequence) {
    return 1L << (sequence % Long.SIZE);
  }
}
