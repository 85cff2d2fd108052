// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

import java.util.SortedMap;

/**
 * One line of a node's record, in {@code GET /v1/events?after=SEQUENCE} and in its journal.
 *
 * @param sequence counts this agent's events from 1
 * @param incarnation which start of the agent wrote it
 * @param bootNanos the node's own CLOCK_BOOTTIME
 * @param node who wrote it
 * @param workload empty for events of the node itself
 * @param kind one of the constants below
 * @param details sorted; values are text
 */
public record NodeEvent(
    long sequence,
    long incarnation,
    long bootNanos,
    String node,
    String workload,
    String kind,
    SortedMap<String, String> details) {
  public static final String AGENT_STARTED = "agent-started";

  /** The active was silent for the window (detail {@code active}, {@code silent_ms}). */
  public static final String SUSPECTED = "suspected";

  public static final String ELECTED = "elected";

  /** The held copy got SIGCONT (details {@code epoch}, {@code generation}, {@code age_ms}). */
  public static final String WOKEN = "woken";

  /** The gratuitous ARP for the virtual address has left (detail {@code address}). */
  public static final String ADDRESS_MOVED = "address-moved";

  /** Started cold, without state (detail {@code why}). */
  public static final String STARTED = "started";

  public static final String START_FAILED = "start-failed";

  /** The workload's process ended (details {@code epoch}, {@code why}, {@code log}). */
  public static final String EXITED = "exited";

  public static final String LAPSED = "lapsed";
  public static final String RELEASED = "released";
  public static final String DISCARDED = "discarded";

  /**
   * On the active ({@code generation}, {@code pause_ms}, {@code bytes}, {@code took_ms}, {@code
   * began_boot_nanos}).
   */
  public static final String CAPTURED = "captured";

  public static final String CHECKPOINT_FAILED = "checkpoint-failed";

  /** On the standby (details {@code generation}, {@code hold_ms}, {@code processes}). */
  public static final String HELD = "held";

  /** The copy that was held has died; {@code generation}. */
  public static final String COPY_LOST = "copy-lost";

  /** The protocol's state could not be written and will be tried again; {@code why}. */
  public static final String DISK_FAILED = "disk-failed";

  /** On the active: a live standby says that it holds a copy of this reign. */
  public static final String PROTECTED = "protected";

  /** The interval was shorter than a generation takes (details {@code from_ms}, {@code to_ms}). */
  public static final String INTERVAL_STRETCHED = "interval-stretched";

  /** This node would be elected, but takes enough workloads over already. */
  public static final String HELD_BACK = "held-back";

  /** A candidature of this node came to nothing. */
  public static final String WITHDREW = "withdrew";

  /** The reign goes on under a higher epoch. */
  public static final String RAISED = "raised";

  /** This node's own timers were late. */
  public static final String LATE = "late";

  /** The active lost all others and goes on without a lease, because the user wants it so. */
  public static final String ALONE = "alone";

  /** An active that went on without a lease has one again. */
  public static final String ACCOMPANIED = "accompanied";

  /** Two nodes were active; this one gave way. */
  public static final String YIELDED = "yielded";

  /** What the program knew that gave way was captured ({@code epoch}, {@code where}). */
  public static final String KEPT_ASIDE = "kept-aside";

  /** Somebody vouched that another node can have no effect any more. */
  public static final String FENCED = "fenced";

  /** A node was heard that was said to be fenced. */
  public static final String FENCE_VOID = "fence-void";

  /** A lease under which the agent may be restarted was agreed, refused, or has ended. */
  public static final String MAINTENANCE = "maintenance";

  /** Who votes was changed, or could not be, or this node does not vote without its disk. */
  public static final String MEMBERSHIP = "membership";

  /** A restarted agent has found a reign of its former life. */
  public static final String RESUMED = "resumed";

  /** On the active: nobody holds a copy any more. */
  public static final String UNPROTECTED = "unprotected";
}
