// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads what processes take from the machine, from /proc (proc_pid_stat(5), proc_pid_status(5)).
 */
final class AgentMeter {
  /** Kernels have always told these times to programs in hundredths of a second. */
  private static final long CLOCK_TICK_NANOS = 10_000_000L;

  /** Indexes in /proc/PID/stat, counted behind the name, which may contain anything. */
  private static final int UTIME = 11;

  private static final int STIME = 12;
  private static final int CUTIME = 13;
  private static final int CSTIME = 14;

  private AgentMeter() {}

  /**
   * What a process has used up to now.
   *
   * @param atNanos when this was read
   * @param ownNanos processor time of its threads
   * @param childrenNanos processor time of the children that it has waited for
   * @param rssBytes memory that it holds now
   */
  record Reading(long atNanos, long ownNanos, long childrenNanos, long rssBytes) {

    /** Its own share of one core since an earlier reading, in percent. */
    double ownPercentSince(Reading earlier) {
      return percent(ownNanos - earlier.ownNanos, atNanos - earlier.atNanos);
    }

    /** The same for its children: CRIU, runc. */
    double childrenPercentSince(Reading earlier) {
      return percent(childrenNanos - earlier.childrenNanos, atNanos - earlier.atNanos);
    }

    private static double percent(long usedNanos, long passedNanos) {
      if (passedNanos <= 0) {
        throw new IllegalStateException("no time passed between two readings: " + passedNanos);
      }
      return Math.round(1e4 * usedNanos / passedNanos) / 1e2;
    }
  }

  /** Reads now; the process must be one that the host numbers so. */
  static Reading read(long pid, Time time) throws IOException {
    Path folder = Path.of("/proc", String.valueOf(pid));
    String stat = Files.readString(folder.resolve("stat"));
    List<String> status = Files.readAllLines(folder.resolve("status"));
    return parsed(time.bootNanos(), stat, status);
  }

  static Reading parsed(long atNanos, String stat, List<String> status) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long rss =
        status.stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no VmRSS in " + status));
    return new Reading(atNanos, ticks(fields, UTIME, STIME), ticks(fields, CUTIME, CSTIME), rss);
  }

  private static long ticks(String[] fields, int user, int system) {
    return (Long.parseLong(fields[user]) + Long.parseLong(fields[system])) * CLOCK_TICK_NANOS;
  }
}
