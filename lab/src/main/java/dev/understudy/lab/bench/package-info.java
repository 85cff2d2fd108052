// SPDX-License-Identifier: Apache-2.0
/**
 * Crashes nodes of a lab and measures what a client saw. {@link
 * dev.understudy.lab.bench.CrashTrial} is one crash from a protected workload to a protected
 * workload, for demo and bench alike; {@link dev.understudy.lab.bench.Bench} repeats it and counts.
 * The lab is seen through {@link dev.understudy.lab.bench.Stage}, so that a scripted one on virtual
 * time can take its place.
 */
@NullMarked
package dev.understudy.lab.bench;

import org.jspecify.annotations.NullMarked;
