// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.linux.Poller;
import java.util.ArrayList;
import java.util.List;

/** Processes whose end the duty cycle hears of at once. Belongs to that thread. */
final class ExitWatch {
  private record Watched(int index, PidFd process, Runnable onExit) {}

  private final Poller poller;
  private final List<Watched> watched = new ArrayList<>();

  ExitWatch(Poller poller) {
    this.poller = poller;
  }

  /** Calls back once when the process has exited, and closes it then. */
  void watch(PidFd process, Runnable onExit) {
    watched.add(new Watched(poller.add(process.fd()), process, onExit));
  }

  /** Forgets and closes a process. */
  void unwatch(PidFd process) {
    watched.stream().filter(w -> w.process == process).toList().forEach(this::forget);
  }

  /** Calls back for every process that the last wait found ended. */
  void drain() {
    List<Watched> ended = watched.stream().filter(w -> poller.ready(w.index)).toList();
    for (Watched one : ended) {
      forget(one);
      one.onExit.run();
    }
  }

  private void forget(Watched one) {
    watched.remove(one);
    poller.remove(one.index);
    one.process.close();
  }
}
