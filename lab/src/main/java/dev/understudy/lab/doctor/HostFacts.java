// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.doctor;

import java.nio.file.Path;
import java.util.List;

/**
 * What was seen on a host, without judgement.
 *
 * @param uid the effective user
 * @param kernel the release, as {@code uname -r}
 * @param machine the architecture as Java names it
 * @param capabilities the effective set, capabilities(7), as in /proc/self/status
 * @param namespaces the result of making one of each kind, time included
 * @param overlay the result of mounting an overlay over {@code /}, written to a tmpfs
 * @param links the result of making a veth pair in a bridge
 * @param gate the result of attaching an output gate as an agent does
 * @param cgroups what controls memory
 * @param missing programs that a lab needs and this host lacks
 * @param missingToFetch programs that fetching the tools needs and this host lacks
 * @param javaFeature the version of this Java
 * @param memoryBytes free for new programs
 * @param diskBytes free in the cache folder
 * @param openFiles the hard limit
 * @param criu the result of {@code criu check}
 */
record HostFacts(
    long uid,
    String kernel,
    String machine,
    long capabilities,
    Attempt namespaces,
    Attempt overlay,
    Attempt links,
    GateAttempt gate,
    Cgroups cgroups,
    List<String> missing,
    List<String> missingToFetch,
    int javaFeature,
    long memoryBytes,
    long diskBytes,
    long openFiles,
    Criu criu) {

  /** Something that was tried. */
  sealed interface Attempt {
    /** It worked. */
    record Worked() implements Attempt {}

    /** It did not, and the reason is in the words of the program or the kernel. */
    record Failed(String reason) implements Attempt {}
  }

  /** An output gate that was tried. */
  sealed interface GateAttempt {
    /** The best kind that the kernel allows. */
    record Attached(String kind) implements GateAttempt {}

    /** It allows none. */
    record Refused(String reason) implements GateAttempt {}
  }

  /**
   * The control groups of this host.
   *
   * @param version in words: v1, v2, hybrid, or not mounted
   * @param node the result of making those of a node, in which memory can be limited
   */
  record Cgroups(String version, Attempt node) {}

  /** The state of CRIU, and of runc beside it, in the cache. */
  sealed interface Criu {
    /** The first run will fetch it. */
    record NotFetched() implements Criu {}

    /**
     * It is there.
     *
     * @param complaint the last line of {@code criu check}; empty if it is content
     */
    record Fetched(String version, String complaint) implements Criu {}

    /**
     * Fetched once, and does not even start.
     *
     * @param tool its file
     * @param home the folder of all tools
     */
    record Damaged(Path tool, Path home, String reason) implements Criu {}
  }
}
