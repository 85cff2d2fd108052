// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

/** The caller of the control API gets a code of HTTP and a sentence instead of what it wanted. */
public final class Refused extends Exception {
  private static final long serialVersionUID = 1;

  static final int BAD_REQUEST = 400;
  static final int UNAUTHORIZED = 401;
  static final int NOT_FOUND = 404;
  static final int WRONG_METHOD = 405;
  static final int CONFLICT = 409;
  static final int FAILED = 500;
  static final int BUSY = 503;

  private final int code;

  Refused(int code, String message) {
    super(message);
    this.code = code;
  }

  /** Something that was named is not known here. */
  public static Refused unknown(String message) {
    return new Refused(NOT_FOUND, message);
  }

  /** It was not understood. */
  public static Refused badRequest(String message) {
    return new Refused(BAD_REQUEST, message);
  }

  /** This side failed. */
  public static Refused failed(String message) {
    return new Refused(FAILED, message);
  }

  /** There was no time for an answer; the same may be asked again. */
  public static Refused busy(String message) {
    return new Refused(BUSY, message);
  }

  /** It cannot be done at present. */
  public static Refused conflict(String message) {
    return new Refused(CONFLICT, message);
  }

  int code() {
    return code;
  }
}
