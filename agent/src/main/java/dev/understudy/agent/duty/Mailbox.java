// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.duty;

import dev.understudy.agent.linux.EventFd;
import dev.understudy.core.protocol.Input;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What other threads have for the duty cycle, in order of arrival, bounded. */
public final class Mailbox implements AutoCloseable {
  /** Mail that nobody reads means that the reader is gone; then its writers may wait as well. */
  private static final int CAPACITY = 1_024;

  private static final int DRAIN_MOST = 256;

  /** What the duty cycle does with its mail. */
  public sealed interface Mail {
    /** An input, stamped when it is taken up. */
    record Told(LongFunction<Input> input) implements Mail {}

    /** Anything else that has to happen on that thread. */
    record Task(Runnable task) implements Mail {}
  }

  /** Takes up one piece of mail. */
  public interface Reader {
    void take(Mail mail);
  }

  /** The reader takes no lock that a thread of ordinary priority could hold while it waits. */
  private final Queue<Mail> queue = new ConcurrentLinkedQueue<>();

  private final Semaphore room = new Semaphore(CAPACITY);
  private final AtomicBoolean rung = new AtomicBoolean();
  private final ArrayDeque<Mail> own = new ArrayDeque<>();
  private final EventFd bell;
  private volatile @Nullable Thread reader;

  /** Empty; the bell wakes the duty cycle, which polls it. */
  public Mailbox(EventFd bell) {
    this.bell = bell;
  }

  /** Hands in an input from any thread; waits only when the mailbox is full. */
  public void tell(LongFunction<Input> input) {
    put(new Mail.Told(input));
  }

  /** Has something done on the duty cycle's thread; waits only when the mailbox is full. */
  public void post(Runnable task) {
    put(new Mail.Task(task));
  }

  private void put(Mail mail) {
    if (Thread.currentThread().equals(reader)) {
      // The reader must not wait for itself; how much it tells itself is bounded by what it reads.
      own.addLast(mail);
      ring();
      return;
    }
    try {
      room.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    queue.add(mail);
    ring();
  }

  /** The descriptor that is readable while there is mail. */
  int fd() {
    return bell.fd();
  }

  /** One system call for all mail that comes before the reader looks. */
  void ring() {
    if (rung.compareAndSet(false, true)) {
      bell.signal();
    }
  }

  /** Hands everything that is there to the reader, within limits. */
  public void drain(Reader taker) {
    reader = Thread.currentThread();
    bell.drain();
    rung.set(false);
    for (int i = 0; i < DRAIN_MOST; i++) {
      Mail mail = own.pollFirst();
      if (mail == null) {
        mail = queue.poll();
        if (mail == null) {
          return;
        }
        room.release();
      }
      taker.take(mail);
    }
    ring();
  }

  /** Nobody is woken any more; what comes is for nobody. */
  @Override
  public void close() {
    bell.close();
  }
}
