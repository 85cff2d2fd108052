// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

/**
 * One thing that is wrong with a cluster file.
 *
 * @param line where, from 1; 0 when it concerns the file as a whole
 * @param column where in the line, from 1; 0 when it concerns the file as a whole
 * @param path the key, for example {@code workloads[0].memory}; empty outside every key
 * @param sentence what is wrong, what is allowed, what to do
 */
public record ClusterProblem(int line, int column, String path, String sentence) {

  /** The problem as one line, for example {@code cluster.yaml:12: workloads[0].port: ...}. */
  String describe(String file) {
    String where = line == 0 ? file : file + ":" + line;
    return where + ": " + (path.isEmpty() ? "" : path + ": ") + sentence;
  }
}
