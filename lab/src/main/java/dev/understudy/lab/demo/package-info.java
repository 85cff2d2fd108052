// SPDX-License-Identifier: Apache-2.0
/** One failover as a story: what happened when, who did it, and what came back. */
@NullMarked
package dev.understudy.lab.demo;

import org.jspecify.annotations.NullMarked;
