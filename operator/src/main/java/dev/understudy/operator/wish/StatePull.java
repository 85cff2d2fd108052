// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.wish;

/**
 * How a program's state is read over HTTP, and put back after a start.
 *
 * @param path of the request, beginning with a slash
 * @param port on which the program answers
 * @param intervalNanos from one reading to the next
 * @param limitBytes a longer answer is refused, and the former one stays
 * @param elsewhere whether a start on another node gets the state too, or only one in place
 */
public record StatePull(
    String path, int port, long intervalNanos, long limitBytes, boolean elsewhere) {
  /** What a policy that does not say it, and every annotation, means. */
  public static final long USUAL_LIMIT_BYTES = 16L << 20;

  /** Most that a policy may ask for: agents keep it in memory. */
  public static final long LIMIT_MOST_BYTES = 256L << 20;
}
