// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.HeldCopy;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.checkpoint.Receiver;
import dev.understudy.agent.checkpoint.StateEndpoint;
import dev.understudy.agent.control.EventDetails;
import dev.understudy.agent.duty.ExitWatch;
import dev.understudy.agent.gate.EbpfGate;
import dev.understudy.agent.gate.OutputGate;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.GratuitousArp;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.OwnSandbox;
import dev.understudy.agent.runtime.Sandbox;
import dev.understudy.agent.runtime.StartResult;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.ParkedReign;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one workload has on this node, and the carrying out of what the protocol wants
 * for it. Fields are the duty cycle's; slow work runs on this workload's own two threads, one for
 * starting, stopping and ending copies, one for checkpoints, and reports through the mailbox.
 */
public final class WorkloadHost implements Closeable {
  private static final int REHEARSALS = 5;

  /** A parked program's log is kept for so much longer than its gate is open. */
  private static final Duration LOG_MARGIN = Duration.ofSeconds(30);

  private static final String ENDED = "the program ended";

  private final String name;
  private final Sandbox sandbox;
  private final Supplier<StartResult> starter;
  private final OutputGate kernelGate;
  private final WorkloadGate gate;
  private final Announcements announcements;
  private final ExitWatch exits;
  private final Reports reports;
  private final Workers workers;
  private final CopyCare care;
  private final Optional<StateEndpoint> endpoint;
  private final Slot slot;
  private final Checkpoints checkpoints;
  private @Nullable Copy running;
  private @Nullable PidFd runningExit;

  /** The reign in which it was started, woken or thawed last. */
  private Epoch runningIn = Epoch.NONE;

  /** The reign for which it is being started; written on the duty cycle. */
  private volatile Epoch startWanted = Epoch.NONE;

  /** Known to the thread of the copies alone. */
  private @Nullable Copy lastStarted;

  /**
   * Nothing runs yet, and the gate is shut.
   *
   * @param marginNanos how long a frame that has passed the gate may stay in the queues below it
   * @param starter begins the program without state, and blocks meanwhile
   * @param arp moves the address, where that is this node's to do
   * @param endpoint where the program tells its state; empty when it is captured whole
   */
  public WorkloadHost(
      long marginNanos,
      Sandbox sandbox,
      Supplier<StartResult> starter,
      OutputGate gate,
      Optional<GratuitousArp> arp,
      HostFacts facts,
      Optional<StateEndpoint> endpoint,
      Shipment shipment,
      Reports reports,
      ExitWatch exits) {
    this.name = reports.workload();
    this.sandbox = sandbox;
    this.starter = starter;
    this.kernelGate = gate;
    this.gate = WorkloadGate.of(gate, marginNanos);
    this.endpoint = endpoint;
    this.announcements = new Announcements(arp);
    this.exits = exits;
    this.reports = reports;
    this.workers = new Workers(name);
    this.care = new CopyCare(sandbox, facts, workers, reports);
    Keeping keeping =
        endpoint
            .map(one -> Keeping.told(sandbox, facts, one, this::acts, shipment, workers, reports))
            .orElseGet(() ->
                Keeping.whole(sandbox, facts, care, exits, this::acts, shipment, workers, reports));
    this.slot = keeping.slot();
    this.checkpoints = keeping.checkpoints();
  }

  // ---- on the duty cycle -----------------------------------------------------------------------

  /** Carries a command out, or has it done and tells the protocol later; on the duty cycle. */
  public void run(Command command) {
    switch (command) {
      case Command.OpenGate(_, _, var until) -> gate.openUntil(until);
      case Command.NarrowGate(_, _, var until) -> {
        gate.openUntil(until);
        reports.tell(at -> new Input.GateNarrowed(at, name));
      }
      case Command.ShutGate _ -> gate.shut();
      case Command.Wake(_, var reign, var generation) -> wake(reign, generation);
      case Command.Start(_, var reign) -> start(reign, Optional.empty());
      case Command.Announce _ -> announce();
      case Command.Freeze _ -> freeze();
      case Command.Discard(_, var why) -> discard(why).ifPresent(care::removeLater);
      case Command.KeepAside(_, var reign, var why) ->
          discard(why).ifPresent(copy -> checkpoints.keepAside(copy, reign, care));
      case Command.Checkpoint(_, var generation, var standby) -> checkpoint(generation, standby);
      case Command.Abandon(_, var generation) -> checkpoints.abandon(generation);
    }
  }

