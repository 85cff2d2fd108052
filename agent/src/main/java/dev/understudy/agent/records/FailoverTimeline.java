// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.records;

import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.records.Figures;
import dev.understudy.api.records.Sentences;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of failovers from this node's events, on the thread that writes these: so nothing
 * of it is on the failover path. Times are those of the events, which the duty cycle took.
 */
public final class FailoverTimeline {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final String NO_GENERATION = "none";

  /** A copy that arrived before a suspicion may be held for so long after it. */
  private static final long UNDER_WAY_NANOS = 10_000_000_000L;

  /** Takes what came out. */
  public interface Keeper {
    /** Keeps it, without waiting. */
    void keep(String workload, long beganBootNanos, Figures figures);
  }

  /** What is known of one workload. */
  private static final class Reign {
    private @Nullable NodeEvent suspected;
    private @Nullable NodeEvent elected;
    private @Nullable NodeEvent woken;
    private @Nullable NodeEvent started;
    private @Nullable NodeEvent moved;
    private boolean lapsed;
    private boolean reignedBefore;
    private boolean told;
    private boolean protectionTold;
  }

  private final String node;
  private final Keeper keeper;
  private final Map<String, Reign> reigns = new TreeMap<>();

  /** Nothing has happened yet. */
  public FailoverTimeline(String node, Keeper keeper) {
    this.node = node;
    this.keeper = keeper;
  }

  /** Takes up one event; in the order in which they were recorded. */
  public void note(NodeEvent event) {
    if (event.workload().isEmpty()) {
      return;
    }
    Reign reign = reigns.computeIfAbsent(event.workload(), _ -> new Reign());
    switch (event.kind()) {
      case NodeEvent.SUSPECTED -> reign.suspected = event;
      case NodeEvent.HELD -> held(reign, event);
      case NodeEvent.ELECTED -> elected(reign, event);
      case NodeEvent.WOKEN -> {
        reign.woken = event;
        complete(reign);
      }
      case NodeEvent.STARTED -> {
        reign.started = event;
        complete(reign);
      }
      case NodeEvent.ADDRESS_MOVED -> {
        reign.moved = event;
        complete(reign);
      }
      case NodeEvent.PROTECTED -> protectedAgain(reign, event);
      case NodeEvent.LAPSED -> ended(reign, "lost its lease before the program ran", true);
      case NodeEvent.EXITED -> ended(reign, "the program ended: " + detail(event, "why"), false);
      case NodeEvent.START_FAILED ->
          ended(reign, "the program did not start: " + detail(event, "reason"), false);
      case NodeEvent.RELEASED -> ended(reign, "released: " + detail(event, "text"), false);
      default -> {
        // The rest says nothing about a failover.
      }
    }
  }

  /** Somebody is active after all, and ships; unless it had shipped before it fell silent. */
  private static void held(Reign reign, NodeEvent event) {
    NodeEvent suspected = reign.suspected;
    if (suspected == null) {
      return;
    }
    boolean underWay = event.bootNanos() - suspected.bootNanos() <= UNDER_WAY_NANOS;
    boolean own = captor(detail(event, "generation")).equals(detail(suspected, "active"));
    if (!own || !underWay) {
      reign.suspected = null;
    }
  }

  private static String captor(String generation) {
    int at = generation.indexOf('@');
    return at < 0 ? "" : generation.substring(at + 1, generation.lastIndexOf('/'));
  }

  private void elected(Reign reign, NodeEvent event) {
    ended(reign, "elected again before the program ran", false);
    reign.elected = event;
    reign.woken = since(reign.woken, event);
    reign.started = since(reign.started, event);
    reign.moved = since(reign.moved, event);
    // The first start of a workload takes over from nobody.
    reign.told = cause(reign, event) == Figures.Cause.START && !reign.reignedBefore && first(event);
    reign.protectionTold = reign.told;
    complete(reign);
  }

  /** The program is woken before anything is written, so that may be found first. */
  private static @Nullable NodeEvent since(@Nullable NodeEvent event, NodeEvent elected) {
    return event != null && event.bootNanos() >= elected.bootNanos() ? event : null;
  }

  private static boolean first(NodeEvent elected) {
    return detail(elected, "epoch").startsWith("1@");
  }

  private void complete(Reign reign) {
    if (reign.moved != null && (reign.woken != null || reign.started != null)) {
      tell(reign, "");
    }
  }

  /** The reign is over; if its beginning was not told yet, it failed. */
  private void ended(Reign reign, String why, boolean lapsed) {
    if (reign.elected == null) {
      return;
    }
    tell(reign, why);
    reign.elected = null;
    reign.suspected = null;
    reign.reignedBefore = true;
    reign.lapsed = lapsed;
  }

  private void tell(Reign reign, String failure) {
    NodeEvent elected = reign.elected;
    if (elected == null || reign.told) {
      return;
    }
    reign.told = true;
    NodeEvent suspected = reign.suspected;
    String generation = detail(elected, "generation");
    NodeEvent running = reign.woken == null ? reign.started : reign.woken;
    keeper.keep(
        elected.workload(),
        elected.bootNanos(),
        new Figures.Failover(
            detail(elected, "epoch"),
            generation,
            former(suspected, generation),
            cause(reign, elected),
            Sentences.bounded(failure),
            Integer.parseInt(detail(elected, "votes")),
            suspected == null ? -1 : nanos(suspected, "silent_ms"),
            suspected == null ? -1 : elected.bootNanos() - suspected.bootNanos(),
            between(elected, running),
            between(elected, reign.moved),
            reign.woken == null ? -1 : nanos(reign.woken, "age_ms")));
  }

  private Figures.Cause cause(Reign reign, NodeEvent elected) {
    if (reign.suspected != null) {
      return Figures.Cause.SILENCE;
    }
    String generation = detail(elected, "generation");
    if (reign.lapsed && generation.endsWith("/live")) {
      return Figures.Cause.LAPSE;
    }
    return generation.equals(NO_GENERATION) ? Figures.Cause.START : Figures.Cause.RELEASE;
  }

  /** Who was suspected; else who captured the state that is woken. */
  private String former(@Nullable NodeEvent suspected, String generation) {
    if (suspected != null) {
      return detail(suspected, "active");
    }
    if (generation.endsWith("/live")) {
      return node;
    }
    return captor(generation);
  }

  private void protectedAgain(Reign reign, NodeEvent event) {
    NodeEvent elected = reign.elected;
    if (elected == null || reign.protectionTold) {
      return;
    }
    reign.protectionTold = true;
    reign.suspected = null;
    reign.lapsed = false;
    keeper.keep(
        event.workload(),
        elected.bootNanos(),
        new Figures.Protection(
            detail(elected, "epoch"),
            detail(event, "standby"),
            event.bootNanos() - elected.bootNanos()));
  }

  private static long between(NodeEvent elected, @Nullable NodeEvent later) {
    return later == null ? -1 : Math.max(0, later.bootNanos() - elected.bootNanos());
  }

  private static long nanos(NodeEvent event, String millis) {
    String text = detail(event, millis);
    return text.isEmpty()
        ? -1
        : Math.max(-1, Math.round(Double.parseDouble(text) * NANOS_PER_MILLI));
  }

  private static String detail(NodeEvent event, String name) {
    return event.details().getOrDefault(name, "");
  }
}
