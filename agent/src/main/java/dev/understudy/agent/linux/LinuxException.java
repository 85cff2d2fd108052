// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.io.IOException;

/** A system call that failed, as "bind udp 10.77.0.1:7400: EADDRINUSE (98)". */
public final class LinuxException extends IOException {
  private final String verb;
  private final int errno;

  /** A call on an object that ended with an errno. */
  public LinuxException(String verb, String object, int errno) {
    this(verb, object, errno, "");
  }

  /**
   * The same with what the kernel said beyond the number.
   *
   * @param detail an extended acknowledgement, a verifier's log; empty when there is none
   */
  public LinuxException(String verb, String object, int errno, String detail) {
    super(
        verb
            + (object.isEmpty() ? "" : " " + object)
            + ": "
            + Errno.name(errno)
            + " ("
            + errno
            + ")"
            + (detail.isEmpty() ? "" : ": " + detail));
    this.verb = verb;
    this.errno = errno;
  }

  /** What was tried. */
  public String verb() {
    return verb;
  }

  /** Why it failed, as the kernel's number; see {@link Errno}. */
  public int errno() {
    return errno;
  }
}
