// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

/** A fault as one line for people. */
final class FaultText {
  private FaultText() {}

  static String of(Fault fault) {
    String text =
        switch (fault) {
          case Fault.Crash f -> "power loss of " + f.node();
          case Fault.DiskLost f -> "loss of " + f.node() + " and its disk";
          case Fault.MembershipChange f -> membership(f);
          case Fault.AgentKill f -> "agent of " + f.node() + " is killed";
          case Fault.AgentRestart f ->
              "agent of "
                  + f.node()
                  + " is restarted under a lease of "
                  + Millis.text(f.leaseNanos());
          case Fault.AgentLeaves f -> "agent of " + f.node() + " is told to end";
          case Fault.Fence f ->
              "an operator vouches that "
                  + f.node()
                  + " has no effect on "
                  + f.workload()
                  + (f.looks() ? "" : ", without looking");
          case Fault.SubscriberRestarts _ -> "the subscriber starts anew";
          case Fault.Pause f -> f.node() + " stands still (" + f.scope() + ")";
          case Fault.Stall f ->
              f.node()
                  + " will stand still before "
                  + f.place()
                  + ", after "
                  + f.skip()
                  + " others";
          case Fault.Cut f -> "cut from " + f.from() + " to " + f.to();
          case Fault.Isolate f -> f.node() + " is isolated (" + f.way() + ")";
          case Fault.Partition f -> "partition: " + f.side() + " against the others";
          case Fault.Noise f -> noise(f);
          case Fault.Mishap f -> mishap(f);
          case Fault.LateTimers f ->
              "timers of " + f.node() + " late by up to " + Millis.text(f.mostNanos());
          case Fault.ClockRate f -> "clock of " + f.node() + " runs off by " + f.ppm() + " ppm";
          case Fault.Disk f ->
              "disk of "
                  + f.node()
                  + (f.writeNanos() == 0 ? " fails" : " needs " + Millis.text(f.writeNanos()));
          case Fault.ProgramExit f -> "program of " + f.workload() + " ends";
          case Fault.ProgramHang f -> "program of " + f.workload() + " hangs";
          case Fault.CaptureFails f -> "captures of " + f.workload() + " fail";
          case Fault.RestoreFails f -> "restores on " + f.node() + " fail";
          case Fault.SlowRestore f ->
              "restores on " + f.node() + " take " + Millis.text(f.longerNanos()) + " longer";
          case Fault.StartFails f -> "starts on " + f.node() + " fail";
          case Fault.CopyDies f -> "copy of " + f.workload() + " on " + f.node() + " dies";
          case Fault.SensorLoss f -> f.node() + " loses the input of its programs";
          case Fault.TimeOfDay f ->
              "time of day of " + f.node() + " is set by " + Millis.text(f.byNanos());
        };
    return fault.nanos() == 0 ? text : text + ", for " + Millis.text(fault.nanos());
  }

  private static String membership(Fault.MembershipChange f) {
    return "an operator asks "
        + (f.node().isEmpty() ? "who reigns" : f.node())
        + " to have "
        + (f.join().isEmpty() ? "nobody" : f.join())
        + " vote on "
        + f.workload()
        + " in place of "
        + (f.leave().isEmpty() ? "nobody" : f.leave());
  }

  private static String ends(String from, String to) {
    return (from.isEmpty() ? "all" : from) + " to " + (to.isEmpty() ? "all" : to);
  }

  private static String noise(Fault.Noise f) {
    return "noise from "
        + ends(f.from(), f.to())
        + ": loses "
        + f.lossPpm()
        + ", doubles "
        + f.duplicationPpm()
        + ", delays "
        + f.stragglerPpm()
        + " ppm by up to "
        + Millis.text(f.stragglerMostNanos())
        + ", way "
        + Millis.text(f.leastNanos())
        + " to "
        + Millis.text(f.mostNanos());
  }

  private static String mishap(Fault.Mishap f) {
    return "the next "
        + f.count()
        + " "
        + f.content()
        + " from "
        + ends(f.from(), f.to())
        + (f.lateNanos() == 0 ? " get lost" : " come " + Millis.text(f.lateNanos()) + " later");
  }
}
