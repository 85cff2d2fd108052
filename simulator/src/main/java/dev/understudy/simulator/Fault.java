// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.timing.Timing;
import java.util.List;

/**
 * One thing that goes wrong, as data. Each ends by itself, so that any of them can be left out.
 *
 * <p>Times are true nanoseconds since the run began; {@code nanos} is how long it lasts, {@link
 * #FOREVER} to the end. Nodes and workloads are named; a fault of what is not there has no effect.
 */
public sealed interface Fault {
  /** Longer than any run. */
  long FOREVER = Long.MAX_VALUE / 4;

  /** When it begins. */
  long at();

  /** How long it lasts; 0 for what happens at once. */
  long nanos();

  /** Whether these times are made for it: then no healthy active may lose its reign by it. */
  default boolean bounded(Timing timing) {
    return false;
  }

  /** Power loss of a machine, which starts again afterwards. */
  record Crash(long at, long nanos, String node) implements Fault {}

  /**
   * A machine loses its power and its disk, and starts again afterwards with an empty one, of which
   * its agent is told. A plain power loss if the voters that are left could elect nobody.
   *
   * @param silenceNanos the longest promise that anybody has made in that world
   */
  record DiskLost(long at, long nanos, String node, long silenceNanos) implements Fault {}

  /**
   * An operator asks for other voters.
   *
   * @param node whom he asks; empty for who reigns then
   * @param join who is to vote; empty for nobody
   * @param leave who is not to vote any more; empty for nobody
   */
  record MembershipChange(long at, String node, String workload, String join, String leave)
      implements Fault {
    @Override
    public long nanos() {
      return 0;
    }
  }

  /** The agent is killed and started again; gates and programs of the machine go on meanwhile. */
  record AgentKill(long at, long nanos, String node) implements Fault {}

  /**
   * The agent is restarted on purpose, under a maintenance lease of that length for each workload
   * that it reigns over; given up when a lease is refused. It is away for {@code nanos}; 0 means
   * that it is not restarted after all.
   */
  record AgentRestart(long at, long nanos, String node, long leaseNanos) implements Fault {
    @Override
    public boolean bounded(Timing timing) {
      return true;
    }
  }

  /** The agent is told to end, passes everything on, and is started again afterwards. */
  record AgentLeaves(long at, long nanos, String node) implements Fault {}

  /**
   * An operator vouches to all others of the group that this node can have no effect any more.
   *
   * @param looks whether he looks first: he says so only of a node without power, and not of two
   *     nodes in turn that have not met in between
   */
  record Fence(long at, String node, String workload, boolean looks) implements Fault {
    @Override
    public long nanos() {
      return 0;
    }
  }

  /** The subscriber forgets everything, and asks all agents anew. */
  record SubscriberRestarts(long at) implements Fault {
    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public boolean bounded(Timing timing) {
      return true;
    }
  }

  /** Who stands still in a {@link Pause}. */
  enum Scope {
    /** The thread that decides; the agent's other threads and the program go on. */
    THREAD,
    /** Everything but the kernel: its clock, its gates, its socket buffers go on. */
    NODE,
    /** The kernel as well: frames get lost, and only the clock goes on. */
    SUSPEND
  }

  /** Stands still for a while. */
  record Pause(long at, long nanos, String node, Scope scope) implements Fault {
    @Override
    public boolean bounded(Timing timing) {
      return nanos <= timing.latenessNanos();
    }
  }

  /** Before which effect a {@link Stall} strikes. */
  enum Place {
    ANY,
    PERSIST,
    SEND,
    OPEN_GATE,
    SHUT_GATE,
    WAKE,
    ANNOUNCE
  }

  /**
   * The deciding thread stands still between a decision and one of its effects, the next of that
   * kind after {@code skip} others; forgotten when none comes within {@link #STALL_PATIENCE}.
   */
  record Stall(long at, long nanos, String node, Place place, int skip) implements Fault {
    @Override
    public boolean bounded(Timing timing) {
      return nanos <= timing.latenessNanos();
    }
  }

  /** How long a stall waits for its place. */
  long STALL_PATIENCE = 500_000_000L;

  /** Frames from one to the other are lost. */
  record Cut(long at, long nanos, String from, String to) implements Fault {}

  /** Which frames an isolated node loses. */
  enum Way {
    IN,
    OUT,
    BOTH
  }

