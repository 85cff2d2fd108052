// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.checkpoint.Capture;
import dev.understudy.agent.checkpoint.CaptureResult;
import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.HeldCopy;
import dev.understudy.agent.checkpoint.Hold;
import dev.understudy.agent.checkpoint.HoldResult;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.checkpoint.Receiver;
import dev.understudy.agent.checkpoint.SharedPorts;
import dev.understudy.agent.control.Journal;
import dev.understudy.agent.gate.OutputGate;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.GratuitousArp;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.Program;
import dev.understudy.agent.runtime.RuncStart;
import dev.understudy.agent.runtime.Sandbox;
import dev.understudy.agent.runtime.StartResult;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one workload has on this node, and the carrying out of what the protocol wants
 * for it. Fields are the duty cycle's; slow work runs on this workload's own two threads, one for
 * starting and ending copies, one for checkpoints, and reports through the mailbox.
 */
final class WorkloadHost {
  private static final int REHEARSALS = 5;

  private final String name;
  private final Sandbox sandbox;
  private final Program program;
  private final OutputGate gate;
  private final Announcements announcements;
  private final HostFacts facts;
  private final Shipment shipment;
  private final Journal journal;
  private final Mailbox mailbox;
  private final ExitWatch exits;
  private final Workers workers;
  private @Nullable Copy running;
  private @Nullable PidFd runningExit;

  /** The reign in which it was started, woken or thawed last. */
  private Epoch runningIn = Epoch.NONE;

  private @Nullable PidFd heldExit;

  /** Known to the thread of the copies alone. */
  private @Nullable Copy lastStarted;

  private volatile @Nullable HeldCopy held;
  private long heldSince;
  private volatile long offeredAt;
  private Epoch startWanted = Epoch.NONE;
  private double lastPauseMillis = -1;
  private String lastError = "";

  WorkloadHost(
      Sandbox sandbox,
      Program program,
      OutputGate gate,
      GratuitousArp arp,
      HostFacts facts,
      Shipment shipment,
      Journal journal,
      Mailbox mailbox,
      ExitWatch exits) {
    this.name = sandbox.spec().workload();
    this.sandbox = sandbox;
    this.program = program;
    this.gate = gate;
    this.announcements = new Announcements(arp);
    this.facts = facts;
    this.shipment = shipment;
    this.journal = journal;
    this.mailbox = mailbox;
    this.exits = exits;
    this.workers = new Workers(name);
  }

  // ---- on the duty cycle -----------------------------------------------------------------------

  void run(Command command, long now) {
    switch (command) {
      case Command.OpenGate(_, _, var until) -> openGate(until);
      case Command.ShutGate _ -> shutGate();
      case Command.Wake(_, var reign, var generation) -> wake(reign, generation);
      case Command.Start(_, var reign) -> start(reign);
      case Command.Announce _ -> announce();
      case Command.Freeze _ -> freeze();
      case Command.Discard(_, var why) -> discard(why, now, this::remove);
      case Command.KeepAside(_, var reign, var why) -> discard(why, now, c -> keepAside(c, reign));
      case Command.Checkpoint(_, var generation, var standby) -> checkpoint(generation, standby);
    }
  }

  private void openGate(long until) {
    try {
      gate.openUntil(until);
    } catch (LinuxException e) {
      throw new IllegalStateException("the gate's deadline does not move: " + e.getMessage(), e);
    }
  }

  private void shutGate() {
    try {
      gate.shut();
    } catch (LinuxException e) {
      throw new IllegalStateException("the gate does not shut: " + e.getMessage(), e);
    }
    mailbox.tell(at -> new Input.GateShut(at, name));
  }

