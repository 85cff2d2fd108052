// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Priorities and memory locks; all but the lock concern the calling thread alone. */
public final class Scheduling {
  private static final int SCHED_FIFO = 1;

  /** Children and threads started from here are ordinary again (sched(7)). */
  private static final int SCHED_RESET_ON_FORK = 0x4000_0000;

  private static final int MCL_CURRENT_FUTURE_ONFAULT = 1 | 2 | 4;
  private static final int PRIO_PROCESS = 0;
  private static final int PR_SET_TIMERSLACK = 29;

  private Scheduling() {}

  /**
   * Runs the calling thread before every ordinary one (sched_setscheduler(2), SCHED_FIFO).
   *
   * @param priority 1 to 99
   */
  public static Attempt tryRealTime(int priority) {
    return Attempt.of(
        "real-time priority " + priority, realTime(0, priority), "needs CAP_SYS_NICE");
  }

  /**
   * The same for the thread of the Java virtual machine that pauses all others: a real-time thread
   * that waits for the end of such a pause would otherwise wait for every ordinary process as well.
   *
   * @param priority 1 to 99, below that of threads which must not wait for a pause to begin
   */
  public static Attempt tryRealTimePauses(int priority) {
    String what = "real-time pauses " + priority;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        if (Files.readString(thread.resolve("comm")).strip().equals("VM Thread")) {
          int id = Integer.parseInt(thread.getFileName().toString());
          return Attempt.of(what, realTime(id, priority), "needs CAP_SYS_NICE");
        }
      }
    } catch (IOException e) {
      return new Attempt(what, false, "finding the thread failed: " + e);
    }
    return new Attempt(what, false, "this virtual machine has no thread \"VM Thread\"");
  }

  private static long realTime(int thread, int priority) {
    Memory parameter = Memory.ofSize(4);
    parameter.bytes().putInt(0, priority);
    long result =
        Kernel.call(
            Syscall.SCHED_SETSCHEDULER,
            thread,
            SCHED_FIFO | SCHED_RESET_ON_FORK,
            parameter.address(),
            0);
    parameter.keep();
    return result;
  }

  /**
   * Keeps the process's pages in memory once they were touched (mlockall(2)). Without MCL_ONFAULT
   * the whole reserved code cache would become resident.
   */
  public static Attempt tryLockMemory() {
    long result = Kernel.call(Syscall.MLOCKALL, MCL_CURRENT_FUTURE_ONFAULT, 0);
    return Attempt.of("memory lock", result, "needs CAP_IPC_LOCK or a higher RLIMIT_MEMLOCK");
  }

  /**
   * Sets the nice value of every thread that this process has now, those of the virtual machine
   * included (setpriority(2)); threads and processes started later inherit it. A real-time thread
   * that waits for a pause of the virtual machine is as late as the slowest of the others, so all
   * of them have to be preferred. Where the kernel groups sessions, nice values count only within
   * one, so that the session's group gets the value too (sched(7), autogroup).
   *
   * @param nice -20 to 19, higher yields more
   */
  public static Attempt niceThisProcess(int nice) {
    long worst = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        int id = Integer.parseInt(thread.getFileName().toString());
        long result = Kernel.call(Syscall.SETPRIORITY, PRIO_PROCESS, id, nice, 0);
        // A thread may end between being listed and being set.
        worst = result == -Errno.ESRCH ? worst : Math.min(worst, result);
      }
      Path group = Path.of("/proc/self/autogroup");
      if (Files.exists(group)) {
        Files.writeString(group, Integer.toString(nice));
      }
    } catch (IOException e) {
      return new Attempt("nice " + nice, false, "setting it failed: " + e);
    }
    return Attempt.of("nice " + nice, worst, "lower values need CAP_SYS_NICE");
  }

  /**
   * Sets the calling thread's nice value (setpriority(2)); processes that it starts inherit it.
   *
   * @param nice -20 to 19, higher yields more
   */
  public static Attempt niceThisThread(int nice) {
    long result = Kernel.call(Syscall.SETPRIORITY, PRIO_PROCESS, 0, nice, 0);
    return Attempt.of("nice " + nice, result, "lower values need CAP_SYS_NICE");
  }

  /** How late the kernel may make the calling thread's timers, in nanoseconds (prctl(2)). */
  public static Attempt timerSlack(long nanos) {
    if (nanos < 1) {
      throw new IllegalArgumentException("a slack of " + nanos + " ns means the default");
    }
    long result = Kernel.call(Syscall.PRCTL, PR_SET_TIMERSLACK, nanos);
    return Attempt.of("timer slack " + nanos + " ns", result, "prctl refused");
  }
}
