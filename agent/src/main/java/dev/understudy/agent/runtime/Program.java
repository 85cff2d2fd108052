// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.util.List;
import java.util.SortedMap;

/**
 * What to start.
 *
 * @param command program and arguments
 * @param environment complete: nothing is inherited
 * @param workingDirectory absolute, inside the root
 * @param uid user ID inside
 * @param gid group ID inside
 */
public record Program(
    List<String> command,
    SortedMap<String, String> environment,
    String workingDirectory,
    int uid,
    int gid) {
  public Program {
    command = List.copyOf(command);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("no command");
    }
  }
}
