// SPDX-License-Identifier: Apache-2.0
/**
 * The one thread that decides, {@link dev.understudy.agent.duty.DutyCycle}: drain, step, execute,
 * wait. What other threads want of it comes through {@link dev.understudy.agent.duty.Mailbox}, the
 * end of programs through {@link dev.understudy.agent.duty.ExitWatch}.
 */
@NullMarked
package dev.understudy.agent.duty;

import org.jspecify.annotations.NullMarked;
