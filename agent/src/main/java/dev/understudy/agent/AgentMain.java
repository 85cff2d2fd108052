// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.linux.Attempt;
import dev.understudy.agent.linux.Scheduling;
import dev.understudy.api.cluster.ClusterFileException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One node's agent: reads its options, builds everything, runs the duty cycle until it is told. */
public final class AgentMain {
  private static final int REAL_TIME_PRIORITY = 50;
  private static final int NICE = -10;
  private static final long SLACK_NANOS = 1;
  private static final int END_SECONDS = 15;
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;
  private static final int EXIT_BROKEN = 70;

  private AgentMain() {}

  /** Exits 1 when it cannot start, 2 on wrong options, 70 on a broken invariant. */
  public static void main(String[] arguments) {
    AgentOptions options;
    try {
      options = AgentOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("understudy-agent: " + e.getMessage());
      System.exit(EXIT_USAGE);
      return;
    }
    Thread.setDefaultUncaughtExceptionHandler(AgentMain::broken);
    try {
      run(options);
    } catch (IOException | ClusterFileException e) {
      System.err.println("understudy-agent: cannot start: " + e.getMessage());
      System.exit(EXIT_FAILED);
    }
  }

  private static void run(AgentOptions options) throws IOException, ClusterFileException {
    Attempt locked = Scheduling.tryLockMemory();
    Attempt preferred = Scheduling.niceThisProcess(NICE);
    Attempt pauses = Scheduling.tryRealTimePauses(REAL_TIME_PRIORITY - 1);
    PlannedAgent.Runner runner = agent -> cycle(agent, locked, preferred, pauses);
    CountDownLatch ended = new CountDownLatch(1);
    try {
      if (options.listen().isPresent()) {
        PlannedAgent planned = PlannedAgent.open(options);
        atEnd(planned::stop, ended);
        planned.run(runner);
      } else {
        try (Agent agent = Agent.build(options)) {
          atEnd(agent::stop, ended);
          runner.run(agent);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
  }

  private static void cycle(Agent agent, Attempt locked, Attempt preferred, Attempt pauses)
      throws InterruptedException {
    Thread duty =
        Thread.ofPlatform()
            .name("duty-cycle")
            .unstarted(() -> {
              Attempt first = Scheduling.tryRealTime(REAL_TIME_PRIORITY);
              Attempt slack = Scheduling.timerSlack(SLACK_NANOS);
              agent.run(locked, preferred, pauses, first, slack);
            });
    duty.start();
    duty.join();
  }

  private static void atEnd(Runnable stop, CountDownLatch ended) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stop, ended), "stop"));
  }

  /** The virtual machine ends when this returns, so it waits until nothing is left behind. */
  private static void stop(Runnable stop, CountDownLatch ended) {
    stop.run();
    try {
      if (!ended.await(END_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("understudy-agent: not everything ended in " + END_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A broken invariant: the gates shut by themselves, so dying at once is the safe thing to do. */
  static void broken(Thread thread, Throwable thrown) {
    System.err.println("understudy-agent: broken on thread " + thread.getName());
    thrown.printStackTrace();
    Runtime.getRuntime().halt(EXIT_BROKEN);
  }
}
