// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.lab.bench.EventLog.Entry;
import dev.understudy.lab.bench.Waits.Active;
import dev.understudy.lab.probe.CaptureSpan;
import dev.understudy.lab.probe.Fault;
import dev.understudy.lab.probe.Outage;
import dev.understudy.lab.probe.OutageAnalysis;
import dev.understudy.lab.probe.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Crashes the active node of a protected workload and measures until it is protected again, as
 * often as wanted on one stage.
 */
public final class CrashTrial {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  private static final long GIB = 1L << 30;

  /** How often the example program counts. */
  static final long TICK_NANOS = 100 * MILLI;

  /** Below any profile's election and any program's wake-up by far. */
  private static final long FIRST_ANSWER_LIMIT_NANOS = 15 * SECOND;

  /** Looking at the client costs the agents nothing. */
  private static final long CLIENT_LOOK_NANOS = 5 * MILLI;

  /** The program counts at least this much further than a copy may be old. */
  private static final long COUNTER_MARGIN = 10;

  private final Stage stage;
  private final Time time;
  private final Waits waits;
  private final EventLog log;
  private final String workload;
  private final long protectLimitNanos;

  public CrashTrial(Stage stage, Time time, WorkloadSpec workload) {
    this.stage = stage;
    this.time = time;
    this.workload = workload.name();
    this.waits = new Waits(stage, time, workload.name());
    this.log = new EventLog(stage);
    // Generous: several checkpoints of a large program on a machine that also does other things.
    this.protectLimitNanos = 60 * SECOND + 120 * SECOND * workload.memoryLimitBytes() / GIB;
  }

  /** Waits until every node is there and a copy is held. */
  public void awaitWhole(String when) throws TrialException, InterruptedException {
    waits.untilWhole(when, protectLimitNanos);
  }

  /**
   * Runs one trial on a whole cluster.
   *
   * @param phase where in the checkpoint interval the fault strikes, from 0 to below 1
   * @throws TrialException when there is nothing to measure: no answer came, or no new protection
   */
  public Trial run(double phase) throws TrialException, InterruptedException {
    Active settled = waits.untilProtected("before the crash", protectLimitNanos);
    stage.client().forget();
    long intervalNanos = (long) (settled.workload().intervalMillis() * MILLI);
    awaitCounter(2 * intervalNanos / TICK_NANOS + COUNTER_MARGIN);
    // A whole interval first, so that at least one checkpoint's pause is seen.
    time.pause(intervalNanos + (long) (phase * intervalNanos));
    Active active = waits.untilProtected("at the time of the crash", protectLimitNanos);
    List<CaptureSpan> captures = captures(active.node());
    for (String node : stage.nodes()) {
      log.news(node); // read and dropped: what follows belongs to the crash
    }

    Fault fault = stage.crash(active.node());
    awaitAnswer(fault);
    Active after = waits.untilProtected("again after the crash", protectLimitNanos);
    return measured(fault, after.node(), captures);
  }

  /** Starts the node that was crashed and waits until the cluster is whole again. */
  public void heal(String node) throws TrialException, InterruptedException {
    stage.start(node);
    log.restarted(node);
    waits.untilWhole("after node " + node + " came back", protectLimitNanos);
  }

  /** A restart from zero must show, so the program first counts beyond the age of any copy. */
  private void awaitCounter(long least) throws TrialException, InterruptedException {
    waits.until(
        "the program did not count to " + least,
        30 * SECOND + least * TICK_NANOS,
        () -> found(stage.client().lastCounter() >= least));
  }

  private void awaitAnswer(Fault fault) throws TrialException, InterruptedException {
    waits.until(
        "no good answer came after the crash of node " + fault.node(),
        FIRST_ANSWER_LIMIT_NANOS,
        CLIENT_LOOK_NANOS,
        () -> found(stage.client().lastGoodNanos() > fault.killedNanos()));
  }

  private static Optional<Boolean> found(boolean there) {
    return there ? Optional.of(true) : Optional.empty();
  }

  private List<CaptureSpan> captures(String node) throws TrialException {
    List<CaptureSpan> captures = new ArrayList<>();
    for (Entry entry : log.news(node)) {
      if (entry.event().kind().equals(NodeEvent.CAPTURED)) {
        // The event is written after the dump, so it bounds the pause from above.
        String generation = EventLog.detail(entry.event(), "generation");
        long began = log.captureBegan(generation).orElseThrow();
        captures.add(new CaptureSpan(began, entry.hostNanos()));
      }
    }
    return captures;
  }

  private Trial measured(Fault fault, String newActive, List<CaptureSpan> captures)
      throws TrialException {
    Timeline all = new Timeline(fault, newActive, survivorsEvents(fault.node()));
    OptionalLong elected =
        all.firstElection().map(e -> OptionalLong.of(e.hostNanos())).orElse(OptionalLong.empty());
    OutageAnalysis analysis = new OutageAnalysis(stage.client().samples());
    Outage.Ended outage =
        switch (analysis.outage(fault, elected)) {
          case Outage.Ended ended -> ended;
          case Outage.Lasting lasting ->
              throw new TrialException(
                  "no good answer came after the crash of node " + fault.node(), waits.evidence());
          case Outage.Unmeasured(String why) -> throw new TrialException(why, waits.evidence());
        };
    Timeline timeline = all.ofFirstServer(outage.gap().toNanos());
    double ageMillis = timeline.woken().map(this::ageMillis).orElse(Double.NaN);
    return new Trial(
        fault,
        timeline.newActive(),
        outage,
        ageMillis,
        timeline.phases(outage.gap()),
        analysis.pauses(captures, fault.cutNanos()),
        analysis.stalls(captures, Probe.USUAL_GAP_NANOS, fault.cutNanos()),
        objection(timeline, outage, ageMillis));
  }

  /**
   * The node that wakes a copy cannot know when it was captured: that was told by another node's
   * clock. The lab can tell, since it knows both.
   */
  private double ageMillis(Entry woken) {
    OptionalLong began = log.captureBegan(EventLog.detail(woken.event(), "generation"));
    return began.isPresent() ? Millis.of(woken.hostNanos() - began.getAsLong()) : Double.NaN;
  }

  private List<Entry> survivorsEvents(String crashed) throws TrialException {
    List<Entry> entries = new ArrayList<>();
    for (String node : stage.nodes()) {
      if (!node.equals(crashed)) {
        log.news(node).stream()
            .filter(entry -> entry.event().workload().equals(workload))
            .forEach(entries::add);
      }
    }
    return entries;
  }

  /** The state survived if a copy was woken and no more is gone than its age explains. */
  private static Optional<String> objection(
      Timeline timeline, Outage.Ended outage, double ageMillis) {
    Optional<Entry> cold = timeline.startedCold();
    if (cold.isPresent()) {
      return Optional.of(
          "the program was started anew on node " + cold.get().event().node() + ", without state");
    }
    if (timeline.woken().isEmpty() || Double.isNaN(ageMillis)) {
      return Optional.of("no node wrote down that it woke a copy of known age");
    }
    if (!outage.withinAge((long) (ageMillis * MILLI), TICK_NANOS)) {
      return Optional.of(
          outage.ticksLost()
              + " ticks are gone, more than a copy "
              + Millis.rounded(ageMillis)
              + " ms old explains");
    }
    return Optional.empty();
  }
}