  private void wake(Epoch reign, GenerationId generation) {
    Copy copy = running;
    if (generation.sequence() == GenerationId.LIVE && copy != null) {
      runningIn = reign;
      slot.giveUpRestore();
      workers.copies(() -> thaw(copy, reign, generation));
      return;
    }
    switch (slot) {
      case HeldSlot copies -> wakeCopy(copies, reign, generation);
      case StateSlot states -> startWith(states, reign, generation);
    }
  }

  private void wakeCopy(HeldSlot copies, Epoch reign, GenerationId generation) {
    Optional<HeldCopy> held = copies.find(generation);
    if (held.isEmpty()) {
      failed(reign, "no copy " + generation + " is held");
      return;
    }
    try {
      if (!held.get().wake()) {
        failed(reign, "the held copy " + generation + " has died");
        return;
      }
    } catch (LinuxException e) {
      failed(reign, "waking failed: " + e.getMessage());
      return;
    }
    long ageNanos = copies.giveAway(held.get(), Clock.bootNanos());
    Copy woken = held.get().copy();
    run(woken, reign);
    slot.giveUpRestore();
    workers.copies(() -> tellOfWaking(woken));
    woken(reign, generation, ageNanos);
  }

  private void startWith(StateSlot states, Epoch reign, GenerationId generation) {
    Optional<Generation> state = states.find(generation);
    if (state.isEmpty()) {
      failed(reign, "no state " + generation + " is held");
      states.offerAgain();
      return;
    }
    gate.withhold();
    start(reign, state);
  }

  private void woken(Epoch reign, GenerationId generation, long ageNanos) {
    reports.record(
        NodeEvent.WOKEN,
        "generation",
        generation.toString(),
        "epoch",
        reign.toString(),
        "age_ms",
        EventDetails.millis(ageNanos));
    reports.tell(at -> new Input.Running(at, name, reign));
  }

  private void failed(Epoch reign, String why) {
    reports.tell(at -> new Input.Failed(at, name, reign, why));
  }

  private void announce() {
    if (gate.withheld()) {
      return; // nothing would leave: it is done when the gate opens
    }
    announcements.begin();
    reports.record(NodeEvent.ADDRESS_MOVED, "address", Ipv4.text(sandbox.spec().address()));
  }

  /** Does what is due of its own; returns when the next of it is. */
  public long due(long now) {
    if (gate.emptied(now)) {
      reports.tell(at -> new Input.GateShut(at, name));
    }
    return Math.min(gate.due(), announcements.due(now));
  }

  /** Behind the shut gate, so it may take its time; on the thread that would thaw it as well. */
  private void freeze() {
    Copy copy = running;
    Epoch starting = startWanted;
    if (copy != null) {
      workers.copies(() -> care.freeze(copy));
    } else if (!starting.equals(Epoch.NONE)) {
      // It has no state of its own yet; what it was to be told is still here.
      startWanted = Epoch.NONE;
      failed(starting, "its reign ended while it started");
      slot.offerAgain();
    }
  }

  /** Has no running program any more; what was one is returned, to be got rid of. */
  private Optional<Copy> discard(String why) {
    startWanted = Epoch.NONE;
    Optional<Copy> ended = Optional.ofNullable(running);
    running = null;
    exits.unwatch(runningExit);
    runningExit = null;
    ended.ifPresent(_ -> reports.record(NodeEvent.DISCARDED, "why", why));
    slot.offerAgain();
    return ended;
  }

