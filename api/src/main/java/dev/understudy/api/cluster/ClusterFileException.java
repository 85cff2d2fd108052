// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A cluster file was refused. Its message holds every problem on a line of its own, in the order of
 * the file: {@code cluster.yaml:12: workloads[0].memory: ...}.
 */
public final class ClusterFileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String message;
  private final transient List<ClusterProblem> problems;

  ClusterFileException(String file, List<ClusterProblem> problems) {
    this.message = problems.stream().map(p -> p.describe(file)).collect(Collectors.joining("\n"));
    if (problems.isEmpty()) {
      throw new IllegalStateException(file + " is refused without a problem");
    }
    this.problems = List.copyOf(problems);
  }

  @Override
  public String getMessage() {
    return message;
  }

  /** Everything that was found, in the order of the file; never empty. */
  public List<ClusterProblem> problems() {
    return problems;
  }
}