  private void wake(Epoch reign, GenerationId generation) {
    HeldCopy copy = held;
    long ageNanos = 0;
    try {
      if (generation.sequence() == GenerationId.LIVE && running != null) {
        running.tree().thaw();
        runningIn = reign;
      } else if (copy != null && copy.id().equals(generation)) {
        if (!copy.wake()) {
          mailbox.tell(
              at -> new Input.Failed(at, name, reign, "the held copy " + generation + " has died"));
          return;
        }
        ageNanos = Clock.bootNanos() - heldSince;
        held = null;
        heldExit = unwatched(heldExit);
        run(copy.copy(), reign);
      } else {
        mailbox.tell(at -> new Input.Failed(at, name, reign, "no copy " + generation + " is held"));
        return;
      }
    } catch (LinuxException e) {
      mailbox.tell(at -> new Input.Failed(at, name, reign, "waking failed: " + e.getMessage()));
      return;
    }
    record(
        NodeEvent.WOKEN,
        "generation",
        generation.toString(),
        "epoch",
        reign.toString(),
        "age_ms",
        EventDetails.millis(ageNanos));
    mailbox.tell(at -> new Input.Running(at, name, reign));
  }

  private void announce() {
    announcements.begin();
    record(NodeEvent.ADDRESS_MOVED, "address", Ipv4.text(sandbox.spec().address()));
  }

  /** Does what is due of its own; returns when the next of it is. */
  long due(long now) {
    return announcements.due(now);
  }

  private void freeze() {
    if (running == null) {
      return;
    }
    try {
      running.tree().freeze();
    } catch (LinuxException e) {
      throw new IllegalStateException("own processes cannot be stopped: " + e.getMessage(), e);
    }
  }

  private void discard(String why, long now, Consumer<Copy> how) {
    startWanted = Epoch.NONE;
    Copy ended = running;
    running = null;
    runningExit = unwatched(runningExit);
    if (ended != null) {
      journal.record(now, name, NodeEvent.DISCARDED, "why", why);
      workers.copies(() -> how.accept(ended));
    }
  }

  private void start(Epoch reign) {
    startWanted = reign;
    workers.copies(() -> {
      Copy former = lastStarted;
      if (former != null) {
        // Its reign ended while it started: two in one sandbox would meet at the port.
        remove(former);
      }
      StartResult result = RuncStart.start(sandbox, program);
      lastStarted = result instanceof StartResult.Started(var copy) ? copy : null;
      mailbox.post(() -> started(reign, result));
    });
  }

  private void started(Epoch reign, StartResult result) {
    boolean wanted = startWanted.equals(reign);
    switch (result) {
      case StartResult.Started(var copy) when wanted -> {
        startWanted = Epoch.NONE;
        run(copy, reign);
        record(NodeEvent.STARTED, "epoch", reign.toString(), "why", "no state was held");
        mailbox.tell(at -> new Input.Running(at, name, reign));
      }
      case StartResult.Started(var copy) -> workers.copies(() -> remove(copy));
      case StartResult.StartFailed(var reason, var lines) -> {
        lastError = reason;
        record(NodeEvent.START_FAILED, "reason", reason, "log", String.join("\n", lines));
        if (wanted) {
          startWanted = Epoch.NONE;
          mailbox.tell(at -> new Input.Failed(at, name, reign, reason));
        }
      }
    }
  }

  private void run(Copy copy, Epoch reign) {
    running = copy;
    runningIn = reign;
    runningExit = watched(copy, () -> exited(copy));
  }

  private void exited(Copy copy) {
    // Copies are records, so equal ones are the same: no two have one directory.
    if (!copy.equals(running)) {
      return;
    }
    // Its last reign counts: a frozen program that was thawed ends in another than it began in.
    Epoch reign = runningIn;
    running = null;
    runningExit = null;
    String log = String.join("\n", sandbox.log().lastLines());
    String why = sandbox.ending("the program ended");
    lastError = why;
    record(NodeEvent.EXITED, "epoch", reign.toString(), "why", why, "log", log);
    workers.copies(() -> remove(copy));
    mailbox.tell(at -> new Input.Failed(at, name, reign, why));
  }

