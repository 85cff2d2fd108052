// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

/** How one request of the probe ended. */
public enum Verdict {
  /** Still in flight. */
  PENDING("in flight"),
  /** Status 200 with a counter, in time. */
  GOOD("good"),
  /** No connection within the connect timeout: nobody answers for the address. */
  CONNECT_TIMEOUT("no connection in time"),
  /** A reset in answer to the connection: the address is there, the program is not. */
  CONNECT_REFUSED("connection refused"),
  /** No route, or no neighbour with that address. */
  UNREACHABLE("address unreachable"),
  /** Connected, but no complete answer within the answer timeout: the program stands still. */
  ANSWER_TIMEOUT("no answer in time"),
  /** The connection was reset after it stood. */
  RESET("connection reset"),
  /** The connection ended before the answer was complete. */
  CUT_SHORT("answer cut short"),
  /** A complete answer of the wrong kind. */
  BAD_ANSWER("wrong answer"),
  /** The probe had too many requests in flight to send this one. */
  NOT_SENT("not sent");

  private final String text;

  Verdict(String text) {
    this.text = text;
  }

  /** For people. */
  public String text() {
    return text;
  }
}