  /** Starts the program, and tells it that state before anybody hears it. */
  private void start(Epoch reign, Optional<Generation> state) {
    startWanted = reign;
    slot.giveUpRestore();
    workers.copies(() -> {
      Copy former = lastStarted;
      if (former != null) {
        // Its reign ended while it started: two in one sandbox would meet at the port.
        care.remove(former);
      }
      StartResult result = starter.get();
      if (result instanceof StartResult.Started(var copy) && state.isPresent()) {
        result = told(copy, reign, state.get());
      }
      StartResult end = result;
      lastStarted = end instanceof StartResult.Started(var copy) ? copy : null;
      reports.post(() -> started(reign, state, end));
    });
  }

  private void started(Epoch reign, Optional<Generation> state, StartResult result) {
    boolean wanted = startWanted.equals(reign);
    switch (result) {
      case StartResult.Started(var copy) when wanted -> {
        startWanted = Epoch.NONE;
        run(copy, reign);
        reports.works();
        if (state.isPresent()) {
          gate.release();
          announce();
          woken(reign, state.get().id(), slot.ageNanos(Clock.bootNanos()));
        } else {
          reports.record(NodeEvent.STARTED, "epoch", reign.toString(), "why", "no state was held");
          reports.tell(at -> new Input.Running(at, name, reign));
        }
      }
      case StartResult.Started(var copy) -> care.removeLater(copy);
      case StartResult.StartFailed(var reason, var lines) -> {
        reports.complain(reason);
        reports.record(NodeEvent.START_FAILED, "reason", reason, "log", String.join("\n", lines));
        if (wanted) {
          startWanted = Epoch.NONE;
          failed(reign, reason);
          slot.offerAgain();
        }
      }
    }
  }

  private void run(Copy copy, Epoch reign) {
    running = copy;
    runningIn = reign;
    runningExit = exits.watch(copy.rootPid(), () -> exited(copy), reports::post);
  }

  private void exited(Copy copy) {
    if (!isRunning(copy)) {
      return;
    }
    // Its last reign counts: a frozen program that was thawed ends in another than it began in.
    Epoch reign = runningIn;
    running = null;
    runningExit = null;
    // Why is in files and behind locks: the protocol does not wait for it.
    failed(reign, ENDED);
    slot.offerAgain();
    workers.copies(() -> explainEnd(copy, reign));
  }

  /** Copies are records, so equal ones are the same: no two have one directory. */
  private boolean isRunning(Copy copy) {
    return copy.equals(running);
  }

  private void checkpoint(GenerationId id, String standby) {
    Copy copy = running;
    if (copy == null) {
      String why = "the program does not run";
      reports.tell(at -> new Input.CheckpointFailed(at, name, id, why));
      return;
    }
    checkpoints.take(copy, id, standby);
  }

  /** Whether the program runs here or is about to. */
  private boolean acts() {
    return running != null || !startWanted.equals(Epoch.NONE);
  }

  // ---- on the thread of the copies -------------------------------------------------------------

  private StartResult told(Copy copy, Epoch reign, Generation state) {
    Optional<String> objection =
        StateReturn.into(copy, state, endpoint.orElseThrow(), () -> startWanted.equals(reign));
    if (objection.isEmpty()) {
      return new StartResult.Started(copy);
    }
    List<String> lines = sandbox.lastLines();
    care.remove(copy);
    return new StartResult.StartFailed(
        "its state " + state.id() + " could not be put back: " + objection.get(), lines);
  }

  private void tellOfWaking(Copy copy) {
    try {
      sandbox.woken(copy);
    } catch (IOException e) {
      reports.complain("the woken copy is not known everywhere: " + e.getMessage());
    }
  }

  private void explainEnd(Copy copy, Epoch reign) {
    String log = String.join("\n", sandbox.lastLines());
    String why = sandbox.ending(copy.files(), ENDED);
    reports.complain(why);
    reports.record(NodeEvent.EXITED, "epoch", reign.toString(), "why", why, "log", log);
    care.remove(copy);
  }

  private void thaw(Copy copy, Epoch reign, GenerationId generation) {
    try {
      copy.tree().thaw();
    } catch (LinuxException e) {
      failed(reign, "thawing failed: " + e.getMessage());
      return;
    }
    reports.post(() -> {
      if (isRunning(copy)) {
        woken(reign, generation, 0);
      }
    });
  }

