// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.nio.file.Path;

/**
 * The programs that the agent calls besides those of every Debian.
 *
 * @param criu CRIU 4.2 or newer
 * @param runc runc 1.1 or newer
 */
public record ToolPaths(Path criu, Path runc) {}
