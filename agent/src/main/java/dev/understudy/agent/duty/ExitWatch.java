// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.duty;

import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.linux.Poller;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Processes whose end the duty cycle hears of at once. Belongs to that thread. */
public final class ExitWatch implements AutoCloseable {
  private record Watched(int index, PidFd process, Runnable onExit) {}

  private final Poller poller;
  private final List<Watched> watched = new ArrayList<>();
  private final List<Runnable> ended = new ArrayList<>();

  /** Watches nothing yet; the poller is the duty cycle's. */
  public ExitWatch(Poller poller) {
    this.poller = poller;
  }

  /**
   * Calls back once when the process has exited, soon when it has already.
   *
   * @param later takes what this thread has to do soon
   * @return to be given to {@link #unwatch}; null when the process has ended
   */
  public @Nullable PidFd watch(int pid, Runnable onExit, Consumer<Runnable> later) {
    try {
      PidFd process = PidFd.open(pid);
      watched.add(new Watched(poller.add(process.fd()), process, onExit));
      return process;
    } catch (LinuxException e) {
      if (e.errno() != Errno.ESRCH) {
        throw new IllegalStateException("process " + pid + " cannot be watched: " + e, e);
      }
      later.accept(onExit);
      return null;
    }
  }

  /** Forgets and closes a process; nothing to do for null. */
  public void unwatch(@Nullable PidFd process) {
    watched.stream().filter(w -> w.process == process).toList().forEach(this::forget);
  }

  /** Calls back for every process that the last wait found ended. */
  void drain() {
    for (int i = watched.size() - 1; i >= 0; i--) {
      Watched one = watched.get(i);
      if (poller.ready(one.index)) {
        forget(one);
        ended.add(one.onExit);
      }
    }
    ended.forEach(Runnable::run);
    ended.clear();
  }

  private void forget(Watched one) {
    watched.remove(one);
    poller.remove(one.index);
    one.process.close();
  }

  /** Watches nothing any more; when the duty cycle has ended. */
  @Override
  public void close() {
    List.copyOf(watched).forEach(this::forget);
  }
}
