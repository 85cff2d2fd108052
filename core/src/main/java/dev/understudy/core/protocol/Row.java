// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/**
 * What a datagram says of one workload.
 *
 * @param workload its name
 * @param stand what the sender is to it
 * @param epoch of the sender's own reign or candidature; {@link Epoch#NONE} while passive
 * @param highest the highest epoch that the sender has granted, echoed or refused below
 * @param released the sender's own last epoch that is over for good: its gate is shut, and nobody
 *     needs to keep a promise to it
 * @param held the newest state that the sender could bring to life
 * @param standby whom the sender, being active, chose to hold the copy; empty otherwise
 * @param echoEpoch which epoch of the receiver the sender promised to follow, or none
 * @param echoSentAt the receiver's own time of the beat that made that promise
 * @param echoNanos the lease that this promise supports, when it was asked for a longer one;
 *     otherwise {@link #ORDINARY}
 * @param yesTo the receiver's own time of the question "would you vote?" that the sender answers
 *     with yes; -1 for no answer. Binds nobody.
 * @param askNanos the lease in nanoseconds for which the active asks with this beat, {@link
 *     #ORDINARY} for the usual one when no longer one is in force, {@link #KEEP} when one is
 * @param reignFrom the oldest start of the sender's agent of which a reign may be in force, and
 *     which holds the promises for what {@link #epoch} names; 0 while that is unknown, when only
 *     the present start counts
 * @param membership who votes, as the sender's disk has it
 */
public record Row(
    String workload,
    Stand stand,
    Epoch epoch,
    Epoch highest,
    Epoch released,
    GenerationId held,
    String standby,
    Epoch echoEpoch,
    long echoSentAt,
    long echoNanos,
    long yesTo,
    long askNanos,
    long reignFrom,
    Membership membership) {

  /** A row of a group whose voters are those of the cluster file. */
  public Row(
      String workload,
      Stand stand,
      Epoch epoch,
      Epoch highest,
      Epoch released,
      GenerationId held,
      String standby,
      Epoch echoEpoch,
      long echoSentAt,
      long echoNanos,
      long yesTo,
      long askNanos,
      long reignFrom) {
    this(
        workload,
        stand,
        epoch,
        highest,
        released,
        held,
        standby,
        echoEpoch,
        echoSentAt,
        echoNanos,
        yesTo,
        askNanos,
        reignFrom,
        Membership.NONE);
  }

  /** Of {@link #askNanos} and {@link #echoNanos}: the lease that all nodes are configured with. */
  public static final long ORDINARY = 0;

  /** Of {@link #askNanos}: promises that were made for longer stay as they are. */
  public static final long KEEP = -1;

  /** No answer in {@link #yesTo}, no echo in {@link #echoSentAt}. */
  public static final long NO_TIME = -1;

  /** Of a node that has nothing to say of that workload. */
  static Row silent(String workload) {
    return new Row(
        workload,
        Stand.PASSIVE,
        Epoch.NONE,
        Epoch.NONE,
        Epoch.NONE,
        GenerationId.NONE,
        "",
        Epoch.NONE,
        NO_TIME,
        ORDINARY,
        NO_TIME,
        ORDINARY,
        0);
  }

  /** To which start of its agent the sender's reign or request has to be counted. */
  long holderIncarnation(long senderIncarnation) {
    return reignFrom == 0 ? senderIncarnation : reignFrom;
  }

  /** What a node is to a workload, as it tells others. Codes are part of the wire format. */
  public enum Stand {
    /** Follows, or waits. */
    PASSIVE(0),
    /** Asks whether it would be elected; binds nobody. */
    ASKING(1),
    /** Asks for votes; each vote binds like an echo. */
    CANDIDATE(2),
    /** Reigns. */
    ACTIVE(3),
    /** Shuts its gate, and will release when the kernel has confirmed that: ask already. */
    CLOSING(4);

    private final int code;

    Stand(int code) {
      this.code = code;
    }

    /** Stable number of this constant on the wire. */
    public int code() {
      return code;
    }
  }
}
