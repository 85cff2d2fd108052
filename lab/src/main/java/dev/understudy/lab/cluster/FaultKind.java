// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.util.Locale;

/** What can be broken on purpose. */
public enum FaultKind {
  /** A node has no power for a time, and is started again then. */
  CRASH(true),
  /** A node's port at the switch is down for a time: nobody reaches it. */
  ISOLATE(true),
  /** A node and the other nodes do not hear one another; the outside client still reaches it. */
  PARTITION(true),
  /** A node hears nothing of the other nodes, or of one of them, but is heard. */
  DEAF(true),
  /** A node is not heard by the other nodes, or by one of them, but hears. */
  MUTE(true),
  /** Some of the frames to and from a node are lost. */
  LOSS(true),
  /** Each frame to and from a node comes later by a random time, so that frames overtake. */
  DELAY(true),
  /** The agent's process is killed; its node starts another one. */
  KILL_AGENT(false),
  /** The agent's process is stopped for a time, and goes on then. */
  STOP_AGENT(true),
  /** As many programs as there are processors compute on a node. */
  HOG(true),
  /** Every packet filter on a node is deleted, as by {@code nft flush ruleset}. */
  FLUSH_FILTERS(false);

  private final boolean lasting;

  FaultKind(boolean lasting) {
    this.lasting = lasting;
  }

  /** Whether it has an end, or is over when it has happened. */
  public boolean lasting() {
    return lasting;
  }

  /** Its name for people. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return text();
  }
}
