// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

/**
 * Something the agent would like to have from the host and can do without.
 *
 * @param what what was asked for
 * @param worked whether the host granted it
 * @param why the refusal in words; empty when it worked
 */
public record Attempt(String what, boolean worked, String why) {
  static Attempt of(String what, long result, String advice) {
    if (result >= 0) {
      return new Attempt(what, true, "");
    }
    int errno = (int) -result;
    return new Attempt(what, false, Errno.name(errno) + " (" + errno + "): " + advice);
  }

  @Override
  public String toString() {
    return what + ": " + (worked ? "yes" : "no, " + why);
  }
}
