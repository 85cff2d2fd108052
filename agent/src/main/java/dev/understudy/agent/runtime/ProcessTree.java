// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.linux.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The processes below one root process, seen through /proc (proc(5): {@code
 * /proc/PID/task/TID/children}). A process ID is only as good as its owner: the root is the first
 * process of a PID namespace that this agent made, so none of them outlives it.
 */
public final class ProcessTree {
  private static final int FREEZE_ROUNDS = 200;

  /** Of 40 ms each. */
  private static final int STOP_ATTEMPTS = 50;

  private static final long ROUND_NANOS = 200_000L;

  /** How long what was killed may take to end. */
  private static final long END_NANOS = 5_000_000_000L;

  private final int root;

  /** When the root was started, in ticks since boot; 0 when it was gone already. */
  private final long since;

  private volatile int[] remembered;
  private boolean frozen;
  private boolean capturing;

  /** The tree below that process, not read yet. */
  public ProcessTree(int root) {
    if (root <= 1) {
      throw new IllegalArgumentException("no workload has process ID " + root);
    }
    this.root = root;
    this.since = startTicks(root);
    this.remembered = new int[] {root};
  }

  /** The root's process ID, in the agent's PID namespace. */
  public int root() {
    return root;
  }

  /** The IDs found when the tree was last read; never null, the root first. */
  public int[] pids() {
    return remembered.clone();
  }

  /** Reads the tree again and remembers it. Processes that end meanwhile are left out. */
  public int[] refresh() {
    IntStream.Builder found = IntStream.builder();
    collect(root, found);
    int[] all = found.build().toArray();
    remembered = all;
    return all.clone();
  }

  /** Whether the root is still there and not a zombie. */
  public boolean alive() {
    char state = state(Path.of("/proc/" + root + "/stat"));
    return state != 0 && state != 'Z' && state != 'X';
  }

  /** Reads the tree and says whether every thread of it is stopped by a signal (state T). */
  public boolean stopped() {
    return allIn("T");
  }

  private boolean allIn(String states) {
    for (int pid : refresh()) {
      for (Path task : entries(Path.of("/proc/" + pid + "/task"))) {
        char state = state(task.resolve("stat"));
        if (states.indexOf(state) < 0 && state != 'Z' && state != 'X' && state != 0) {
          return false;
        }
      }
    }
    return alive();
  }

  /**
   * Stops the whole tree with SIGSTOP and waits until it stands; new children are caught by reading
   * again. It stays stopped until {@link #thaw}, whatever a capture under way does. Not the cgroup
   * freezer: on cgroup v1 a frozen task cannot be killed.
   *
   * @return false when a task still runs after 2 s: its signal waits for it
   */
  public synchronized boolean freeze() throws LinuxException {
    frozen = true;
    if (capturing) {
      // CRIU takes a foreign stop for a failure. It holds the tree itself, and leaves it stopped.
      return true;
    }
    return stopAtLast();
  }

  private boolean stop() throws LinuxException {
    for (int round = 0; round < FREEZE_ROUNDS; round++) {
      int[] before = refresh();
      for (int pid : before) {
        Signals.kill(pid, Signals.SIGSTOP);
      }
      // A task that CRIU holds by ptrace meets its stop when it is let go.
      if (allIn("Tt") && Arrays.equals(before, remembered)) {
        return true;
      }
      if (!alive()) {
        return false;
      }
      LockSupport.parkNanos(ROUND_NANOS);
    }
    return false;
  }

  /** Lets the whole tree go on, as it is now; one that is being captured goes on afterwards. */
  public synchronized void thaw() throws LinuxException {
    frozen = false;
    if (!capturing) {
      resume();
    }
  }

  /**
   * Says that CRIU will stop the tree and leave it stopped.
   *
   * @return false when it is frozen, and must not be captured
   */
  public synchronized boolean beginCapture() {
    capturing = !frozen;
    return capturing;
  }

  /**
   * Lets the tree go on after a capture, or holds it if it was frozen meanwhile.
   *
   * @return false when it should stand and something still runs after 2 s, see {@link #freeze()}
   */
  public synchronized boolean endCapture() throws LinuxException {
    capturing = false;
    if (frozen) {
      return stopAtLast();
    }
    resume();
    return true;
  }

