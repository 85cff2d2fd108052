// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.util.Optional;

/**
 * One copy of the workload, running or held: its processes and the files that they see.
 *
 * @param files torn down with the copy
 * @param tree its processes
 * @param runcId its name in runc when runc started it; empty when CRIU restored it
 */
public record Copy(RootFiles files, ProcessTree tree, Optional<String> runcId) {
  /** The process ID of its root, in the agent's PID namespace. */
  public int rootPid() {
    return tree.root();
  }
}
