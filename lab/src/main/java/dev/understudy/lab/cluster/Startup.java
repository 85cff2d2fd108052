// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lab's start as steps, one after the other; everything is taken away again when a step fails or
 * this process is told to end. Each step and the taking away exclude one another, so that nothing
 * is made after it was looked for.
 */
public final class Startup {
  private final StateFolder folder;
  private final Consumer<String> progress;
  private final Step removal;
  private final String advice;
  private final ReentrantLock stepping = new ReentrantLock();
  private final Thread hook = new Thread(this::interrupted, "lab-down");

  /** Guards the two below it; held for moments, unlike {@link #stepping}. */
  private final Object telling = new Object();

  private @Nullable Thread interruptible;
  private boolean ending;

  private @Nullable LabLock lock;
  private @Nullable Spawned keeper;
  private @Nullable Step closing;
  private boolean over;

  /** Something to do. */
  public interface Step {
    void run() throws LabException;
  }

  /**
   * A start that has not begun.
   *
   * @param removal ends what is left in the folder and empties it
   * @param advice the command that tries the removal again
   */
  public Startup(StateFolder folder, Consumer<String> progress, Step removal, String advice) {
    this.folder = folder;
    this.progress = progress;
    this.removal = removal;
    this.advice = advice;
  }

  /** From here on, whoever tells this process to end takes away what was started. */
  public void begin() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Does something, unless it is too late for it. */
  public void step(Step step) throws LabException {
    stepping.lock();
    try {
      if (over) {
        throw LabException.failed("Lab " + folder.lab() + " is being taken away.");
      }
      step.run();
    } finally {
      stepping.unlock();
    }
  }

  /**
   * Does something that takes long and makes nothing but files in the lab's folder: whoever tells
   * this process to end interrupts its thread.
   */
  public void longStep(Step step) throws LabException {
    step(() -> {
      synchronized (telling) {
        requireTime();
        interruptible = Thread.currentThread();
      }
      try {
        step.run();
      } finally {
        synchronized (telling) {
          interruptible = null;
          // What went wrong was the interrupt's doing, and no fault of what is started.
          requireTime();
        }
      }
    });
  }

  private void requireTime() throws LabException {
    if (ending) {
      throw LabException.failed("Lab " + folder.lab() + " is being taken away.");
    }
  }

  /** Takes the right to change this lab; called in a step. */
  public void takeLock() throws LabException {
    lock = folder.lock();
  }

  /** The right to change this lab, once it was taken. */
  public Optional<LabLock> lock() {
    return Optional.ofNullable(lock);
  }

  /** Takes care of a keeper that was just started; called in a step. */
  public void keep(Spawned started) {
    keeper = started;
  }

  /** Says what to let go of when the lab is taken away; called in a step. */
  public void whenTakenAway(Step close) {
    closing = close;
  }

  /** Forgets that we came: this lab is somebody else's; called in a step. */
  public void withdraw() throws LabException {
    over = true;
    release();
    forgetHook();
  }

  /**
   * From here on the lab stays without this process; called in a step.
   *
   * @param remembering writes that down
   */
  public void letGo(Step remembering) throws LabException {
    Spawned held = keeper;
    if (held == null) {
      throw new IllegalStateException("nobody started a keeper");
    }
    held.say("stay");
    remembering.run();
    held.close();
    over = true;
    forgetHook();
  }

  /** Ends everything that was started, whatever it was; more calls do nothing. */
  public void takeAway() {
    stepping.lock();
    try {
      takeAwayNow();
      forgetHook();
    } finally {
      stepping.unlock();
    }
  }

  private void forgetHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This process is ending already; the hook finds nothing left to do.
    }
  }

  /** This process is told to end. */
  void interrupted() {
    synchronized (telling) {
      ending = true;
      if (interruptible != null) {
        interruptible.interrupt();
      }
    }
    stepping.lock();
    try {
      if (!over) {
        progress.accept("taking lab " + folder.lab() + " away");
      }
      takeAwayNow();
    } finally {
      stepping.unlock();
    }
  }

  private void takeAwayNow() {
    if (over) {
      return;
    }
    over = true;
    // An interrupt that brought us here must not cut this short.
    boolean interrupted = Thread.interrupted();
    try {
      Spawned held = keeper;
      if (held != null) {
        held.close();
        Teardown.kill(held.init());
      }
      if (lock != null) {
        removal.run();
        folder.remove();
      }
      if (closing != null) {
        closing.run();
      }
      release();
    } catch (LabException e) {
      // The caller is on its way out already, with a reason of its own.
      progress.accept(e.getMessage() + " \"" + advice + "\" tries again.");
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void release() throws LabException {
    LabLock held = lock;
    lock = null;
    if (held != null) {
      held.close();
    }
  }
}
