// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/** What a step decided and why, as a value: events carry it, people read {@link #text()}. */
public sealed interface Verdict {
  /** The workload that it is about. */
  String workload();

  /** One sentence for people. */
  String text();

  /** The active was silent for too long. */
  record Suspected(String workload, String active, long silentNanos) implements Verdict {
    @Override
    public String text() {
      return "suspects " + active + ", silent for " + millis(silentNanos) + " ms";
    }
  }

  /** This node reigns from now on. */
  record Elected(String workload, Epoch epoch, GenerationId generation, int votes)
      implements Verdict {
    @Override
    public String text() {
      return "elected in epoch " + epoch + " with " + votes + " votes, offering " + generation;
    }
  }

  /** Others would elect this node, but it has enough workloads to take over already. */
  record HeldBack(String workload, int underWay, int most) implements Verdict {
    @Override
    public String text() {
      return "waits with its candidature: takes " + underWay + " of at most " + most + " over now";
    }
  }

  /** A candidature came to nothing. */
  record Withdrew(String workload, Epoch epoch, String why) implements Verdict {
    @Override
    public String text() {
      return "withdrew its candidature " + epoch + ": " + why;
    }
  }

  /** The lease ended without a majority of echoes. */
  record Lapsed(String workload, Epoch epoch, long overdueNanos) implements Verdict {
    @Override
    public String text() {
      return "lost the lease of epoch " + epoch + ", " + millis(overdueNanos) + " ms ago";
    }
  }

  /** All voters are silent, and the user wants the active to go on: another may be active too. */
  record Alone(String workload, Epoch epoch) implements Verdict {
    @Override
    public String text() {
      return "hears nobody: goes on in epoch " + epoch + " without a lease";
    }
  }

  /** A majority follows an active again that went on without a lease. */
  record Accompanied(String workload, Epoch epoch) implements Verdict {
    @Override
    public String text() {
      return "holds a lease of epoch " + epoch + " again";
    }
  }

  /** Two nodes were active: the state of this one is out of use, but not thrown away. */
  record KeptAside(String workload, Epoch epoch, String active) implements Verdict {
    @Override
    public String text() {
      return "keeps its state of epoch " + epoch + " aside, since " + active + " was active too";
    }
  }

  /** Somebody vouches that a node can have no effect any more. */
  record Fenced(String workload, String node) implements Verdict {
    @Override
    public String text() {
      return "counts on the word that " + node + " is fenced";
    }
  }

  /** A node was heard that was said to be fenced. */
  record FenceVoid(String workload, String node) implements Verdict {
    @Override
    public String text() {
      return "hears " + node + ", which was said to be fenced: that counts no more";
    }
  }

  /** The agent may be restarted now: write that down, end, and leave gate and processes alone. */
  record MaintenanceGranted(String workload, ParkedReign reign) implements Verdict {
    @Override
    public String text() {
      return "may be restarted in epoch " + reign.epoch() + " until " + reign.gateUntilNanos();
    }
  }

  /** The agent must not be restarted without ending the reign. */
  record MaintenanceRefused(String workload, String why) implements Verdict {
    @Override
    public String text() {
      return "no maintenance: " + why;
    }
  }

  /** Who votes from now on, as this node knows. */
  record MembershipKnown(String workload, Membership version) implements Verdict {
    @Override
    public String text() {
      return "goes by the voters of version " + version;
    }
  }

  /** A change of the voters is complete. */
  record MembershipChanged(String workload, Membership version) implements Verdict {
    @Override
    public String text() {
      return "has the voters of version " + version + " on the disks of a majority";
    }
  }

  /** The voters stay as they are. */
  record MembershipRefused(String workload, String why) implements Verdict {
    @Override
    public String text() {
      return "no change of the voters: " + why;
    }
  }

  /** Others have heard a later start of this node's agent than this one. */
  record HistoryLost(String workload, long incarnation, long heardOf) implements Verdict {
    @Override
    public String text() {
      return "has forgotten its starts " + incarnation + " to " + heardOf + ": its disk was lost";
    }
  }

  /** The reign is back to ordinary leases. */
  record MaintenanceEnded(String workload, Epoch epoch) implements Verdict {
    @Override
    public String text() {
      return "epoch " + epoch + " has an ordinary lease again";
    }
  }

  /** A restarted agent has found its reign in force, or why it has not. */
  record Resumed(String workload, Epoch epoch, boolean goesOn, String why) implements Verdict {
    @Override
    public String text() {
      return (goesOn ? "goes on" : "does not go on") + " in epoch " + epoch + ": " + why;
    }
  }

  /** The reign is over, and every promise to it. */
  record Released(String workload, Epoch epoch, String why) implements Verdict {
    @Override
    public String text() {
      return "released epoch " + epoch + ": " + why;
    }
  }

  /** The same reign goes on under a higher epoch, because a restarted voter refused the old one. */
  record Raised(String workload, Epoch from, Epoch to) implements Verdict {
    @Override
    public String text() {
      return "raised epoch " + from + " to " + to + " for a restarted voter";
    }
  }

  /** This node's own timers were late, so it accuses nobody for a while. */
  record Late(String workload, long byNanos) implements Verdict {
    @Override
    public String text() {
      return "was late by " + millis(byNanos) + " ms itself, accuses nobody for one window";
    }
  }

  /** A live standby holds a copy of this reign. */
  record Protected(String workload, String standby, GenerationId generation) implements Verdict {
    @Override
    public String text() {
      return standby + " holds generation " + generation;
    }
  }

  /** Nobody holds a copy any more. */
  record Unprotected(String workload, String why) implements Verdict {
    @Override
    public String text() {
      return "not protected: " + why;
    }
  }

  /** A generation takes longer than the interval between two, or no longer so. */
  record Stretched(String workload, long fromNanos, long toNanos) implements Verdict {
    @Override
    public String text() {
      String how = toNanos > fromNanos ? "stretched" : "shortened again";
      return "interval " + how + " from " + millis(fromNanos) + " to " + millis(toNanos) + " ms";
    }
  }

  /** Milliseconds with two decimals, for people. */
  static String millis(long nanos) {
    return Double.toString(Math.round(nanos / 1e4) / 100.0);
  }
}
