// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

/** What was read is not what this build writes. Without a trace: strangers can cause it. */
final class MalformedDatagram extends Exception {
  private static final long serialVersionUID = 1;

  MalformedDatagram() {
    super(null, null, false, false);
  }
}
