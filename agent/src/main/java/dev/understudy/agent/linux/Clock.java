// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The clock of all the agent's waiting: it never steps and goes on in suspend. */
public final class Clock {
  private static final int CLOCK_BOOTTIME = 7;

  private static final int CLOCK_MONOTONIC_COARSE = 6;

  private Clock() {}

  /** CLOCK_BOOTTIME of the caller's time namespace, in nanoseconds (clock_gettime(2)). */
  public static long bootNanos() {
    return Kernel.clockNanos(CLOCK_BOOTTIME);
  }

  /**
   * Length of the kernel's tick, in which its coarse timers count: the resolution of the coarse
   * clock (clock_getres(2)).
   */
  public static long tickNanos() throws LinuxException {
    Memory resolution = Memory.ofSize(16);
    Kernel.require(
        Syscall.CLOCK_GETRES, "coarse", CLOCK_MONOTONIC_COARSE, resolution.address(), 0, 0);
    resolution.keep();
    return resolution.bytes().getLong(0) * 1_000_000_000L + resolution.bytes().getLong(8);
  }

  /**
   * What must be subtracted from {@link #bootNanos()} to get the boot time of the initial time
   * namespace, in which {@code bpf_ktime_get_boot_ns} counts (time_namespaces(7)). Zero where the
   * kernel has no time namespaces.
   */
  public static long hostBootOffsetNanos() {
    Path file = Path.of("/proc/self/timens_offsets");
    try {
      return offsetNanos(Files.readString(file));
    } catch (NoSuchFileException absent) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException("the time namespace's offset cannot be read: " + file, e);
    }
  }

  /** The boot-time offset in the text of a timens_offsets file. */
  static long offsetNanos(String text) {
    for (String line : text.lines().toList()) {
      String[] fields = line.strip().split("\\s+", -1);
      // The kernel takes the clock's number or its name, and prints the name.
      if (fields.length == 3 && fields[0].equals("boottime")) {
        return Long.parseLong(fields[1]) * 1_000_000_000L + Long.parseLong(fields[2]);
      }
    }
    throw new IllegalStateException("no line \"boottime\" in timens_offsets: " + text);
  }
}
