// SPDX-License-Identifier: Apache-2.0
/**
 * Builds Kubernetes from its Go modules into the project's cache: nobody distributes its programs
 * in a way that every package registry carries, but the Go module proxy has its source.
 *
 * <p>{@link dev.understudy.lab.kubernetes.build.KubernetesBuild} decides whether there is anything
 * to do; the module that it builds lies beside this package's resources, with every version and
 * checksum pinned in its {@code go.mod} and {@code go.sum}. The compiler and what else a node runs
 * are Debian packages, see {@link dev.understudy.lab.tools.ToolGroup}.
 */
@NullMarked
package dev.understudy.lab.kubernetes.build;

import org.jspecify.annotations.NullMarked;
