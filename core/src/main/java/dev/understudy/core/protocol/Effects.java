// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Collects what one step wants done; most steps want little. */
final class Effects {
  private List<Command> commands = List.of();
  private List<Verdict> verdicts = List.of();
  private SortedSet<String> hurried = Collections.emptySortedSet();

  void run(Command command) {
    if (commands.isEmpty()) {
      commands = new ArrayList<>();
    }
    commands.add(command);
  }

  void say(Verdict verdict) {
    if (verdicts.isEmpty()) {
      verdicts = new ArrayList<>();
    }
    verdicts.add(verdict);
  }

  /** These peers have to hear of it now, not with the next beat. */
  void hurry(List<String> peers) {
    if (hurried.isEmpty()) {
      hurried = new TreeSet<>();
    }
    hurried.addAll(peers);
  }

  List<Command> commands() {
    return Collections.unmodifiableList(commands);
  }

  List<Verdict> verdicts() {
    return Collections.unmodifiableList(verdicts);
  }

  SortedSet<String> hurried() {
    return hurried;
  }
}
