// SPDX-License-Identifier: Apache-2.0
/**
 * The repository's own checks. {@link dev.understudy.tidy.Repository} reads the files, {@link
 * dev.understudy.tidy.Rules} and {@link dev.understudy.tidy.Layering} judge one file each and know
 * nothing of the disk, {@link dev.understudy.tidy.Tracing} judges the protocol's rules against code
 * and tests, {@link dev.understudy.tidy.RepositoryTest} applies them to what is there, {@link
 * dev.understudy.tidy.RulesTest} and {@link dev.understudy.tidy.TracingTest} show that each of them
 * finds a planted violation.
 */
@NullMarked
package dev.understudy.tidy;

import org.jspecify.annotations.NullMarked;
