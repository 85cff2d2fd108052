// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.HeldCopy;
import dev.understudy.agent.checkpoint.Hold;
import dev.understudy.agent.checkpoint.HoldResult;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.checkpoint.Receiver;
import dev.understudy.agent.checkpoint.SharedPorts;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.runtime.Sandbox;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.records.CriuRestore;
import dev.understudy.api.records.Figures;
import dev.understudy.api.records.Sentences;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The place for the one held copy of a workload. What arrives is restored beside the former copy on
 * the receiver's thread; the exchange happens on the duty cycle.
 */
final class HeldSlot {
  private final Sandbox sandbox;
  private final HostFacts facts;
  private final Reports reports;
  private final ExitWatch exits;
  private final CopyRemover remover;
  private final BooleanSupplier active;
  private @Nullable PidFd exit;
  private volatile @Nullable HeldCopy held;
  private long since;
  private volatile long offeredAt;

  /**
   * An empty slot.
   *
   * @param active whether this node runs or starts the program, asked on the duty cycle
   */
  HeldSlot(
      Sandbox sandbox,
      HostFacts facts,
      Reports reports,
      ExitWatch exits,
      CopyRemover remover,
      BooleanSupplier active) {
    this.sandbox = sandbox;
    this.facts = facts;
    this.reports = reports;
    this.exits = exits;
    this.remover = remover;
    this.active = active;
  }

  // ---- on the duty cycle -----------------------------------------------------------------------

  /** The copy that is held, if it is this one. */
  Optional<HeldCopy> find(GenerationId id) {
    return Optional.ofNullable(held).filter(copy -> copy.id().equals(id));
  }

  /** Gives the copy away: it runs now. */
  void vacate() {
    held = null;
    unwatch();
  }

  /** Age of the held state in nanoseconds; -1 when none is held. */
  long ageNanos(long now) {
    return held == null ? -1 : now - since;
  }

  /** What an exchange led to: a reason against it, or a former copy that is of no use any more. */
  private record Exchange(Optional<String> refusal, Optional<HeldCopy> former) {}

  private Exchange exchange(HeldCopy fresh, long holdNanos) {
    if (active.getAsBoolean()) {
      return new Exchange(Optional.of("this node is active itself"), Optional.empty());
    }
    HeldCopy former = held;
    if (former != null && !fresh.id().newerThan(former.id())) {
      String why = former.id() + " is held, which came meanwhile";
      return new Exchange(Optional.of(why), Optional.empty());
    }
    held = fresh;
    unwatch();
    exit = exits.watch(fresh.copy().rootPid(), () -> ended(fresh), reports::post);
    // No clock but this node's own: the state was captured at least that long before its offer.
    since = offeredAt - fresh.generation().manifest().captureNanos();
    reports.works();
    reports.record(
        NodeEvent.HELD,
        "generation",
        fresh.id().toString(),
        "hold_ms",
        EventDetails.millis(holdNanos),
        "processes",
        Integer.toString(fresh.processes()));
    reports.tell(at -> new Input.CopyHeld(at, reports.workload(), fresh.id()));
    return new Exchange(Optional.empty(), Optional.ofNullable(former));
  }

  private void ended(HeldCopy copy) {
    if (held == null || !copy.copy().equals(held.copy())) {
      return;
    }
    held = null;
    exit = null;
    reports.complain("the held copy " + copy.id() + " has died");
    reports.record(NodeEvent.COPY_LOST, "generation", copy.id().toString());
    remover.removeLater(copy.copy());
    reports.tell(at -> new Input.CopyLost(at, reports.workload(), copy.id()));
  }

  private void unwatch() {
    exits.unwatch(exit);
    exit = null;
  }

  // ---- on the receiver's thread ----------------------------------------------------------------

  /** Whether that generation would be of use here. */
  Receiver.Answer offered(GenerationId id) {
    HeldCopy current = held;
    if (current != null && !id.newerThan(current.id())) {
      return new Receiver.Answer.Decline(current.id() + " is held, which is newer than " + id);
    }
    offeredAt = Clock.bootNanos();
    return new Receiver.Answer.Accept(
        sandbox.places().generations(sandbox.spec().workload()),
        sandbox.spec().generationLimitBytes(),
        Optional.ofNullable(current).map(HeldCopy::generation));
  }

  /**
   * Restores and holds what arrived, then removes what it replaces: one after the other and one
   * generation at a time, so that a large copy costs one core and not several.
   *
   * @return why it is not held; empty when it is
   */
  synchronized Optional<String> receive(Generation generation) {
    HeldCopy former = held;
    if (former != null && !generation.id().newerThan(former.id())) {
      return Optional.of(former.id() + " is held, which came meanwhile");
    }
    if (former == null) {
      return hold(generation);
    }
    try (SharedPorts _ = SharedPorts.of(former.copy().tree())) {
      return hold(generation);
    } catch (IOException e) {
      return Optional.of("its ports cannot be shared: " + e.getMessage());
    }
  }

  private Optional<String> hold(Generation generation) {
    long began = Clock.bootNanos();
    HoldResult result = Hold.hold(sandbox, generation, facts);
    return switch (result) {
      case HoldResult.HoldFailed(var reason) -> {
        long gaveUpAfter = Clock.bootNanos() - began;
        keep(generation, began, gaveUpAfter, -1, CriuRestore.UNKNOWN, reason);
        reports.complain("holding " + generation.id() + ": " + reason);
        yield Optional.of(reason);
      }
      case HoldResult.Held(var copy, var took, var criu) -> {
        CompletableFuture<Exchange> done = new CompletableFuture<>();
        reports.post(() -> done.complete(exchange(copy, took)));
        Exchange exchange = await(done);
        String refusal = exchange.refusal().orElse("");
        keep(generation, began, took, copy.processes(), criu, refusal);
        if (exchange.refusal().isPresent()) {
          remover.remove(copy.copy());
        } else {
          exchange.former().ifPresent(former -> remover.remove(former.copy()));
          keepOnly(generation);
        }
        yield exchange.refusal();
      }
    };
  }

  private void keep(
      Generation generation,
      long began,
      long nanos,
      int processes,
      CriuRestore criu,
      String failure) {
    reports.keep(
        began,
        new Figures.Restore(
            generation.id().toString(),
            Sentences.bounded(failure),
            nanos,
            processes,
            generation.manifest().bytes(),
            criu));
  }

  private void keepOnly(Generation newest) {
    try {
      Generation.deleteOlder(sandbox.places().generations(sandbox.spec().workload()), newest.id());
    } catch (IOException e) {
      reports.complain("old generations stay: " + e.getMessage());
    }
  }

  private static Exchange await(CompletableFuture<Exchange> done) {
    try {
      return done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Exchange(Optional.of("the agent is stopping"), Optional.empty());
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
