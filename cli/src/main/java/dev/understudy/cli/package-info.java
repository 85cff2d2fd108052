// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code understudy}. {@link dev.understudy.cli.Main} is the root, and each other
 * command is a class: it checks what it was given, calls {@code lab}, and prints. {@link
 * dev.understudy.cli.LabChoice} finds the lab that is meant, {@link dev.understudy.cli.Terminal}
 * keeps results apart from progress, {@link dev.understudy.cli.StatusText} shows a status to
 * people, {@link dev.understudy.cli.Failures} turns every exception into a sentence and an exit
 * code.
 *
 * <p>{@code docs/cli.md} is the manual; a test proves that it names every command and option.
 */
@NullMarked
package dev.understudy.cli;

import org.jspecify.annotations.NullMarked;
