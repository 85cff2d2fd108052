// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.scenario;

/** A scenario says what nobody understands, or expects what did not come. */
public final class ScenarioException extends Exception {
  ScenarioException(int line, String what) {
    super("line " + line + ": " + what);
  }
}
