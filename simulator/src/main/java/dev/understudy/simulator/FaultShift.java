// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

/** The same fault at another time. */
final class FaultShift {
  private FaultShift() {}

  static Fault earlier(Fault fault, long nanos) {
    return switch (fault) {
      case Fault.Crash f -> new Fault.Crash(f.at() - nanos, f.nanos(), f.node());
      case Fault.DiskLost f ->
          new Fault.DiskLost(f.at() - nanos, f.nanos(), f.node(), f.silenceNanos());
      case Fault.MembershipChange f ->
          new Fault.MembershipChange(f.at() - nanos, f.node(), f.workload(), f.join(), f.leave());
      case Fault.AgentKill f -> new Fault.AgentKill(f.at() - nanos, f.nanos(), f.node());
      case Fault.AgentRestart f ->
          new Fault.AgentRestart(f.at() - nanos, f.nanos(), f.node(), f.leaseNanos());
      case Fault.AgentLeaves f -> new Fault.AgentLeaves(f.at() - nanos, f.nanos(), f.node());
      case Fault.Fence f -> new Fault.Fence(f.at() - nanos, f.node(), f.workload(), f.looks());
      case Fault.SubscriberRestarts f -> new Fault.SubscriberRestarts(f.at() - nanos);
      case Fault.Pause f -> new Fault.Pause(f.at() - nanos, f.nanos(), f.node(), f.scope());
      case Fault.Stall f ->
          new Fault.Stall(f.at() - nanos, f.nanos(), f.node(), f.place(), f.skip());
      case Fault.Cut f -> new Fault.Cut(f.at() - nanos, f.nanos(), f.from(), f.to());
      case Fault.Isolate f -> new Fault.Isolate(f.at() - nanos, f.nanos(), f.node(), f.way());
      case Fault.Partition f -> new Fault.Partition(f.at() - nanos, f.nanos(), f.side());
      case Fault.Noise f ->
          new Fault.Noise(
              f.at() - nanos,
              f.nanos(),
              f.from(),
              f.to(),
              f.lossPpm(),
              f.duplicationPpm(),
              f.stragglerPpm(),
              f.stragglerMostNanos(),
              f.leastNanos(),
              f.mostNanos());
      case Fault.Mishap f ->
          new Fault.Mishap(
              f.at() - nanos, f.nanos(), f.from(), f.to(), f.content(), f.count(), f.lateNanos());
      case Fault.LateTimers f ->
          new Fault.LateTimers(f.at() - nanos, f.nanos(), f.node(), f.mostNanos());
      case Fault.ClockRate f -> new Fault.ClockRate(f.at() - nanos, f.node(), f.ppm());
      case Fault.Disk f -> new Fault.Disk(f.at() - nanos, f.nanos(), f.node(), f.writeNanos());
      case Fault.ProgramExit f -> new Fault.ProgramExit(f.at() - nanos, f.workload());
      case Fault.ProgramHang f -> new Fault.ProgramHang(f.at() - nanos, f.nanos(), f.workload());
      case Fault.CaptureFails f -> new Fault.CaptureFails(f.at() - nanos, f.nanos(), f.workload());
      case Fault.RestoreFails f -> new Fault.RestoreFails(f.at() - nanos, f.nanos(), f.node());
      case Fault.SlowRestore f ->
          new Fault.SlowRestore(f.at() - nanos, f.nanos(), f.node(), f.longerNanos());
      case Fault.StartFails f -> new Fault.StartFails(f.at() - nanos, f.nanos(), f.node());
      case Fault.CopyDies f -> new Fault.CopyDies(f.at() - nanos, f.node(), f.workload());
      case Fault.SensorLoss f -> new Fault.SensorLoss(f.at() - nanos, f.nanos(), f.node());
      case Fault.TimeOfDay f -> new Fault.TimeOfDay(f.at() - nanos, f.node(), f.byNanos());
    };
  }
}
