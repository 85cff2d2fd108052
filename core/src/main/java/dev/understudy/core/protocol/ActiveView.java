// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/** Whom this node believes to be active, from the beats that it heard itself. */
final class ActiveView {
  private String node = "";
  private Epoch epoch = Epoch.NONE;
  private String standby = "";
  private long incarnation;
  private long heardAt;
  private long endingAt = Long.MIN_VALUE;
  private long vacantSince;

  void heard(String from, long fromIncarnation, Row row, long now) {
    if (row.epoch().compareTo(epoch) < 0) {
      return;
    }
    node = from;
    incarnation = fromIncarnation;
    epoch = row.epoch();
    standby = row.standby();
    heardAt = now;
    endingAt = Long.MIN_VALUE;
  }

  /** The sender says that its epoch is over, or will be as soon as its gate is shut. */
  void ending(String from, long fromIncarnation, Epoch over, long now) {
    boolean news =
        node.equals(from)
            && incarnation == fromIncarnation
            && epoch.equals(over)
            && endingAt == Long.MIN_VALUE;
    if (news) {
      endingAt = now;
    }
  }

  /** The node has read its gate back as shut since it was restarted. */
  void endedBefore(String from, long fromIncarnation, long now) {
    if (node.equals(from) && incarnation < fromIncarnation && endingAt == Long.MIN_VALUE) {
      endingAt = now;
    }
  }

  /** That node can have no effect any more: as good as released when it is the one followed. */
  void fenced(String other, long now) {
    if (node.equals(other) && endingAt == Long.MIN_VALUE) {
      endingAt = now;
    }
  }

  /** This node reigns itself. */
  void own(String self, Epoch reign) {
    node = self;
    epoch = reign;
  }

  /** This node's own reign is over, and nobody else's is known. */
  void vacate(long now) {
    node = "";
    standby = "";
    endingAt = Long.MIN_VALUE;
    vacantSince = now;
  }

  String node() {
    return node;
  }

  /** The start of its agent to which its reign has to be counted. */
  long incarnation() {
    return incarnation;
  }

  Epoch epoch() {
    return epoch;
  }

  String standby() {
    return standby;
  }

  long vacantSince() {
    return vacantSince;
  }

  long silentSince() {
    return heardAt;
  }

  boolean isEnding() {
    return endingAt != Long.MIN_VALUE;
  }

  /** From when on a successor of rank zero may ask. */
  long successionFrom(long windowNanos) {
    if (node.isEmpty()) {
      return vacantSince;
    }
    return isEnding() ? endingAt : heardAt + windowNanos;
  }

  /** Whether this node's own ears have nothing against an election now. */
  boolean vacant(long now, long silenceNanos) {
    return node.isEmpty() || isEnding() || now - heardAt >= silenceNanos;
  }
}
