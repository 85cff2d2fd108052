// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.HeldCopy;
import dev.understudy.agent.checkpoint.HoldResult;
import dev.understudy.agent.checkpoint.Listeners;
import dev.understudy.agent.checkpoint.Receiver;
import dev.understudy.agent.checkpoint.SharedPorts;
import dev.understudy.agent.control.EventDetails;
import dev.understudy.agent.duty.ExitWatch;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.runtime.Cancellation;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.records.CriuRestore;
import dev.understudy.api.records.Figures;
import dev.understudy.api.records.Sentences;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The place for the one held copy of a workload. What arrives is restored beside the former copy on
 * the receiver's thread; everything else happens on the duty cycle, so that a failover meets either
 * the former copy or the new one: a restore that is under way is given up, since both copies listen
 * at one address.
 */
final class HeldSlot implements Slot {
  /** What is done to copies: by CRIU, or by a test. */
  interface Restorer {
    /** Restores; ends soon after it was cancelled. */
    HoldResult hold(Generation generation, Cancellation cancellation);

    /** Ends a copy with its files, on the calling thread. */
    void remove(Copy copy);

    /** The same on another thread. */
    void removeLater(Copy copy);
  }

  /** A copy, and since when its state is known to be that old. */
  private record Place(HeldCopy copy, long since) {}

  private final Path generations;
  private final long mostBytes;
  private final Restorer restorer;
  private final Reports reports;
  private final DutyQuestions questions;
  private final ExitWatch exits;
  private final BooleanSupplier active;
  private @Nullable PidFd exit;

  /** Written on the duty cycle. */
  private volatile @Nullable Place held;

  /** The new copy while the protocol is told of it, for a moment on the duty cycle. */
  private @Nullable Place next;

  /** How to end the restore that is under way. */
  private @Nullable Cancellation restoring;

  /**
   * An empty slot.
   *
   * @param generations where the workload's generations lie
   * @param mostBytes larger ones are refused
   * @param active whether this node runs or starts the program, asked on the duty cycle
   */
  HeldSlot(
      Path generations,
      long mostBytes,
      Restorer restorer,
      Reports reports,
      ExitWatch exits,
      BooleanSupplier active) {
    this.generations = generations;
    this.mostBytes = mostBytes;
    this.restorer = restorer;
    this.reports = reports;
    this.questions = new DutyQuestions(reports);
    this.exits = exits;
    this.active = active;
  }

  // ---- on the duty cycle -----------------------------------------------------------------------

  /** The copy that is held, if it is this one. */
  Optional<HeldCopy> find(GenerationId id) {
    return Optional.ofNullable(place(id)).map(Place::copy);
  }

  private @Nullable Place place(GenerationId id) {
    for (Place place : new Place[] {held, next}) {
      if (place != null && place.copy().id().equals(id)) {
        return place;
      }
    }
    return null;
  }

  /** Gives that copy away, which runs now; returns the age of its state in nanoseconds. */
  long giveAway(HeldCopy copy, long now) {
    Place place = place(copy.id());
    if (place == null) {
      throw new IllegalStateException(copy.id() + " is given away, held is " + held);
    }
    if (place.equals(held)) {
      held = null;
      unwatch();
    } else {
      next = null;
    }
    return now - place.since();
  }

  @Override
  public void offerAgain() {
    // A copy that was woken is used up.
  }

  @Override
  public void giveUpRestore() {
    Cancellation one = restoring;
    if (one != null) {
      restoring = null;
      // Killing takes the kernel a while, and nobody may wait for it here.
      Thread.ofVirtual().name("give-up").start(one::cancel);
    }
  }

  @Override
  public long ageNanos(long now) {
    Place place = held;
    return place == null ? -1 : now - place.since();
  }

  /** How a restore begins: with a reason against it, or with how to end it. */
  private record Beginning(Optional<String> refusal, Cancellation cancellation) {}

  private Beginning begin(GenerationId id) {
    Cancellation cancellation = new Cancellation();
    Optional<String> objection = objection(id);
    if (objection.isEmpty()) {
      restoring = cancellation;
    }
    return new Beginning(objection, cancellation);
  }

  private Optional<String> objection(GenerationId id) {
    if (active.getAsBoolean()) {
      return Optional.of("this node is active itself");
    }
    Place former = held;
    return former == null || id.newerThan(former.copy().id())
        ? Optional.empty()
        : Optional.of(former.copy().id() + " is held, which is not older");
  }

  /** What an exchange led to: a reason against it, or a former copy that is of no use any more. */
  private record Exchange(Optional<String> refusal, Optional<HeldCopy> former) {
    static Exchange refused(String why) {
      return new Exchange(Optional.of(why), Optional.empty());
    }
  }

