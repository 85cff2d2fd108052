// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Makes faults happen, and ends them. */
final class Strikes {
  private final World world;
  private final List<Fault> inForce = new ArrayList<>();
  private final int[] powerHeld;
  private final Operator operator;

  Strikes(World world) {
    this.world = world;
    this.operator = new Operator(world);
    this.powerHeld = new int[world.setup().nodes().size()];
  }

  void add(Fault fault) {
    world.at(fault.at(), () -> begin(fault));
  }

  /** All of a plan, one after the other, so that what is to come does not fill the queue. */
  void add(Iterator<Fault> byTime) {
    if (byTime.hasNext()) {
      Fault next = byTime.next();
      world.at(
          next.at(),
          () -> {
            begin(next);
            add(byTime);
          });
    }
  }

  private void begin(Fault fault) {
    world.hash().mix(world.now(), 4, 0, fault.at());
    world.say("world", "", FaultText.of(fault));
    if (fault instanceof Fault.Disk disk) {
      long until = world.now() + disk.nanos() + VirtualDisk.RETRY_NANOS + disk.writeNanos();
      world.trouble().disk(world.index(disk.node()), until);
    } else if (!fault.bounded(world.setup().timing())) {
      markTrouble(fault);
    }
    inForce.add(fault);
    change(fault, 1);
    if (lasts(fault)) {
      world.in(Math.min(fault.nanos(), Fault.FOREVER), () -> end(fault));
    } else {
      inForce.removeLast();
    }
  }

  private static boolean lasts(Fault fault) {
    return fault.nanos() > 0 || fault instanceof Fault.Stall;
  }

  /** Does nothing when it has ended already. */
  void end(Fault fault) {
    if (inForce.remove(fault)) {
      change(fault, -1);
    } else {
      world.nothingHappened();
    }
  }

  /** Begins it with 1 and ends it with -1. */
  private void change(Fault fault, int by) {
    boolean begins = by > 0;
    switch (fault) {
      case Fault.Crash(_, _, var name) -> power(world.node(name), begins);
      case Fault.DiskLost lost -> diskLost(lost, begins);
      case Fault.AgentKill(_, var nanos, var name) -> {
        VirtualNode node = world.node(name);
        if (begins && node.isPowered()) {
          node.endAgent();
          node.startAgent(nanos);
        }
      }
      case Fault.AgentRestart(_, var nanos, var name, var lease) -> {
        if (begins) {
          world.node(name).plannedRestart().begin(lease, nanos);
        }
      }
      case Fault.AgentLeaves(_, var nanos, var name) -> {
        if (begins) {
          world.node(name).leave(nanos);
        }
      }
      case Fault.Fence fence -> operator.vouches(fence);
      case Fault.MembershipChange change -> operator.asks(change);
      case Fault.SubscriberRestarts _ -> world.subscriber().restart();
      case Fault.Pause(_, var nanos, var name, var scope) -> {
        if (begins) {
          world.node(name).pause(nanos, scope);
        }
      }
      case Fault.Stall stall -> stall(stall, begins);
      case Fault.Cut(_, _, var from, var to) ->
          world.network().cut(world.index(from), world.index(to), by);
      case Fault.Isolate isolate -> isolate(isolate, by);
      case Fault.Partition partition -> partition(partition, by);
      case Fault.Noise noise -> {
        if (begins) {
          world.network().begin(noise);
        } else {
          world.network().end(noise);
        }
      }
      case Fault.Mishap mishap -> {
        if (begins) {
          world.network().begin(mishap);
        } else {
          world.network().end(mishap);
        }
      }
      case Fault.LateTimers(_, _, var name, var most) ->
          world.node(name).decider().lateTimers(begins ? most : 0);
      case Fault.ClockRate(_, var name, var ppm) -> world.node(name).clock().rate(world.now(), ppm);
      case Fault.TimeOfDay(_, var name, var nanos) -> world.node(name).disk().setTimeOfDay(nanos);
      case Fault.Disk(_, _, var name, var write) -> disk(world.node(name).disk(), write, begins);
      default -> changeProgram(fault, by);
    }
  }

