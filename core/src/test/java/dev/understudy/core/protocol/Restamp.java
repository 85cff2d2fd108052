// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/** An input that waited while a node stood still is taken up later than it came. */
final class Restamp {
  private Restamp() {}

  static Input at(Input input, long at) {
    return switch (input) {
      case Input.Received(_, var d) -> new Input.Received(at, d);
      case Input.GateShut(_, var w) -> new Input.GateShut(at, w);
      case Input.Running(_, var w, var e) -> new Input.Running(at, w, e);
      case Input.CopyHeld(_, var w, var g) -> new Input.CopyHeld(at, w, g);
      case Input.CheckpointDone(_, var w, var g, var t) -> new Input.CheckpointDone(at, w, g, t);
      case Input.Persisted(_, var s) -> new Input.Persisted(at, s);
      case Input.Tick _ -> new Input.Tick(at);
      case Input.Fenced(_, var w, var n) -> new Input.Fenced(at, w, n);
      case Input.Subscribed(_, var s) -> new Input.Subscribed(at, s);
      case Input.Unsubscribed(_, var s) -> new Input.Unsubscribed(at, s);
      case Input.Acknowledged(_, var a) -> new Input.Acknowledged(at, a);
      case Input.Leaving _ -> new Input.Leaving(at);
      case Input.GateNarrowed(_, var w) -> new Input.GateNarrowed(at, w);
      case Input.MembershipAsked(_, var w, var j, var l) -> new Input.MembershipAsked(at, w, j, l);
      case Input.MaintenanceAsked(_, var w, var n) -> new Input.MaintenanceAsked(at, w, n);
      case Input.MaintenanceCancelled(_, var w) -> new Input.MaintenanceCancelled(at, w);
      case Input.Resumed(_, var r, var g, var p) -> new Input.Resumed(at, r, g, p);
      case Input.Failed(_, var w, var e, var r) -> new Input.Failed(at, w, e, r);
      case Input.CopyLost(_, var w, var g) -> new Input.CopyLost(at, w, g);
      case Input.CheckpointFailed(_, var w, var g, var r) ->
          new Input.CheckpointFailed(at, w, g, r);
    };
  }
}