  private void heldEnded(HeldCopy copy) {
    if (held == null || !copy.copy().equals(held.copy())) {
      return;
    }
    held = null;
    heldExit = null;
    lastError = "the held copy " + copy.id() + " has died";
    record(NodeEvent.COPY_LOST, "generation", copy.id().toString());
    workers.copies(() -> remove(copy.copy()));
    mailbox.tell(at -> new Input.CopyLost(at, name, copy.id()));
  }

  /** Calls back when the copy's root process ends, at once if it has; null in that case. */
  private @Nullable PidFd watched(Copy copy, Runnable onExit) {
    try {
      PidFd exit = PidFd.open(copy.rootPid());
      exits.watch(exit, onExit);
      return exit;
    } catch (LinuxException gone) {
      mailbox.post(onExit);
      return null;
    }
  }

  private @Nullable PidFd unwatched(@Nullable PidFd exit) {
    if (exit != null) {
      exits.unwatch(exit);
    }
    return null;
  }

  private void checkpoint(GenerationId id, String standby) {
    Copy copy = running;
    if (copy == null) {
      mailbox.tell(at -> new Input.CheckpointFailed(at, name, id, "the program does not run"));
      return;
    }
    workers.checkpoint(() -> captureAndShip(copy, id, standby));
  }

  private void captured(Generation generation, long pauseNanos, long tookNanos) {
    lastPauseMillis = pauseNanos / 1e6;
    record(
        NodeEvent.CAPTURED,
        "generation",
        generation.id().toString(),
        "pause_ms",
        EventDetails.millis(pauseNanos),
        "bytes",
        Long.toString(generation.manifest().bytes()),
        "took_ms",
        EventDetails.millis(tookNanos),
        "began_boot_nanos",
        Long.toString(generation.manifest().capturedAtBootNanos()));
  }

  /** Takes a freshly held copy over; says why not if it is of no use any more. */
  private Optional<String> exchange(HeldCopy fresh, long holdNanos) {
    if (running != null || !startWanted.equals(Epoch.NONE)) {
      return Optional.of("this node is active itself");
    }
    HeldCopy former = held;
    if (former != null && !fresh.id().newerThan(former.id())) {
      return Optional.of(former.id() + " is held, which came meanwhile");
    }
    held = fresh;
    heldExit = unwatched(heldExit);
    heldExit = watched(fresh.copy(), () -> heldEnded(fresh));
    // No clock but this node's own: the state was captured at least that long before its offer.
    heldSince = offeredAt - fresh.generation().manifest().captureNanos();
    record(
        NodeEvent.HELD,
        "generation",
        fresh.id().toString(),
        "hold_ms",
        EventDetails.millis(holdNanos),
        "processes",
        Integer.toString(fresh.processes()));
    mailbox.tell(at -> new Input.CopyHeld(at, name, fresh.id()));
    if (former != null) {
      workers.copies(() -> remove(former.copy()));
    }
    return Optional.empty();
  }

  private void failed(GenerationId id, String reason) {
    lastError = "checkpoint " + id + ": " + reason;
    record(NodeEvent.CHECKPOINT_FAILED, "generation", id.toString(), "reason", reason);
    mailbox.tell(at -> new Input.CheckpointFailed(at, name, id, reason));
  }

  private void record(String kind, String... details) {
    journal.record(Clock.bootNanos(), name, kind, details);
  }

  // ---- on other threads ------------------------------------------------------------------------

  private void captureAndShip(Copy copy, GenerationId id, String standby) {
    long began = System.nanoTime();
    CaptureResult result = Capture.capture(sandbox, copy, id, facts);
    switch (result) {
      case CaptureResult.CheckpointFailed(var reason) -> mailbox.post(() -> failed(id, reason));
      case CaptureResult.Captured(var generation, var pause, var took) -> {
        mailbox.post(() -> captured(generation, pause, took));
        try {
          shipment.ship(generation, standby);
          long whole = System.nanoTime() - began;
          mailbox.tell(at -> new Input.CheckpointDone(at, name, id, whole));
        } catch (IOException e) {
          String why = "shipping to " + standby + " failed: " + e.getMessage();
          mailbox.post(() -> failed(id, why));
        }
        keepOnly(generation);
      }
    }
  }

