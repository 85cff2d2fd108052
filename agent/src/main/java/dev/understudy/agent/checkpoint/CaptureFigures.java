// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.api.records.CriuDump;

/**
 * What one capture took, for the records.
 *
 * @param runningNanos from its beginning until the program went on
 * @param composeBeginMillis wall-clock time at which describing the files began
 * @param composeNanos describing and committing them
 * @param criu CRIU's own figures
 */
public record CaptureFigures(
    long runningNanos, long composeBeginMillis, long composeNanos, CriuDump criu) {}
