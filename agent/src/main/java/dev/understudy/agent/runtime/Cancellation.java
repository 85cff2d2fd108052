// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.util.ArrayList;
import java.util.List;

/** The wish that a piece of work ends early. The work says how it is ended, from any thread. */
public final class Cancellation {
  private final List<Runnable> ends = new ArrayList<>();
  private boolean cancelled;

  /** Ends the work, on the calling thread, which may have to wait for the kernel. */
  public void cancel() {
    List<Runnable> now;
    synchronized (this) {
      cancelled = true;
      now = List.copyOf(ends);
    }
    now.forEach(Runnable::run);
  }

  /** Whether {@link #cancel} was called. */
  public synchronized boolean cancelled() {
    return cancelled;
  }

  /** A part of the work that can be ended; closed when it is over. */
  public interface Part extends AutoCloseable {
    @Override
    void close();
  }

  /** Has a part of the work ended that way when it is cancelled, or now if it is already. */
  public Part during(Runnable end) {
    boolean late;
    synchronized (this) {
      ends.add(end);
      late = cancelled;
    }
    if (late) {
      end.run();
    }
    return () -> remove(end);
  }

  private synchronized void remove(Runnable end) {
    ends.remove(end);
  }
}