  /** Everything that a node sends, or hears, or both, is lost; the client's frames as well. */
  record Isolate(long at, long nanos, String node, Way way) implements Fault {}

  /** These nodes and the others, the client among them, do not hear each other. */
  record Partition(long at, long nanos, List<String> side) implements Fault {
    public Partition {
      side = List.copyOf(side);
    }
  }

  /**
   * Links from one to the other are bad; an empty name stands for all. Several at once do not add
   * up: the worst counts.
   *
   * @param lossPpm frames lost, in a million
   * @param duplicationPpm frames that come twice
   * @param stragglerPpm frames that come up to {@code stragglerMostNanos} late, so out of order
   * @param leastNanos the shortest delay of every frame
   * @param mostNanos the longest delay of every frame that is no straggler
   */
  record Noise(
      long at,
      long nanos,
      String from,
      String to,
      int lossPpm,
      int duplicationPpm,
      int stragglerPpm,
      long stragglerMostNanos,
      long leastNanos,
      long mostNanos)
      implements Fault {

    /** At most that many frames of a bounded noise are lost: one in a hundred. */
    public static final int BOUNDED_LOSS_PPM = 10_000;

    @Override
    public boolean bounded(Timing timing) {
      return lossPpm <= BOUNDED_LOSS_PPM
          && stragglerPpm == 0
          && mostNanos * 2 <= timing.roundTripNanos();
    }
  }

  /** What a datagram says, for {@link Mishap}. */
  enum Content {
    ANY,
    BEAT,
    ECHO,
    QUESTION,
    YES,
    REQUEST,
    RELEASE
  }

  /**
   * The next so many datagrams with that content from one to the other are lost, or come that much
   * later if {@code lateNanos} is not 0. Ends after {@code nanos} at the latest.
   */
  record Mishap(
      long at, long nanos, String from, String to, Content content, int count, long lateNanos)
      implements Fault {}

  /** The timers of a node's agent come up to so much late. */
  record LateTimers(long at, long nanos, String node, long mostNanos) implements Fault {
    @Override
    public boolean bounded(Timing timing) {
      return mostNanos <= timing.latenessNanos();
    }
  }

  /** A node's clock runs that much too fast from now on. */
  record ClockRate(long at, String node, long ppm) implements Fault {
    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public boolean bounded(Timing timing) {
      return true;
    }
  }

  /** Writes fail; 0 as {@code writeNanos}. Or they take so long. */
  record Disk(long at, long nanos, String node, long writeNanos) implements Fault {
    @Override
    public boolean bounded(Timing timing) {
      return true;
    }
  }

  /** The active's program ends. */
  record ProgramExit(long at, String workload) implements Fault {
    @Override
    public long nanos() {
      return 0;
    }
  }

  /** The active's program answers nobody, until that is noticed and it is ended. */
  record ProgramHang(long at, long nanos, String workload) implements Fault {}

  /** Captures of this workload fail. */
  record CaptureFails(long at, long nanos, String workload) implements Fault {
    @Override
    public boolean bounded(Timing timing) {
      return true;
    }
  }

  /** Restores on this node fail. */
  record RestoreFails(long at, long nanos, String node) implements Fault {
    @Override
    public boolean bounded(Timing timing) {
      return true;
    }
  }

  /** Restores on this node take so much longer: what was shipped is not held for a long time. */
  record SlowRestore(long at, long nanos, String node, long longerNanos) implements Fault {
    @Override
    public boolean bounded(Timing timing) {
      return true;
    }
  }

  /** Starts and wake-ups on this node fail. */
  record StartFails(long at, long nanos, String node) implements Fault {}

  /** The copy that this node holds dies. */
  record CopyDies(long at, String node, String workload) implements Fault {
    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public boolean bounded(Timing timing) {
      return true;
    }
  }

  /**
   * A node loses the input that programs live on, and others do not: there they are ended for it,
   * and cannot begin. Of a sensor that is dead for everybody no program is ended.
   */
  record SensorLoss(long at, long nanos, String node) implements Fault {}

  /**
   * Somebody sets a node's time of day, which no step reads: only who starts an agent without its
   * disk looks at it.
   *
   * @param byNanos forward, or back if it is below 0
   */
  record TimeOfDay(long at, String node, long byNanos) implements Fault {
    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public boolean bounded(Timing timing) {
      return true;
    }
  }
}
