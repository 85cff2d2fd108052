// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

/**
 * When a checkpoint stood in the way of answers, as the agent that took it says.
 *
 * @param fromNanos when the program was stopped, or earlier
 * @param toNanos when it ran again, or later
 */
public record CaptureSpan(long fromNanos, long toNanos) {}
