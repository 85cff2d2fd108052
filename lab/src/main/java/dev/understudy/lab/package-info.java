// SPDX-License-Identifier: Apache-2.0
/**
 * A whole cluster on one machine, with real agents. {@code tools} fetches what agents call, {@code
 * doctor} checks the host, {@code cluster} makes nodes and breaks them, {@code probe} asks as an
 * outside client, {@code bench} measures crashes, {@code demo} tells one as a story.
 */
@NullMarked
package dev.understudy.lab;

import org.jspecify.annotations.NullMarked;
