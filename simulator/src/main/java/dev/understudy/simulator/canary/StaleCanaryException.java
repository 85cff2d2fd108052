// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

/** A canary does not fit the sources any more; somebody has to adapt it to them. */
public final class StaleCanaryException extends Exception {
  StaleCanaryException(String what) {
    super(what);
  }
}
