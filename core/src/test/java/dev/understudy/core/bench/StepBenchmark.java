// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.bench;

import dev.understudy.core.protocol.Command;
import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Outcome;
import dev.understudy.core.timing.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What one step of the protocol costs with fifty workloads that three nodes share, one of which
 * leads them all. The build does not run it; HACKING.md says how to.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch"})
public class StepBenchmark {
  private static final int MANY = 50;
  private static final long MILLI = 1_000_000L;
  private static final long HOP_NANOS = MILLI / 10;

  /** Starts JMH under the test runner, which has the class path. */
  @Test
  void run() throws RunnerException {
    String name = StepBenchmark.class.getSimpleName();
    new Runner(new OptionsBuilder().include(name).shouldFailOnError(true).build()).run();
  }

  /** The leader beats two others: a tick, two datagrams of fifty rows each. */
  @Benchmark
  public Outcome beatTick(Trio trio) {
    return trio.step("a", new Input.Tick(trio.now));
  }

  /** A follower hears a beat with fifty rows, renews fifty promises and answers. */
  @Benchmark
  public Outcome receivedBeat(TrioWithBeat trio) {
    return trio.step("b", new Input.Received(trio.now, trio.next.orElseThrow()));
  }

  /** The leader hears an answer with fifty rows, and renews fifty leases. */
  @Benchmark
  public Outcome receivedAnswer(TrioWithAnswer trio) {
    return trio.step("a", new Input.Received(trio.now, trio.next.orElseThrow()));
  }

  /** As {@link #beatTick}, with one workload. */
  @Benchmark
  public Outcome beatTick1(Trio1 trio) {
    return trio.step("a", new Input.Tick(trio.now));
  }

  /** As {@link #receivedBeat}, with one workload. */
  @Benchmark
  public Outcome receivedBeat1(Trio1WithBeat trio) {
    return trio.step("b", new Input.Received(trio.now, trio.next.orElseThrow()));
  }

  /** Three nodes on a virtual clock, where every step but the measured one happens beforehand. */
  @State(Scope.Thread)
  public static class Trio {
    private static final List<String> NAMES = List.of("a", "b", "w");
    final Map<String, FailoverNode> nodes = new TreeMap<>();
    private final Map<String, Long> wakeAt = new TreeMap<>();
    private final int workloads;
    private final List<Datagram> flying = new ArrayList<>();
    long now = MILLI;
    Outcome last = new Outcome(Optional.empty(), List.of(), List.of(), List.of(), 0, List.of());

    /** Fifty workloads. */
    public Trio() {
      this(MANY);
    }

    Trio(int workloads) {
      this.workloads = workloads;
    }

    /** Lets "a" be elected for everything. */
    @Setup(Level.Trial)
    public void elect() {
      List<GroupConfig> groups = new ArrayList<>();
      for (int i = 0; i < workloads; i++) {
        groups.add(
            new GroupConfig(
                "workload-" + i,
                NAMES,
                List.of("a", "b"),
                GroupConfig.Quorum.MAJORITY,
                true,
                10_000 * MILLI));
      }
      for (String name : NAMES) {
        DurableState durable = DurableState.NEW.nextStart(Timing.STANDARD.promiseNanos());
        nodes.put(
            name,
            new FailoverNode(
                name,
                Timing.STANDARD,
                groups,
                durable,
                now,
                groups.size(),
                new SplittableRandom(7)));
        wakeAt.put(name, now);
      }
      while (now < 2_000 * MILLI) {
        untilBeat();
        step("a", new Input.Tick(now));
      }
      for (GroupView view : nodes.get("a").views()) {
        if (!view.leading()) {
          throw new IllegalStateException("a does not lead " + view);
        }
      }
    }

    Outcome step(String name, Input input) {
      last = nodes.get(name).step(input);
      wakeAt.put(name, last.wakeAtNanos());
      flying.addAll(last.thenSend());
      return last;
    }

    /** Everything that happens before the measured step. */
    @Setup(Level.Invocation)
    public void prepare() {
      untilBeat();
    }

    /** Whether the measured step did what it is measured for. */
    boolean worked() {
      return last.thenSend().size() == 2
          && last.thenSend().stream().allMatch(d -> d.rows().size() == workloads);
    }

    @TearDown(Level.Invocation)
    public void check() {
      if (!worked()) {
        throw new IllegalStateException("the measured step came to nothing: " + last);
      }
    }

    /** Everything that happens before the leader's next tick. */
    void untilBeat() {
      settle();
      while (wakeAt.get("a") > now) {
        now += HOP_NANOS;
        for (String follower : List.of("b", "w")) {
          if (wakeAt.get(follower) <= now) {
            step(follower, new Input.Tick(now));
          }
        }
        settle();
      }
    }

    private void settle() {
      while (!flying.isEmpty()) {
        now += HOP_NANOS;
        List<Datagram> landing = List.copyOf(flying);
        flying.clear();
        landing.forEach(d -> step(d.receiver(), new Input.Received(now, d)));
      }
    }

    Datagram takeFirst(String from, String to) {
      Datagram found =
          flying.stream()
              .filter(d -> d.sender().equals(from) && d.receiver().equals(to))
              .findFirst()
              .orElseThrow();
      flying.remove(found);
      now += HOP_NANOS;
      return found;
    }
  }

  /** With one workload. */
  public static class Trio1 extends Trio {
    /** One workload. */
    public Trio1() {
      super(1);
    }
  }

  /** Stops just before "b" hears a beat. */
  public static class TrioWithBeat extends Trio {
    Optional<Datagram> next = Optional.empty();

    /** Fifty workloads. */
    public TrioWithBeat() {
      this(MANY);
    }

    TrioWithBeat(int workloads) {
      super(workloads);
    }

    @Override
    public void prepare() {
      untilBeat();
      step("a", new Input.Tick(now));
      next = Optional.of(takeFirst("a", "b"));
    }

    @Override
    boolean worked() {
      // Now and then the same step beats the other follower, once in a window.
      return last.thenSend().stream().filter(Datagram::answer).count() == 1;
    }
  }

  /** With one workload. */
  public static class Trio1WithBeat extends TrioWithBeat {
    /** One workload. */
    public Trio1WithBeat() {
      super(1);
    }
  }

  /** Stops just before "a" hears an answer. */
  public static class TrioWithAnswer extends TrioWithBeat {
    @Override
    public void prepare() {
      super.prepare();
      step("b", new Input.Received(now, next.orElseThrow()));
      next = Optional.of(takeFirst("b", "a"));
    }

    @Override
    boolean worked() {
      return last.thenRun().stream().filter(Command.OpenGate.class::isInstance).count() == MANY;
    }
  }
}
