// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Many runs, one for each seed, on some threads. Which thread runs what makes no difference. */
public final class Campaign {
  private static final long MINUTE = 60_000_000_000L;
  private static final long PROGRESS_SECONDS = 5;

  /**
   * What to run.
   *
   * @param firstSeed the first one
   * @param lastSeed the last one
   * @param minutes of faults in each run; what it takes to be well again comes on top
   * @param weather which faults
   * @param single leave out what lets two be active by their user's choice
   * @param threads that run at once
   */
  public record Options(
      long firstSeed, long lastSeed, int minutes, Weather weather, boolean single, int threads) {
    /** The plan of one of its seeds. */
    public Plan plan(long seed) {
      Setup drawn = Faults.setup(seed, weather);
      return Faults.plan(seed, single ? drawn.single() : drawn, minutes * MINUTE, weather);
    }

    /** How many seeds there are. */
    public long seeds() {
      return lastSeed - firstSeed + 1;
    }
  }

  /**
   * What came of all runs.
   *
   * @param seeds how many
   * @param virtualNanos how long they lasted in their own time, one after the other
   * @param events how much happened
   * @param wallNanos how long it took
   * @param failed runs that ended with a violation, by seed
   * @param falseFailovers how often a healthy active lost its reign to another node
   * @param falseFailoverSeeds in which runs
   * @param lapses how often an active lost its lease
   * @param traceHash fingerprint of all fingerprints, by seed
   */
  public record Result(
      long seeds,
      long virtualNanos,
      long events,
      long wallNanos,
      List<RunResult> failed,
      long falseFailovers,
      List<Long> falseFailoverSeeds,
      long lapses,
      String traceHash) {}

  /** Is told every few seconds how far it is. */
  public interface Progress {
    /** So many seeds are done, with so many events, and so many have broken a rule. */
    void report(long seedsDone, long events, long failed);
  }

  private final Options options;
  private final Model model;
  private final AtomicLong nextSeed;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final List<RunResult> results;

  private Campaign(Options options, Model model) {
    this.options = options;
    this.model = model;
    this.nextSeed = new AtomicLong(options.firstSeed());
    this.results = new ArrayList<>();
  }

  /** Runs them all. */
  public static Result run(Options options, Model model, Progress progress)
      throws InterruptedException {
    return new Campaign(options, model).run(progress);
  }

  private Result run(Progress progress) throws InterruptedException {
    long began = System.nanoTime();
    List<Future<List<RunResult>>> workers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(options.threads())) {
      for (int i = 0; i < options.threads(); i++) {
        workers.add(threads.submit(this::work));
      }
      try {
        for (Future<List<RunResult>> worker : workers) {
          results.addAll(await(worker, progress));
        }
      } finally {
        // An error of one, or an interrupt, ends the others.
        nextSeed.set(Long.MAX_VALUE);
      }
    }
    results.sort((a, b) -> Long.compare(a.seed(), b.seed()));
    return sum(System.nanoTime() - began);
  }

  private List<RunResult> work() {
    List<RunResult> mine = new ArrayList<>();
    for (long seed = next(); seed <= options.lastSeed(); seed = next()) {
      RunResult result = Simulation.run(options.plan(seed), model, Trace.NONE);
      mine.add(result);
      events.addAndGet(result.events());
      failed.addAndGet(result.violation().isPresent() ? 1 : 0);
      done.incrementAndGet();
    }
    return mine;
  }

  private long next() {
    return nextSeed.getAndUpdate(seed -> seed == Long.MAX_VALUE ? seed : seed + 1);
  }

  private List<RunResult> await(Future<List<RunResult>> worker, Progress progress)
      throws InterruptedException {
    while (true) {
      try {
        return worker.get(PROGRESS_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException stillRunning) {
        progress.report(done.get(), events.get(), failed.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("a run came to no result: " + e.getCause(), e);
      }
    }
  }

  private Result sum(long wallNanos) {
    TraceHash hash = new TraceHash();
    long virtual = 0;
    long happened = 0;
    long falseFailovers = 0;
    long lapses = 0;
    for (RunResult result : results) {
      hash.mix(result.seed());
      hash.mix(result.traceHash());
      virtual += result.virtualNanos();
      happened += result.events();
      falseFailovers += result.falseFailovers();
      lapses += result.lapses();
    }
    return new Result(
        results.size(),
        virtual,
        happened,
        wallNanos,
        results.stream().filter(r -> r.violation().isPresent()).toList(),
        falseFailovers,
        results.stream().filter(r -> r.falseFailovers() > 0).map(RunResult::seed).toList(),
        lapses,
        TraceHash.text(hash.value()));
  }
}
