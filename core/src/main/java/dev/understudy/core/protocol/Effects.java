// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Collects what one step wants done. */
final class Effects {
  private final List<Command> commands = new ArrayList<>();
  private final List<Verdict> verdicts = new ArrayList<>();
  private final SortedSet<String> hurried = new TreeSet<>();

  void run(Command command) {
    commands.add(command);
  }

  void say(Verdict verdict) {
    verdicts.add(verdict);
  }

  /** These peers have to hear of it now, not with the next beat. */
  void hurry(List<String> peers) {
    hurried.addAll(peers);
  }

  List<Command> commands() {
    return List.copyOf(commands);
  }

  List<Verdict> verdicts() {
    return List.copyOf(verdicts);
  }

  SortedSet<String> hurried() {
    return hurried;
  }
}