  /**
   * Stops the tree, with patience for a task that waits for a disk; nothing is asked of a tree that
   * has ended.
   *
   * @return false when something still runs after 2 s: its signal waits for it
   */
  private boolean stopAtLast() throws LinuxException {
    for (int i = 0; i < STOP_ATTEMPTS; i++) {
      if (stop() || !alive()) {
        return true;
      }
    }
    return false;
  }

  private void resume() throws LinuxException {
    wake();
    for (int pid : refresh()) {
      Signals.kill(pid, Signals.SIGCONT);
    }
  }

  /**
   * Lets the remembered processes go on: no file is read and nothing allocated, for the failover
   * path. The root goes last, so that it does not meet children that still stand.
   *
   * @return false when the root is gone
   */
  public boolean wake() throws LinuxException {
    int[] all = remembered;
    boolean there = false;
    for (int i = all.length - 1; i >= 0; i--) {
      there = Signals.kill(all[i], Signals.SIGCONT);
    }
    return there;
  }

  /**
   * Kills the tree; the kernel kills the root's whole PID namespace with it. Nothing else can be
   * hit: each process is held on to first, and then found to be the one that was meant.
   */
  public void kill() throws LinuxException {
    Held top = hold(root);
    if (top == null) {
      return;
    }
    List<Held> below = new ArrayList<>();
    try (PidFd process = top.process) {
      if (top.since != since) {
        return;
      }
      // What stands starts no more children while they are looked for.
      process.signal(Signals.SIGSTOP);
      int[] all = refresh();
      for (int pid : all) {
        Held one = pid == root ? null : hold(pid);
        if (one != null) {
          below.add(one);
        }
      }
      int[] still = refresh();
      process.signal(Signals.SIGKILL);
      for (Held one : below) {
        if (IntStream.of(still).anyMatch(pid -> pid == one.process.pid())) {
          one.process.signal(Signals.SIGKILL);
        }
      }
    } finally {
      below.forEach(one -> one.process.close());
    }
  }

  /**
   * Kills the tree and waits until its root has ended; one that has already is left alone.
   *
   * @throws IOException when the root is still there after 5 s: it waits in the kernel
   */
  public void end() throws IOException {
    Held top = alive() ? hold(root) : null;
    if (top == null) {
      return;
    }
    try (PidFd process = top.process) {
      kill();
      if (top.since == since && !process.awaitExit(Clock.bootNanos() + END_NANOS)) {
        throw new IOException("killing process " + root + " failed: it does not end");
      }
    }
  }

  /** A process that can be signalled and not be mistaken, and when it was started. */
  private record Held(PidFd process, long since) {}

  private static @Nullable Held hold(int pid) throws LinuxException {
    try {
      PidFd process = PidFd.open(pid);
      return new Held(process, startTicks(pid));
    } catch (LinuxException e) {
      if (e.errno() == Errno.ESRCH || e.errno() == Errno.EINVAL) {
        return null;
      }
      throw e;
    }
  }

  /** Field 22 of proc(5) stat. */
  private static long startTicks(int pid) {
    String line = text(Path.of("/proc/" + pid + "/stat"));
    int name = line.lastIndexOf(") ");
    return name < 0 ? 0 : Long.parseLong(line.substring(name + 2).split(" ", 21)[19]);
  }

  /** Waits until the root is gone or a zombie; false when it is still there after that time. */
  public boolean awaitEnd(long nanos) {
    long end = System.nanoTime() + nanos;
    while (alive()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(ROUND_NANOS * 5);
    }
    return true;
  }

  private static void collect(int pid, IntStream.Builder into) {
    into.add(pid);
    for (Path task : entries(Path.of("/proc/" + pid + "/task"))) {
      for (String child : text(task.resolve("children")).split(" ", -1)) {
        if (!child.isBlank()) {
          collect(Integer.parseInt(child.strip()), into);
        }
      }
    }
  }

  /** The state letter of proc(5) stat, which follows the last parenthesis; 0 when it is gone. */
  private static char state(Path stat) {
    String line = text(stat);
    int name = line.lastIndexOf(") ");
    return name < 0 ? 0 : line.charAt(name + 2);
  }

  private static Path[] entries(Path directory) {
    try (Stream<Path> list = Files.list(directory)) {
      return list.toArray(Path[]::new);
    } catch (IOException | UncheckedIOException gone) {
      return new Path[0];
    }
  }

  /** A process may end between any two reads: then its files are empty, missing, or ESRCH. */
  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException gone) {
      return "";
    }
  }
}
