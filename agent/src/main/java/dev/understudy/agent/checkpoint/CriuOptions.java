// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What dump and restore must say alike (criu(8)). */
final class CriuOptions {
  /**
   * Cgroups are the sandbox's; open connections are closed in the copy, since their peers will have
   * seen the other one; the network needs no lock, since the gate is closed where a copy is held.
   */
  static final List<String> COMMON =
      List.of(
          "-v1",
          "--manage-cgroups=ignore",
          "--tcp-close",
          "--network-lock",
          "skip",
          "--file-locks");

  private static final int CAP_SYS_RESOURCE = 24;

  private CriuOptions() {}

  /**
   * Arguments that must precede criu for a program of another user: without CAP_SYS_RESOURCE the
   * kernel lets only the same real user read its limits (prlimit(2)).
   */
  static List<String> identity(int pid) throws IOException {
    int uid = number("/proc/" + pid + "/status", "Uid:");
    if (uid == 0 || mayReadLimits()) {
      return List.of();
    }
    int gid = number("/proc/" + pid + "/status", "Gid:");
    return List.of("setpriv", "--keep-groups", "--ruid", "" + uid, "--rgid", "" + gid);
  }

  private static boolean mayReadLimits() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("CapEff:")) {
        long effective = Long.parseUnsignedLong(line.substring(7).strip(), 16);
        return (effective >> CAP_SYS_RESOURCE & 1) == 1;
      }
    }
    throw new IOException("/proc/self/status has no line CapEff");
  }

  private static int number(String file, String field) throws IOException {
    for (String line : Files.readAllLines(Path.of(file))) {
      if (line.startsWith(field)) {
        return Integer.parseInt(line.substring(field.length()).strip().split("\\s+", 2)[0]);
      }
    }
    throw new IOException(file + " has no line " + field);
  }
}
