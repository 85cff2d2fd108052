// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Closes a socket at a time limit, unless the work was done before: a socket's own time-out covers
 * single reads and no writes at all.
 */
final class SocketDeadline implements AutoCloseable {
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicBoolean struck = new AtomicBoolean();

  SocketDeadline(Socket socket, long nanos) {
    Thread.ofVirtual().name("ship-deadline").start(() -> guard(socket, nanos));
  }

  /** Whether the limit struck. */
  boolean struck() {
    return struck.get();
  }

  private void guard(Socket socket, long nanos) {
    try {
      if (!done.await(nanos, TimeUnit.NANOSECONDS)) {
        struck.set(true);
        socket.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new IllegalStateException("closing a socket failed", e);
    }
  }

  @Override
  public void close() {
    done.countDown();
  }
}
