// SPDX-License-Identifier: Apache-2.0
/** The gates, tried on real links between fresh network namespaces. */
@NullMarked
package dev.understudy.agent.gate;

import org.jspecify.annotations.NullMarked;
