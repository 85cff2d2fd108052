// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Makes unpacked programs run where they are: each is copied into {@code bin} and the copy gets the
 * loader and the library path of the cache, so that it needs no wrapper and no environment, and
 * nothing of the host's C library.
 */
final class Programs {
  private static final String LIBRARIES = "usr/lib/x86_64-linux-gnu";
  private static final List<String> FOLDERS =
      List.of("usr/sbin", "usr/bin", "sbin", "bin", "usr/lib/cni", Tools.GO_ROOT + "/bin");
  private static final Pattern LISTED = Pattern.compile("\\s*(?:(\\S+) => )?(/\\S+|not found).*");
  private static final int LIMIT_SECONDS = 60;

  private final Path root;
  private final Path bin;
  private final Path libraries;
  private final Path loader;
  private final Commands commands;

  Programs(Path home, Path scratch) {
    this.root = home.resolve("root");
    this.bin = home.resolve("bin");
    this.libraries = root.resolve(LIBRARIES);
    this.loader = libraries.resolve("ld-linux-x86-64.so.2");
    this.commands = new Commands(scratch);
  }

  /** Installs the programs of a group, runs each, and returns the versions that they print. */
  Map<String, String> install(ToolGroup group) throws ToolsException, IOException {
    Files.createDirectories(bin);
    Map<String, String> versions = new LinkedHashMap<>();
    for (ToolGroup.Program program : group.programs()) {
      Path patched = bin.resolve(program.name() + ".new");
      Files.copy(unpacked(program.name()), patched, StandardCopyOption.REPLACE_EXISTING);
      boolean linked = ElfProgram.relink(patched, loader, libraries);
      Path installed = bin.resolve(program.name());
      Files.move(
          patched, installed, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      if (linked) {
        checkLibraries(installed);
      }
      versions.put(program.name(), version(program, installed));
    }
    return versions;
  }

  private Path unpacked(String name) throws ToolsException {
    return FOLDERS.stream()
        .map(folder -> root.resolve(folder).resolve(name))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(() ->
            new ToolsException(
                name + " is not in its package any more; update tools.pins for this suite"));
  }

  /** Asks the loader what it would load, as ldd does, and accepts only the cache's own files. */
  private void checkLibraries(Path program) throws ToolsException {
    Commands.Output output =
        commands.run(List.of(loader.toString(), "--list", program.toString()), LIMIT_SECONDS);
    List<String> foreign = foreignLibraries(output.out(), root);
    if (!foreign.isEmpty()) {
      throw new ToolsException(
          program.getFileName()
              + " needs "
              + String.join(", ", foreign)
              + ", which no package of tools.pins brings; add the package there");
    }
    if (!output.ok()) {
      throw ToolsException.failed("loading " + program, output);
    }
  }

  /** The libraries of a loader's list that are missing or come from outside of {@code root}. */
  static List<String> foreignLibraries(String list, Path root) {
    List<String> foreign = new ArrayList<>();
    for (String line : list.lines().toList()) {
      Matcher matcher = LISTED.matcher(line);
      if (matcher.matches() && !matcher.group(2).startsWith(root + "/")) {
        foreign.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
      }
    }
    return foreign;
  }

  private String version(ToolGroup.Program program, Path installed) throws ToolsException {
    List<String> command = new ArrayList<>(List.of(installed.toString()));
    command.addAll(program.check());
    Map<String, String> environment =
        Map.of(
            "PYTHONHOME",
            root.resolve("usr").toString(),
            "GOROOT",
            root.resolve(Tools.GO_ROOT).toString());
    Commands.Output output = commands.run(command, environment, LIMIT_SECONDS, () -> {});
    Matcher matcher = Pattern.compile(program.versionPattern()).matcher(output.all());
    if (!output.ok() || !matcher.find()) {
      throw ToolsException.failed("trying " + String.join(" ", command), output);
    }
    return matcher.group(1);
  }

  /** Unpacks a package over what is there, without running its scripts. */
  void unpack(Path deb) throws ToolsException {
    Commands.Output output =
        commands.run(List.of("dpkg", "-x", deb.toString(), root.toString()), LIMIT_SECONDS);
    if (!output.ok()) {
      throw ToolsException.failed("unpacking " + deb.getFileName(), output);
    }
  }

  /**
   * Tells an installed program from a damaged one: its size and its CRC-32. Whoever can write into
   * the cache on purpose needs no collision.
   */
  static String sum(Path home, String program) throws IOException {
    CRC32 crc = new CRC32();
    byte[] bytes = Files.readAllBytes(home.resolve("bin").resolve(program));
    crc.update(bytes);
    return bytes.length + "-" + Long.toHexString(crc.getValue());
  }

  /** Whether every program of a group is in its place. */
  static boolean present(Path home, ToolGroup group) {
    Stream<Path> programs =
        group.programs().stream().map(program -> home.resolve("bin").resolve(program.name()));
    return programs.allMatch(Files::isExecutable);
  }
}