  private void changeProgram(Fault fault, int by) {
    boolean begins = by > 0;
    switch (fault) {
      case Fault.ProgramExit(_, var workload) -> activeHost(workload).forEach(Host::exits);
      case Fault.ProgramHang(_, var nanos, var workload) -> {
        if (begins) {
          activeHost(workload).forEach(host -> host.hangs(nanos));
        }
      }
      case Fault.CaptureFails(_, _, var workload) ->
          world.failCaptures(world.workload(workload), by);
      case Fault.RestoreFails(_, _, var name) -> world.node(name).failRestores(by);
      case Fault.SlowRestore(_, _, var name, var longer) ->
          world.node(name).slowRestores(begins ? longer : 0);
      case Fault.StartFails(_, _, var name) -> world.node(name).failStarts(by);
      case Fault.SensorLoss(_, _, var name) -> {
        VirtualNode node = world.node(name);
        node.failStarts(by);
        if (begins) {
          node.hosts().stream().filter(Host::gateOpen).forEach(Host::exits);
        }
      }
      case Fault.CopyDies(_, var name, var workload) ->
          world.node(name).host(world.workload(workload)).copyDies();
      default -> throw new IllegalStateException("broken: nobody makes this happen: " + fault);
    }
  }

  private void power(VirtualNode node, boolean begins) {
    if (begins) {
      powerHeld[node.index()]++;
      node.powerOff();
    } else if (--powerHeld[node.index()] == 0) {
      node.powerOn();
    }
  }

  private void diskLost(Fault.DiskLost lost, boolean begins) {
    VirtualNode node = world.node(lost.node());
    power(node, begins);
    if (begins && world.invariants().voters().canSpare(lost.node())) {
      node.loseDisk(lost.silenceNanos());
    }
  }

  private void stall(Fault.Stall stall, boolean begins) {
    Decider decider = world.node(stall.node()).decider();
    if (begins) {
      decider.arm(stall);
      world.in(Fault.STALL_PATIENCE, () -> decider.disarm(stall));
    }
  }

  private static void disk(VirtualDisk disk, long writeNanos, boolean begins) {
    if (writeNanos == 0) {
      disk.fail(begins ? 1 : -1);
    } else {
      disk.slow(begins ? writeNanos : 0);
    }
  }

  private void isolate(Fault.Isolate isolate, int by) {
    int node = world.index(isolate.node());
    for (int other = 0; other <= world.nodes().size(); other++) {
      if (other != node) {
        if (isolate.way() != Fault.Way.IN) {
          world.network().cut(node, other, by);
        }
        if (isolate.way() != Fault.Way.OUT) {
          world.network().cut(other, node, by);
        }
      }
    }
  }

  private void partition(Fault.Partition partition, int by) {
    for (String name : partition.side()) {
      int inside = world.index(name);
      for (int other = 0; other <= world.nodes().size(); other++) {
        boolean outside =
            other == world.nodes().size()
                || !partition.side().contains(world.nodes().get(other).name());
        if (outside) {
          world.network().cutBetween(inside, other, by);
        }
      }
    }
  }

  /** Where the program of that workload runs and can be heard. */
  private List<Host> activeHost(String workload) {
    int index = world.workload(workload);
    return world.nodes().stream()
        .map(node -> node.host(index))
        .filter(host -> host.gateOpen() && host.life() == Host.Life.RUNNING)
        .toList();
  }

  // ---- who cannot be blamed --------------------------------------------------------------------

  private void markTrouble(Fault fault) {
    long until = world.now() + fault.nanos();
    Trouble trouble = world.trouble();
    switch (fault) {
      case Fault.Crash f -> trouble.node(world.index(f.node()), until);
      case Fault.DiskLost f -> trouble.node(world.index(f.node()), Fault.FOREVER);
      case Fault.AgentLeaves f ->
          trouble.node(world.index(f.node()), until + VirtualNode.LEAVING_MOST_NANOS);
      case Fault.AgentKill f -> trouble.node(world.index(f.node()), until);
      case Fault.Pause f -> trouble.node(world.index(f.node()), until);
      case Fault.Stall f -> trouble.node(world.index(f.node()), until + Fault.STALL_PATIENCE);
      case Fault.LateTimers f -> trouble.node(world.index(f.node()), until);
      case Fault.Isolate f -> trouble.node(world.index(f.node()), until);
      case Fault.Partition f -> f.side().forEach(name -> markLinks(name, "", until));
      case Fault.Cut f -> markLinks(f.from(), f.to(), until);
      case Fault.Noise f ->
          markLinks(f.from(), f.to(), until + f.stragglerMostNanos() + f.mostNanos());
      case Fault.Mishap f -> markLinks(f.from(), f.to(), until + f.lateNanos());
      // What ends the program ends the reign for a reason of its own.
      default -> {}
    }
  }

  private void markLinks(String from, String to, long until) {
    for (int one = 0; one <= world.nodes().size(); one++) {
      for (int other = 0; other <= world.nodes().size(); other++) {
        if (world.isEnd(from, one) && world.isEnd(to, other)) {
          world.trouble().link(one, other, until);
        }
      }
    }
  }
}
