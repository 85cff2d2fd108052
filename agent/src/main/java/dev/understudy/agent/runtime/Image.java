// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * An unpacked image.
 *
 * @param digest {@code sha256:HEX} of its configuration, which names all layers
 * @param root its files
 * @param command entry point and its default arguments; may be empty
 * @param environment what it sets
 * @param workingDirectory absolute
 * @param uid user to run as
 * @param gid group to run as
 */
public record Image(
    String digest,
    Path root,
    List<String> command,
    SortedMap<String, String> environment,
    String workingDirectory,
    int uid,
    int gid) {}