  // ---- on other threads ------------------------------------------------------------------------

  /** Whether that generation would be of use here, asked on the receiver's thread. */
  public Receiver.Answer offered(GenerationId id) {
    return slot.offered(id);
  }

  /** Takes what arrived, on the receiver's thread; says why not if it is not held. */
  public Optional<String> receive(Generation generation, long offeredBootNanos) {
    return slot.receive(generation, offeredBootNanos);
  }

  /** Why the program could not go on while the agent is restarted; on the duty cycle. */
  public Optional<String> objectionToParking() {
    if (running == null) {
      return Optional.of("the program does not run yet");
    }
    if (!(sandbox instanceof OwnSandbox)) {
      return Optional.of("a workload in a Pod cannot go on without its agent yet");
    }
    return kernelGate instanceof EbpfGate
        ? Optional.empty()
        : Optional.of(
            "a gate of kind " + kernelGate.kind() + " does not outlive its agent as it is");
  }

  /**
   * Lets go of the workload, which goes on; when the duty cycle has ended.
   *
   * @param reign under which it does
   */
  public ParkedWorkload park(ParkedReign reign) throws IOException {
    Copy copy = running;
    if (copy == null
        || !(kernelGate instanceof EbpfGate ebpf)
        || !(sandbox instanceof OwnSandbox own)) {
      throw new IllegalStateException(
          "broken: parked " + reign + " with " + copy + ", " + kernelGate);
    }
    workers.settle();
    announcements.close();
    long leftNanos = Math.max(0, reign.gateUntilNanos() - Clock.bootNanos());
    long keeper = own.log().keep(Duration.ofNanos(leftNanos).plus(LOG_MARGIN));
    ebpf.leave();
    return ParkedWorkload.of(reign, runningIn, copy, keeper, own.log().key());
  }

  /**
   * Takes over what an earlier agent left, on the duty cycle and before anything else.
   *
   * @return what the protocol has to hear first
   */
  public Input adopt(ParkedWorkload parked, long now) {
    if (!(kernelGate instanceof EbpfGate ebpf)) {
      throw new IllegalStateException("broken: adopted " + parked + " with " + kernelGate);
    }
    boolean runs = parked.runs();
    if (runs) {
      run(parked.copy(), parked.startedIn());
      // A checkpoint that ended with the former agent may have left it stopped.
      workers.copies(() -> care.thawAdopted(parked.copy()));
    } else {
      // Its process number may be another's by now: only its files are touched.
      workers.copies(() -> care.removeFiles(parked.copy()));
    }
    try {
      return new Input.Resumed(now, parked.reign(), ebpf.deadline(), runs);
    } catch (LinuxException e) {
      throw new IllegalStateException("the gate cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Runs the failover path of this workload behind the shut gate and without a copy; what comes
   * back through the mailbox belongs to no epoch and means nothing to the protocol.
   */
  public void rehearse() {
    for (int i = 0; i < REHEARSALS; i++) {
      run(new Command.OpenGate(name, Epoch.NONE, 1));
      run(new Command.ShutGate(name, Epoch.NONE));
      run(new Command.Wake(name, Epoch.NONE, GenerationId.NONE));
      run(new Command.Discard(name, "rehearsal"));
      announcements.once();
    }
  }

  /** Age of the held copy's state in milliseconds; -1 when none is held. */
  public double heldAgeMillis(long now) {
    long nanos = slot.ageNanos(now);
    return nanos < 0 ? -1 : nanos / 1e6;
  }

  /** How long the program stood still for its last checkpoint; -1 before the first. */
  public double lastPauseMillis() {
    return checkpoints.lastPauseMillis();
  }

  /** The newest complaint; empty for none. */
  public String lastError() {
    return reports.lastError();
  }

  /** Ends everything of this workload on this node. */
  @Override
  public void close() throws IOException {
    workers.close();
    announcements.close();
    sandbox.close();
  }
}
