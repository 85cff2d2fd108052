// SPDX-License-Identifier: Apache-2.0
/** Datagrams between nodes as bytes: compact, versioned, authenticated. */
@NullMarked
package dev.understudy.agent.wire;

import org.jspecify.annotations.NullMarked;
