// SPDX-License-Identifier: Apache-2.0
/**
 * Every safety time of the protocol, derived and checked in one place. All durations are
 * nanoseconds.
 */
@NullMarked
package dev.understudy.core.timing;

import org.jspecify.annotations.NullMarked;
