// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import dev.understudy.agent.linux.Attempt;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Scheduling;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The outside client: asks for the counter every 2 ms on a new connection, and notes each answer.
 * One thread, whatever happens to the answers; it sends on time while earlier requests still wait.
 */
public final class Probe implements AutoCloseable {
  /** From one request to the next. */
  public static final long PERIOD_NANOS = 2_000_000L;

  /** A connection that takes longer has failed. */
  public static final long CONNECT_TIMEOUT_NANOS = 10_000_000L;

  /** An answer that takes longer, from the asking for the connection on, has failed. */
  public static final long ANSWER_TIMEOUT_NANOS = 50_000_000L;

  /** Without a fault good answers follow one another more closely than this. */
  public static final long USUAL_GAP_NANOS = 3 * PERIOD_NANOS;

  /** Every request lives at most 50 ms, so 25 are in flight; the rest is for late wake-ups. */
  private static final int IN_FLIGHT_MAX = 64;

  /** Over eight minutes. */
  private static final int ROWS_MAX = 1 << 18;

  /** The lowest: agents have a higher one, and a millisecond of theirs matters more. */
  private static final int REAL_TIME_PRIORITY = 1;

  /** How the probe's thread gets to where the client lives. */
  @FunctionalInterface
  public interface Place {
    /** Where the caller is. */
    Place HERE = Callable::call;

    /** Runs the body in that place and returns when it is done. */
    void run(Callable<Boolean> body) throws Exception;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Samples.Ring ring = new Samples.Ring(ROWS_MAX);
  private final Requests requests;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile long lastGoodNanos = Long.MIN_VALUE;
  private volatile long lastCounter = -1;
  private volatile @Nullable Throwable failure;
  private volatile @Nullable Attempt realTime;

  private Probe(int ipv4, int port, Place place) {
    requests =
        new Requests(
            ipv4, port, IN_FLIGHT_MAX, CONNECT_TIMEOUT_NANOS, ANSWER_TIMEOUT_NANOS, this::ended);
    thread = Thread.ofPlatform().daemon().name("probe").unstarted(() -> run(place));
  }

  /** Starts asking the program at that IPv4 address (host order) and port from that place. */
  public static Probe start(int ipv4, int port, Place place) {
    Probe probe = new Probe(ipv4, port, place);
    probe.thread.start();
    return probe;
  }

  /** What was seen since the start or the last {@link #forget()}. */
  public Samples samples() {
    lock.lock();
    try {
      checkAlive();
      return ring.snapshot();
    } finally {
      lock.unlock();
    }
  }

  /** Drops what was seen until now. */
  public void forget() {
    lock.lock();
    try {
      ring.clear();
    } finally {
      lock.unlock();
    }
  }

  /** When the newest good answer came; the least number when there was none yet. */
  public long lastGoodNanos() {
    checkAlive();
    return lastGoodNanos;
  }

  /** The number in the newest good answer; -1 when there was none yet. */
  public long lastCounter() {
    checkAlive();
    return lastCounter;
  }

  /** Whether its thread runs before ordinary ones; empty until it has tried. */
  public Optional<Attempt> realTime() {
    return Optional.ofNullable(realTime);
  }

  /** Ends the thread and every connection, within a few milliseconds. */
  @Override
  public void close() {
    stopping = true;
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the thread ends within a period; leaving it behind helps nobody
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void checkAlive() {
    Throwable cause = failure;
    if (cause != null) {
      throw new IllegalStateException("the probe broke down: " + cause.getMessage(), cause);
    }
  }

  private void run(Place place) {
    try {
      place.run(() -> {
        ask();
        return true;
      });
    } catch (Exception | Error e) {
      failure = e; // told to whoever asks for results
    }
  }

  /**
   * A client on a machine of its own would not wait for a processor that agents and CRIU use, so
   * this one goes first where that is allowed. Where it is not, its lateness is in the samples.
   */
  private void ask() throws LinuxException {
    realTime = Scheduling.tryRealTime(REAL_TIME_PRIORITY);
    try {
      long next = Clock.bootNanos();
      while (!stopping) {
        long now = Clock.bootNanos();
        if (now >= next) {
          requests.begin(begun(now), now);
          next += PERIOD_NANOS;
          if (next <= now) {
            next = now + PERIOD_NANOS; // late: the missed requests are left out, not sent at once
          }
        }
        requests.await(next);
        requests.advance();
      }
    } finally {
      requests.abandon();
    }
  }

  private long begun(long now) {
    lock.lock();
    try {
      return ring.begin(now);
    } finally {
      lock.unlock();
    }
  }

  private void ended(long number, Verdict how, long counter) {
    long now = Clock.bootNanos();
    lock.lock();
    try {
      ring.end(number, how, now, counter);
    } finally {
      lock.unlock();
    }
    if (how == Verdict.GOOD) {
      lastCounter = counter;
      lastGoodNanos = now;
    }
  }
}
