// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file, so that a user sees all of it at once. */
final class Problems {
  private static final Comparator<ClusterProblem> FILE_ORDER =
      Comparator.comparingInt(ClusterProblem::line).thenComparingInt(ClusterProblem::column);

  private final List<ClusterProblem> found = new ArrayList<>();

  /** Line and column count from 1; both are 0 for the file as a whole. */
  void add(int line, int column, String path, String sentence) {
    found.add(new ClusterProblem(line, column, path, sentence));
  }

  int count() {
    return found.size();
  }

  List<ClusterProblem> inFileOrder() {
    return found.stream().sorted(FILE_ORDER).toList();
  }
}
