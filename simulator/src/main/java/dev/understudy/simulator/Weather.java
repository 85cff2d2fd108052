// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

/** Which faults a campaign draws. */
public enum Weather {
  /** Everything that the protocol must survive. */
  ROUGH,
  /**
   * Only what its times are made for: short pauses, late timers, one frame in a hundred lost. No
   * healthy active may lose its reign.
   */
  MILD
}