  private void keepOnly(Generation newest) {
    try {
      Generation.deleteOthers(sandbox.places().generations(name), List.of(newest.id()));
    } catch (IOException e) {
      mailbox.post(() -> lastError = "old generations stay: " + e.getMessage());
    }
  }

  /**
   * Verifies, restores and holds what arrived, on the receiver's thread.
   *
   * @return why it is not held; empty when it is
   */
  Optional<String> receive(Generation generation) {
    HeldCopy former = held;
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
    HoldResult result = Hold.hold(sandbox, generation, facts);
    return switch (result) {
      case HoldResult.HoldFailed(var reason) -> {
        mailbox.post(() -> lastError = "holding " + generation.id() + ": " + reason);
        yield Optional.of(reason);
      }
      case HoldResult.Held(var copy, var took) -> {
        CompletableFuture<Optional<String>> taken = new CompletableFuture<>();
        mailbox.post(() -> taken.complete(exchange(copy, took)));
        Optional<String> refusal = await(taken);
        refusal.ifPresent(_ -> remove(copy.copy()));
        if (refusal.isEmpty()) {
          keepOnly(generation);
        }
        yield refusal;
      }
    };
  }

  private static Optional<String> await(CompletableFuture<Optional<String>> taken) {
    try {
      return taken.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("the agent is stopping");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void keepAside(Copy copy, Epoch reign) {
    // Behind a checkpoint of the same copy that may be under way.
    workers.checkpoint(() -> {
      String where = Aside.keep(sandbox, copy, reign, facts);
      mailbox.post(() -> record(NodeEvent.KEPT_ASIDE, "epoch", reign.toString(), "where", where));
      workers.copies(() -> remove(copy));
    });
  }

  private void remove(Copy copy) {
    try {
      if (Files.exists(copy.files().directory())) {
        sandbox.discard(copy);
      }
    } catch (IOException e) {
      mailbox.post(() -> lastError = "a copy could not be removed: " + e.getMessage());
    }
  }

  /** Whether that generation would be of use here, asked on the receiver's thread. */
  Receiver.Answer offered(GenerationId id) {
    HeldCopy current = held;
    if (current != null && !id.newerThan(current.id())) {
      return new Receiver.Answer.Decline(current.id() + " is held, which is newer than " + id);
    }
    offeredAt = Clock.bootNanos();
    return new Receiver.Answer.Accept(
        sandbox.places().generations(name),
        sandbox.spec().generationLimitBytes(),
        Optional.ofNullable(current).map(HeldCopy::generation));
  }

  /**
   * Runs the failover path of this workload behind the shut gate and without a copy; what comes
   * back through the mailbox belongs to no epoch and means nothing to the protocol.
   */
  void rehearse() {
    for (int i = 0; i < REHEARSALS; i++) {
      run(new Command.OpenGate(name, Epoch.NONE, 1), 0);
      run(new Command.ShutGate(name, Epoch.NONE), 0);
      run(new Command.Wake(name, Epoch.NONE, GenerationId.NONE), 0);
      run(new Command.Discard(name, "rehearsal"), 0);
      announcements.once();
    }
  }

  // ---- for status ------------------------------------------------------------------------------

  /** Age of the held copy's state in milliseconds; -1 when none is held. */
  double heldAgeMillis(long now) {
    return held == null ? -1 : (now - heldSince) / 1e6;
  }

  double lastPauseMillis() {
    return lastPauseMillis;
  }

  String lastError() {
    return lastError;
  }

  /** Ends everything of this workload on this node. */
  void close() throws IOException {
    workers.close();
    announcements.close();
    sandbox.close();
  }
}
