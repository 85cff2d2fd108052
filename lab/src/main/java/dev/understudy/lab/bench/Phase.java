// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

/**
 * One instant of a failover.
 *
 * @param name one of the constants
 * @param atMs milliseconds after the fault, negative before it
 * @param node who; "client" for what the client saw
 */
public record Phase(String name, double atMs, String node) {
  public static final String LAST_GOOD_ANSWER = "last-good-answer";
  public static final String FAULT = "fault";
  public static final String SUSPECTED = "suspected";
  public static final String ELECTED = "elected";
  public static final String WOKEN = "woken";
  public static final String ADDRESS_MOVED = "address-moved";
  public static final String FIRST_GOOD_ANSWER = "first-good-answer";
  public static final String PROTECTED_AGAIN = "protected-again";

  /** Who sees answers. */
  public static final String CLIENT = "client";
}
