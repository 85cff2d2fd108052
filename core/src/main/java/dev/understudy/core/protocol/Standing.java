// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.SortedSet;

/**
 * Where a node stands towards one workload.
 *
 * <pre>
 * Silent    -> Passive                restart silence is over
 * Passive   -> Asking                 the active is silent or has released, and this node may stand
 * Asking    -> Passive | Candidate    an active is heard | a majority would vote
 * Candidate -> Passive | Active       given up, or an active is heard | a majority voted in time
 * Active    -> Closing                lease lost, program ended, or a higher epoch reigns
 * Closing   -> Passive                the kernel confirmed that the gate is shut
 * </pre>
 */
sealed interface Standing {
  /** The name of the state, for people. */
  default String label() {
    return getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  /** As others are told of it. */
  default Row.Stand told() {
    return Row.Stand.PASSIVE;
  }

  /** Of the node's own reign or candidature; {@link Epoch#NONE} without one. */
  default Epoch epoch() {
    return Epoch.NONE;
  }

  /** Restarted: neither votes nor stands until no promise of the former life can bind it. */
  record Silent(long until) implements Standing {}

  /** Follows, or waits for its turn. */
  record Passive() implements Standing {}

  /** Asks whether it would be elected. */
  record Asking(long since, SortedSet<String> yes) implements Standing {
    @Override
    public Row.Stand told() {
      return Row.Stand.ASKING;
    }
  }

  /** Asks for votes since that time. */
  record Candidate(Epoch epoch, long since) implements Standing {
    @Override
    public Row.Stand told() {
      return Row.Stand.CANDIDATE;
    }
  }

  /** Reigns since that time, elected under the first epoch, which may have been raised since. */
  record Active(Epoch epoch, Epoch first, long since) implements Standing {
    @Override
    public Row.Stand told() {
      return Row.Stand.ACTIVE;
    }

    /** Whether something that was ordered under that epoch belongs to this reign. */
    boolean covers(Epoch ordered) {
      return ordered.compareTo(first) >= 0 && ordered.compareTo(epoch) <= 0;
    }
  }

  /** Waits for the kernel to confirm that nothing of this reign can leave any more. */
  record Closing(Epoch epoch, String why) implements Standing {
    @Override
    public Row.Stand told() {
      return Row.Stand.CLOSING;
    }
  }
}
