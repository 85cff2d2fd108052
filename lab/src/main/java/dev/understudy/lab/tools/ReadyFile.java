// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a finished group, in {@code GROUP.ready}. The file is written last and appears
 * at once, so a group without it is not finished, whatever else is there.
 *
 * @param home the folder whose path stands inside the programs
 * @param packages as lines of a pin file, by name
 * @param versions of the programs, by name
 * @param sums what {@link Programs#sum} says of them, by name; those that are not here are not
 *     looked at
 */
record ReadyFile(
    String home,
    Map<String, String> packages,
    Map<String, String> versions,
    Map<String, String> sums) {

  static Path of(Path home, ToolGroup group) {
    return home.resolve(group.pinName() + ".ready");
  }

  /** Empty if the group is not finished, was finished in another place, or was changed since. */
  static Optional<ReadyFile> read(Path home, ToolGroup group) throws IOException {
    Path file = of(home, group);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    ReadyFile ready = parse(Files.readString(file));
    boolean valid =
        ready.home().equals(home.toString())
            && Programs.present(home, group)
            && ready.changed().isEmpty();
    return valid ? Optional.of(ready) : Optional.empty();
  }

  /** The programs that are not what they were when they were fetched. */
  List<String> changed() throws IOException {
    List<String> changed = new ArrayList<>();
    for (Map.Entry<String, String> one : sums.entrySet()) {
      if (!Programs.sum(Path.of(home), one.getKey()).equals(one.getValue())) {
        changed.add(one.getKey());
      }
    }
    return changed;
  }

  static ReadyFile parse(String text) {
    String home = "";
    Map<String, String> packages = new LinkedHashMap<>();
    Map<String, String> versions = new LinkedHashMap<>();
    Map<String, String> sums = new LinkedHashMap<>();
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "home" -> home = words[1];
        case "program", "library" -> packages.put(words[1], line);
        case "runs" -> versions.put(words[1], words[2]);
        case "sum" -> sums.put(words[1], words[2]);
        default -> throw new IllegalStateException("a ready file with the line: " + line);
      }
    }
    return new ReadyFile(home, packages, versions, sums);
  }

  String text() {
    List<String> lines = new ArrayList<>(List.of("home " + home));
    lines.addAll(packages.values());
    versions.forEach((program, version) -> lines.add("runs " + program + " " + version));
    sums.forEach((program, sum) -> lines.add("sum " + program + " " + sum));
    return String.join("\n", lines) + "\n";
  }

  void write(Path folder, ToolGroup group) throws IOException {
    Path file = of(folder, group);
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(draft, text());
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
