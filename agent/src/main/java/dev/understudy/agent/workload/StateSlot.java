// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.Receiver;
import dev.understudy.agent.control.EventDetails;
import dev.understudy.agent.linux.Clock;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The place for what a program told last, here or on the active node. Nothing uses it up: what was
 * told to a program once can be told to the next one, until there is something newer.
 */
final class StateSlot implements Slot {
  /** What was told, and since when it is known to be that old. */
  private record Place(Generation generation, long since) {}

  private final Path generations;
  private final long mostBytes;
  private final Reports reports;
  private final DutyQuestions questions;
  private final BooleanSupplier active;

  /** Written on the duty cycle. */
  private volatile @Nullable Place held;

  /**
   * An empty slot.
   *
   * @param generations where the workload's generations lie
   * @param mostBytes larger ones are refused
   * @param active whether this node runs or starts the program, asked on the duty cycle
   */
  StateSlot(Path generations, long mostBytes, Reports reports, BooleanSupplier active) {
    this.generations = generations;
    this.mostBytes = mostBytes;
    this.reports = reports;
    this.questions = new DutyQuestions(reports);
    this.active = active;
  }

  // ---- on the duty cycle -----------------------------------------------------------------------

  /** What is held, if it is this one. */
  Optional<Generation> find(GenerationId id) {
    return Optional.ofNullable(held).map(Place::generation).filter(g -> g.id().equals(id));
  }

  /** The program has told that here: should it end, it is told to the next one. */
  void keep(Generation generation) {
    put(new Place(generation, generation.manifest().capturedAtBootNanos()));
    if (!active.getAsBoolean()) {
      offerAgain();
    }
  }

  @Override
  public void giveUpRestore() {
    // Nothing listens before it is started.
  }

  @Override
  public void offerAgain() {
    Place place = held;
    if (place != null) {
      GenerationId id = place.generation().id();
      reports.tell(at -> new Input.CopyHeld(at, reports.workload(), id));
    }
  }

  private void put(Place fresh) {
    Place former = held;
    if (former == null || fresh.generation().id().newerThan(former.generation().id())) {
      held = fresh;
    }
  }

  private Optional<String> objection(GenerationId id) {
    if (active.getAsBoolean()) {
      return Optional.of("this node is active itself");
    }
    Place former = held;
    return former == null || id.newerThan(former.generation().id())
        ? Optional.empty()
        : Optional.of(former.generation().id() + " is held, which is not older");
  }

  private Optional<String> take(Place fresh) {
    Optional<String> objection = objection(fresh.generation().id());
    if (objection.isEmpty()) {
      put(fresh);
      reports.works();
      reports.record(
          NodeEvent.HELD,
          "generation",
          fresh.generation().id().toString(),
          "bytes",
          Long.toString(fresh.generation().manifest().bytes()),
          "age_ms",
          EventDetails.millis(Clock.bootNanos() - fresh.since()));
      offerAgain();
    }
    return objection;
  }

  // ---- on other threads ------------------------------------------------------------------------

  @Override
  public long ageNanos(long now) {
    Place place = held;
    return place == null ? -1 : now - place.since();
  }

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
        Optional.ofNullable(held).map(Place::generation));
  }

  @Override
  public Optional<String> receive(Generation generation, long offeredBootNanos) {
    // No clock but this node's own: the state was told at least that long before its offer.
    long since = offeredBootNanos - generation.manifest().captureNanos();
    Optional<String> refusal =
        questions.ask(() -> take(new Place(generation, since)), DutyQuestions::stopping);
    if (refusal.isEmpty()) {
      reports.keepOnly(generations, generation.id());
    }
    return refusal;
  }
}
