// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The host's programs that a lab and its agents run, and how they are found and started. */
public final class HostPrograms {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** All that a program inherits, so that the caller's environment changes nothing. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", PATH, "HOME", "/root", "LANG", "C.UTF-8");

  /** What must be there: programs that every Debian has, being essential or required. */
  public static final List<String> NEEDED =
      List.of(
          "cat",
          "cp",
          "mkdir",
          "mkfifo",
          "mount",
          "mountpoint",
          "nice",
          "nsenter",
          "setpriv",
          "setsid",
          "sh",
          "sleep",
          "tail",
          "tar",
          "umount",
          "unshare",
          "wc");

  /** The packages that bring {@link #NEEDED}. */
  public static final String PACKAGES = "util-linux, mount, coreutils, tar and dash";

  /** What must be there until the tools are fetched. */
  public static final List<String> FETCHING = List.of("apt-cache", "apt-get", "dpkg");

  private HostPrograms() {}

  /** Where a program is, if it is installed. */
  public static Optional<Path> find(String program) {
    return Arrays.stream(PATH.split(":", -1))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Those that are not installed, in the order of the list. */
  public static List<String> missing(List<String> programs) {
    Stream<String> absent = programs.stream().filter(program -> find(program).isEmpty());
    return absent.toList();
  }

  /** A process to be started with the small environment, in the root folder. */
  public static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(ENVIRONMENT);
    builder.directory(new File("/"));
    return builder;
  }
}
