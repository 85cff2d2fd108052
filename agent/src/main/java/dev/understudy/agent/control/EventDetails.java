// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import dev.understudy.api.control.NodeEvent;
import dev.understudy.core.protocol.Verdict;
import java.util.List;

/**
 * A verdict in the words of the event journal.
 *
 * @param kind one of the kinds of {@link NodeEvent}
 * @param details names and values in turn
 */
public record EventDetails(String kind, List<String> details) {

  /** The words for a verdict. */
  public static EventDetails of(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Suspected(_, var active, var silent) ->
          words(NodeEvent.SUSPECTED, "active", active, "silent_ms", millis(silent));
      case Verdict.Elected(_, var epoch, var generation, var votes) ->
          words(
              NodeEvent.ELECTED,
              "epoch",
              epoch.toString(),
              "generation",
              generation.toString(),
              "votes",
              Integer.toString(votes));
      case Verdict.HeldBack _ -> words(NodeEvent.HELD_BACK, "text", verdict.text());
      case Verdict.Withdrew _ -> words(NodeEvent.WITHDREW, "text", verdict.text());
      case Verdict.Lapsed _ -> words(NodeEvent.LAPSED, "text", verdict.text());
      case Verdict.Alone _ -> words(NodeEvent.ALONE, "text", verdict.text());
      case Verdict.Accompanied _ -> words(NodeEvent.ACCOMPANIED, "text", verdict.text());
      case Verdict.KeptAside _ -> words(NodeEvent.YIELDED, "text", verdict.text());
      case Verdict.Fenced _ -> words(NodeEvent.FENCED, "text", verdict.text());
      case Verdict.FenceVoid _ -> words(NodeEvent.FENCE_VOID, "text", verdict.text());
      case Verdict.MaintenanceGranted _ -> words(NodeEvent.MAINTENANCE, "text", verdict.text());
      case Verdict.MaintenanceRefused _ -> words(NodeEvent.MAINTENANCE, "text", verdict.text());
      case Verdict.MaintenanceEnded _ -> words(NodeEvent.MAINTENANCE, "text", verdict.text());
      case Verdict.MembershipKnown _ -> words(NodeEvent.MEMBERSHIP, "text", verdict.text());
      case Verdict.MembershipChanged _ -> words(NodeEvent.MEMBERSHIP, "text", verdict.text());
      case Verdict.MembershipRefused _ -> words(NodeEvent.MEMBERSHIP, "text", verdict.text());
      case Verdict.HistoryLost _ -> words(NodeEvent.MEMBERSHIP, "text", verdict.text());
      case Verdict.Resumed _ -> words(NodeEvent.RESUMED, "text", verdict.text());
      case Verdict.Released _ -> words(NodeEvent.RELEASED, "text", verdict.text());
      case Verdict.Raised _ -> words(NodeEvent.RAISED, "text", verdict.text());
      case Verdict.Late _ -> words(NodeEvent.LATE, "text", verdict.text());
      case Verdict.Unprotected _ -> words(NodeEvent.UNPROTECTED, "text", verdict.text());
      case Verdict.Protected(_, var standby, var generation) ->
          words(NodeEvent.PROTECTED, "standby", standby, "generation", generation.toString());
      case Verdict.Stretched(_, var from, var to) ->
          words(NodeEvent.INTERVAL_STRETCHED, "from_ms", millis(from), "to_ms", millis(to));
    };
  }

  private static EventDetails words(String kind, String... details) {
    return new EventDetails(kind, List.of(details));
  }

  /** Milliseconds with two decimals. */
  public static String millis(long nanos) {
    return Double.toString(Math.round(nanos / 1e4) / 100.0);
  }
}
