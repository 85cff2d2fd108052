// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/** What a {@link Finding} goes by. Codes are stable: documents and other programs refer to them. */
public enum Rule {
  /** Only some members may run a workload. */
  ROLE("role"),
  /** Only who is named in the present version of the membership votes. */
  MEMBERSHIP("membership"),
  /** An agent that is about to end takes nothing over. */
  LEAVING("leaving"),
  /** A restarted agent is silent until no promise of its former life can bind it. */
  RESTART_SILENCE("restart-silence"),
  /** Nobody succeeds an active that is heard. */
  SILENCE_WINDOW("silence-window"),
  /** A node that was late itself accuses nobody. */
  LATENESS("lateness"),
  /** During a maintenance lease silence is no news. */
  MAINTENANCE("maintenance"),
  /** After a failure others have their turn. */
  BACKOFF("backoff"),
  /** Who offers newer state goes first, for a bounded time. */
  STATE_PREFERENCE("state-preference"),
  /** Standbys ask one after the other. */
  RANK("rank"),
  /** Epoch counters are reserved on the disk before they are used. */
  EPOCH_CEILING("epoch-ceiling"),
  /** Enough others have to say first that they would vote. */
  PRE_VOTE("pre-vote"),
  /** A node takes only so many workloads over at once. */
  STORM_GUARD("storm-guard"),
  /** At most one promise is in force, this node's vote for itself included. */
  PROMISE("promise"),
  /** Enough votes elect, within the lease that follows from the request. */
  ELECTION("election"),
  /** A node that is vouched for as fenced is not waited for. */
  FENCE("fence"),
  /** The active acts as long as its lease lasts. */
  LEASE("lease"),
  /** A reign that is over ends with a shut gate, then with a release. */
  RELEASE("release");

  private final String code;

  Rule(String code) {
    this.code = code;
  }

  /** Stable name of the rule, in lower case with hyphens. */
  public String code() {
    return code;
  }
}
