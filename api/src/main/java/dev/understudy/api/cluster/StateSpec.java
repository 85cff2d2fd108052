// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

/**
 * Where a program tells its state over HTTP, and takes it back: {@code GET} and {@code POST}.
 *
 * @param port TCP port of the requests
 * @param path of the requests, encoded as in a URL, with a query if it has one
 * @param limitBytes more than that is not taken
 */
public record StateSpec(int port, String path, long limitBytes) {
  /** The path where none is given. */
  public static final String PATH_USUAL = "/";

  /** The limit where none is given. */
  public static final long LIMIT_USUAL_BYTES = 16L << 20;
}
