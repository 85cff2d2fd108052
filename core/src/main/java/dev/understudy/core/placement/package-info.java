// SPDX-License-Identifier: Apache-2.0
/** Which nodes run a workload and vote on it, when its user does not say. */
@NullMarked
package dev.understudy.core.placement;

import org.jspecify.annotations.NullMarked;
