// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.runtime.Descriptors;
import java.util.Map;
import java.util.Optional;

/**
 * Descriptors that CRIU cannot save and does not always name: the kernel refuses to pass some of
 * them over a socket, and CRIU then only says that it got none.
 */
final class Unsavable {
  private static final Map<String, String> KINDS =
      Map.of(
          "anon_inode:[io_uring]", "io_uring",
          "anon_inode:[perf_event]", "perf events",
          "anon_inode:[userfaultfd]", "userfaultfd",
          "anon_inode:kvm-vm", "KVM",
          "anon_inode:bpf-map", "BPF maps",
          "anon_inode:bpf-prog", "BPF programs",
          "anon_inode:[fanotify]", "fanotify");

  private Unsavable() {}

  /** What those processes have open that cannot be saved, as the start of a sentence. */
  static Optional<String> in(int[] pids) {
    for (int pid : pids) {
      for (String open : Descriptors.targets(pid)) {
        String kind = KINDS.get(open);
        if (kind != null) {
          return Optional.of("the program uses " + kind + ", which CRIU cannot save");
        }
      }
    }
    return Optional.empty();
  }
}