  /** Tells the protocol first: until it knows of the new copy it may still ask for the former. */
  private void exchange(
      Place place, Cancellation cancellation, long holdNanos, CompletableFuture<Exchange> done) {
    boolean undisturbed = cancellation.equals(restoring);
    restoring = null;
    GenerationId id = place.copy().id();
    Optional<String> objection = objection(id);
    if (!undisturbed || objection.isPresent()) {
      done.complete(Exchange.refused(objection.orElse("a failover came between")));
      return;
    }
    next = place;
    reports.tell(at -> new Input.CopyHeld(at, reports.workload(), id));
    reports.post(() -> done.complete(settle(place, holdNanos)));
  }

  private Exchange settle(Place fresh, long holdNanos) {
    Place former = held;
    Optional<HeldCopy> useless = Optional.ofNullable(former).map(Place::copy);
    if (!fresh.equals(next)) {
      // It was woken meanwhile, and runs.
      held = null;
      unwatch();
      return new Exchange(Optional.empty(), useless);
    }
    next = null;
    GenerationId id = fresh.copy().id();
    if (active.getAsBoolean()) {
      reports.tell(at -> new Input.CopyLost(at, reports.workload(), id));
      return Exchange.refused("this node is active itself");
    }
    held = fresh;
    unwatch();
    exit = exits.watch(fresh.copy().copy().rootPid(), () -> ended(fresh), reports::post);
    reports.works();
    reports.record(
        NodeEvent.HELD,
        "generation",
        id.toString(),
        "hold_ms",
        EventDetails.millis(holdNanos),
        "processes",
        Integer.toString(fresh.copy().processes()));
    return new Exchange(Optional.empty(), useless);
  }

  private void ended(Place place) {
    if (!place.equals(held)) {
      return;
    }
    held = null;
    exit = null;
    GenerationId id = place.copy().id();
    reports.complain("the held copy " + id + " has died");
    reports.record(NodeEvent.COPY_LOST, "generation", id.toString());
    restorer.removeLater(place.copy().copy());
    reports.tell(at -> new Input.CopyLost(at, reports.workload(), id));
  }

  private void unwatch() {
    exits.unwatch(exit);
    exit = null;
  }

  // ---- on the receiver's thread ----------------------------------------------------------------

  @Override
  public Receiver.Answer offered(GenerationId id) {
    Optional<String> refusal = questions.ask(() -> objection(id), DutyQuestions::stopping);
    if (refusal.isPresent()) {
      return new Receiver.Answer.Decline(refusal.get());
    }
    return new Receiver.Answer.Accept(
        generations,
        mostBytes,
        Clock.bootNanos(),
        Optional.ofNullable(held).map(place -> place.copy().generation()));
  }

  /**
   * Restores and holds what arrived, then removes what it replaces: one after the other and one
   * generation at a time, so that a large copy costs one core and not several.
   */
  @Override
  public synchronized Optional<String> receive(Generation generation, long offeredBootNanos) {
    Beginning beginning =
        questions.ask(
            () -> begin(generation.id()),
            () -> new Beginning(DutyQuestions.stopping(), new Cancellation()));
    if (beginning.refusal().isPresent()) {
      return beginning.refusal();
    }
    // No clock but this node's own: the state was captured at least that long before its offer.
    long capturedBy = offeredBootNanos - generation.manifest().captureNanos();
    Place former = held;
    if (former == null) {
      return hold(generation, capturedBy, beginning.cancellation());
    }
    try (SharedPorts _ = SharedPorts.of(former.copy().copy().tree())) {
      return hold(generation, capturedBy, beginning.cancellation());
    } catch (IOException e) {
      return Optional.of("its ports cannot be shared: " + e.getMessage());
    }
  }

  private Optional<String> hold(Generation generation, long capturedBy, Cancellation cancellation) {
    long began = Clock.bootNanos();
    return switch (restorer.hold(generation, cancellation)) {
      case HoldResult.HoldFailed(var reason) -> {
        long gaveUpAfter = Clock.bootNanos() - began;
        keep(generation, began, gaveUpAfter, -1, CriuRestore.UNKNOWN, reason);
        reports.complain("holding " + generation.id() + ": " + reason);
        yield Optional.of(reason);
      }
      case HoldResult.Held(var copy, var took, var criu) -> {
        CompletableFuture<Exchange> done = new CompletableFuture<>();
        Place place = new Place(copy, capturedBy);
        reports.post(() -> exchange(place, cancellation, took, done));
        Exchange exchange =
            DutyQuestions.await(
                done, () -> new Exchange(DutyQuestions.stopping(), Optional.empty()));
        String refusal = exchange.refusal().orElse("");
        keep(generation, began, took, copy.processes(), criu, refusal);
        if (exchange.refusal().isPresent()) {
          Listeners.shut(copy.copy().tree());
          restorer.remove(copy.copy());
        } else {
          exchange.former().ifPresent(former -> restorer.remove(former.copy()));
          reports.keepOnly(generations, generation.id());
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
}
