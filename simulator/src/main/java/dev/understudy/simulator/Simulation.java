// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

/** One run: faults strike, then all is well for a majority, and one active must be reached. */
public final class Simulation {
  /** After that all is well, it must stay so for this many leases. */
  private static final int STEADY_LEASES = 20;

  private Simulation() {}

  /** Runs a plan; the same plan comes to the same result everywhere. */
  public static RunResult run(Plan plan, Model model, Trace trace) {
    World world = storm(plan, model, trace, plan.stormNanos());
    if (world.violation().isEmpty()) {
      mustBeServed(world, plan);
    }
    return result(world, plan);
  }

  /** Runs a plan up to that time only, without what must hold at its end. */
  static RunResult runUntil(Plan plan, Model model, Trace trace, long nanos) {
    return result(storm(plan, model, trace, nanos), plan);
  }

  private static World storm(Plan plan, Model model, Trace trace, long nanos) {
    World world = new World(plan.setup(), plan.seed(), model, trace);
    world.strike(plan.faults());
    world.start();
    world.runUntil(nanos);
    return world;
  }

  private static RunResult result(World world, Plan plan) {
    return new RunResult(
        plan.seed(),
        world.now(),
        world.events(),
        world.violation(),
        world.falseFailovers(),
        world.lapses(),
        world.traceHash());
  }

  private static void mustBeServed(World world, Plan plan) {
    Liveness liveness = new Liveness(world, plan);
    long bound = liveness.boundNanos();
    long end = world.now() + bound;
    // The last fault may undo what is well only a lease later, so being well once is not enough.
    while (world.runUntil(liveness::isThere, end - world.now())) {
      world.runUntil(world.now() + STEADY_LEASES * plan.setup().timing().leaseNanos());
      if (liveness.isThere()) {
        return;
      }
      if (world.now() >= end) {
        break;
      }
    }
    world.violated(
        Violation.LIVENESS,
        "not well after " + Millis.text(bound) + " without faults:" + liveness.missing());
  }
}
