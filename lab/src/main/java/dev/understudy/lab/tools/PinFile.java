// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import dev.understudy.agent.runtime.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The list of packages with their versions and checksums. The format is described at the top of
 * {@code tools.pins}.
 *
 * @param suite the Debian suite
 * @param minimums the lowest upstream version that will do, by package
 * @param groups the packages of each group, in the order of the file
 * @param hash names this very list; it is a part of the cache folder's name
 */
record PinFile(
    String suite, Map<String, String> minimums, Map<String, List<Entry>> groups, String hash) {

  /** One acceptable version of a package and the SHA-256 of its file, in lower-case hex. */
  record Pin(String version, String sha256) {}

  /**
   * A package of a group.
   *
   * @param program whether it is wanted for itself, not only because another one needs it
   * @param alternates in order of preference; none for a library that the suite has new
   */
  record Entry(String name, boolean program, List<Pin> alternates) {
    Entry {
      alternates = List.copyOf(alternates);
    }
  }

  /** The list that is shipped with the program. */
  static PinFile bundled() {
    try (InputStream in = PinFile.class.getResourceAsStream("tools.pins")) {
      if (in == null) {
        throw new IllegalStateException("tools.pins is not beside " + PinFile.class.getName());
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("tools.pins cannot be read", e);
    }
  }

  /** Throws IllegalArgumentException with the line's number if the text is not a pin file. */
  static PinFile parse(String text) {
    String suite = "";
    Map<String, String> minimums = new LinkedHashMap<>();
    Map<String, List<Entry>> groups = new LinkedHashMap<>();
    String group = "";
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String[] words = line.strip().split("\\s+", -1);
      if (words[0].isEmpty() || words[0].startsWith("#")) {
        continue;
      }
      switch (words[0] + " " + words.length) {
        case "suite 2" -> suite = words[1];
        case "minimum 3" -> minimums.put(words[1], words[2]);
        case "group 2" -> group = words[1];
        case "program 4", "library 4" -> {
          if (group.isEmpty() || !words[3].matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("tools.pins, line " + number + ": " + line);
          }
          add(groups.computeIfAbsent(group, _ -> new ArrayList<>()), words);
        }
        default -> throw new IllegalArgumentException("tools.pins, line " + number + ": " + line);
      }
    }
    if (suite.isEmpty() || groups.isEmpty()) {
      throw new IllegalArgumentException("tools.pins names no suite or no packages");
    }
    return new PinFile(suite, minimums, groups, Digests.hexOfText(text).substring(0, 12));
  }

  private static void add(List<Entry> entries, String[] words) {
    Pin pin = new Pin(words[2], words[3]);
    for (int i = 0; i < entries.size(); i++) {
      Entry known = entries.get(i);
      if (known.name().equals(words[1])) {
        List<Pin> alternates = new ArrayList<>(known.alternates());
        alternates.add(pin);
        entries.set(i, new Entry(known.name(), known.program(), alternates));
        return;
      }
    }
    entries.add(new Entry(words[1], words[0].equals("program"), List.of(pin)));
  }

  List<Entry> entries(ToolGroup group) {
    List<Entry> entries = groups.get(group.pinName());
    if (entries == null) {
      throw new IllegalStateException("tools.pins has no group " + group.pinName());
    }
    return entries;
  }
}
