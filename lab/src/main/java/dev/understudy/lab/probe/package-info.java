// SPDX-License-Identifier: Apache-2.0
/**
 * The outside client that measures: {@link dev.understudy.lab.probe.Probe} asks, {@link
 * dev.understudy.lab.probe.Samples} is what it saw, {@link dev.understudy.lab.probe.OutageAnalysis}
 * is pure arithmetic on that. All times are nanoseconds of the host's CLOCK_BOOTTIME.
 */
@NullMarked
package dev.understudy.lab.probe;

import org.jspecify.annotations.NullMarked;
