// SPDX-License-Identifier: Apache-2.0
/** What an agent tells and takes over HTTP, and the journal of its events. */
@NullMarked
package dev.understudy.agent.control;

import org.jspecify.annotations.NullMarked;
