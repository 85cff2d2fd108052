// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.Capability;
import dev.understudy.agent.linux.ProcessFacts;
import java.io.IOException;
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

  private CriuOptions() {}

  /**
   * Arguments that must precede criu for a program of another user: without CAP_SYS_RESOURCE the
   * kernel lets only the same real user read its limits (prlimit(2)).
   */
  static List<String> identity(int pid) throws IOException {
    ProcessFacts program = ProcessFacts.of(pid);
    long uid = program.realUid();
    if (uid == 0 || Capability.CAP_SYS_RESOURCE.in(ProcessFacts.self().capabilities())) {
      return List.of();
    }
    long gid = program.realGid();
    return List.of("setpriv", "--keep-groups", "--ruid", "" + uid, "--rgid", "" + gid);
  }
}
