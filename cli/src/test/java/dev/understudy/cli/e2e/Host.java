// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.tools.ToolCache;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import dev.understudy.lab.tools.ToolsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What tests need of this machine, and eyes for what is left on it. */
final class Host {
  /** The checkout; tests run in their module's folder. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final List<Path> HIERARCHIES =
      List.of(
          Path.of("/sys/fs/cgroup"),
          Path.of("/sys/fs/cgroup/memory"),
          Path.of("/sys/fs/cgroup/unified"));

  private Host() {}

  /** The tools, or a skipped test that says why. */
  static Tools tools(ToolGroup... groups) throws InterruptedException {
    try {
      Lab.requireHost();
      return new ToolCache(System.out::println).provide(groups);
    } catch (LabException | ToolsException e) {
      assumeTrue(false, e.getMessage());
      throw new IllegalStateException(e);
    }
  }

  /** A folder for programs: on the root file system, which a temporary folder may not be. */
  static Path folder(String name) throws IOException {
    return Files.createDirectories(ROOT.resolve("target/e2e").resolve(name));
  }

  /** An executable of the PATH that is no script of a version manager. */
  static Optional<Path> program(String name) throws IOException {
    for (String folder : System.getenv("PATH").split(":", -1)) {
      Path file = Path.of(folder, name);
      if (Files.isExecutable(file) && isElf(file)) {
        return Optional.of(file.toRealPath());
      }
    }
    return Optional.empty();
  }

  private static boolean isElf(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(4), StandardCharsets.ISO_8859_1).equals("\u007fELF");
    }
  }

  static Path script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Everything that a lab with that state folder has left: processes, mounts, cgroups, files. */
  static List<String> remains(Path stateRoot, String lab) throws IOException {
    List<String> found = new ArrayList<>(processes(stateRoot));
    Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(line -> line.contains(stateRoot.toString()))
        .forEach(line -> found.add("mount " + line));
    String group = "understudy-" + lab + "." + Integer.toHexString(stateRoot.toString().hashCode());
    for (Path hierarchy : HIERARCHIES) {
      if (Files.exists(hierarchy.resolve(group))) {
        found.add("cgroup " + hierarchy.resolve(group));
      }
    }
    if (Files.exists(stateRoot.resolve(lab))) {
      found.add("folder " + stateRoot.resolve(lab));
    }
    return found;
  }

  /** Processes that have that folder in their command line or environment. */
  static List<String> processes(Path stateRoot) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      for (Path process : all.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
        long pid = Long.parseLong(process.getFileName().toString());
        String text = read(process.resolve("cmdline")) + read(process.resolve("environ"));
        if (pid != ProcessHandle.current().pid() && text.contains(stateRoot.toString())) {
          found.add("process " + pid + " " + read(process.resolve("cmdline")).replace('\0', ' '));
        }
      }
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }
}
