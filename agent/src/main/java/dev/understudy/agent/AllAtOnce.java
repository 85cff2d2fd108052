// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Closes several things at the same time, so that it takes as long as the slowest of them. */
final class AllAtOnce {
  private AllAtOnce() {}

  /**
   * Returns when all are closed.
   *
   * @throws IOException the first failure, with the others; everything was closed as far as it goes
   */
  static void close(List<? extends Closeable> all) throws IOException {
    List<CompletableFuture<Optional<Throwable>>> ends = new ArrayList<>();
    for (Closeable one : all) {
      CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();
      ends.add(end);
      Thread.ofPlatform().name("close").start(() -> end.complete(failure(one)));
    }
    List<Throwable> failures = ends.stream().flatMap(end -> end.join().stream()).toList();
    if (!failures.isEmpty()) {
      Throwable first = failures.getFirst();
      IOException failure = new IOException("closing failed: " + first.getMessage(), first);
      failures.stream().skip(1).forEach(failure::addSuppressed);
      throw failure;
    }
  }

  private static Optional<Throwable> failure(Closeable one) {
    try {
      one.close();
      return Optional.empty();
    } catch (IOException | RuntimeException | Error e) {
      return Optional.of(e);
    }
  }
}
