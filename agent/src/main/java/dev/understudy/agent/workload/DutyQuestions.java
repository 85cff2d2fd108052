// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** What other threads ask the duty cycle about a workload, and wait for. */
final class DutyQuestions {
  private final Reports reports;

  DutyQuestions(Reports reports) {
    this.reports = reports;
  }

  /** Has it answered there; the other answer is for who is interrupted while it waits. */
  <T> T ask(Supplier<T> question, Supplier<T> interrupted) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    reports.post(() -> answer.complete(question.get()));
    return await(answer, interrupted);
  }

  /** Waits for an answer that is given elsewhere. */
  static <T> T await(CompletableFuture<T> answer, Supplier<T> interrupted) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return interrupted.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Why whoever was interrupted got no answer. */
  static Optional<String> stopping() {
    return Optional.of("the agent is stopping");
  }
}
