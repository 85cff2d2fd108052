// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

/**
 * Whether a Deployment is protected at this moment.
 *
 * @param holds whether a live standby holds a copy of what runs now
 * @param reason one word for programs
 * @param message for people: what is so, or what is being done or waited for
 */
public record Progress(boolean holds, String reason, String message) {
  static Progress not(String reason, String message) {
    return new Progress(false, reason, message);
  }
}
