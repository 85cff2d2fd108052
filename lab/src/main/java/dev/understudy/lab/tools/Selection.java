// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which version of each package to fetch.
 *
 * @param choices one for each package
 * @param moved packages of which the mirror has no pinned version any more, in words
 * @param gone libraries of which it has no version at all
 */
record Selection(List<Choice> choices, List<String> moved, List<String> gone) {
  Selection {
    choices = List.copyOf(choices);
    moved = List.copyOf(moved);
    gone = List.copyOf(gone);
  }

  /**
   * A package to fetch.
   *
   * @param pinnedSha256 empty if this version is not in the pin file
   */
  record Choice(String name, boolean program, String version, String pinnedSha256) {
    String nameAndVersion() {
      return name + "=" + version;
    }
  }

  /**
   * Prefers, for each package, the first pinned version that is available, then the suite's newest.
   * A program that is gone, or whose version is below its minimum, is refused.
   */
  static Selection of(
      List<PinFile.Entry> entries,
      Map<String, List<String>> available,
      Map<String, String> minimums,
      String suite)
      throws ToolsException {
    List<Choice> choices = new ArrayList<>();
    List<String> moved = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    for (PinFile.Entry entry : entries) {
      List<String> versions = available.getOrDefault(entry.name(), List.of());
      if (versions.isEmpty() && entry.program()) {
        throw new ToolsException(
            "the package "
                + entry.name()
                + " is gone from Debian "
                + suite
                + "; set UNDERSTUDY_DEBIAN_MIRROR to a complete mirror or update tools.pins");
      } else if (versions.isEmpty()) {
        gone.add(entry.name());
        continue;
      }
      Choice choice = choose(entry, versions);
      requireMinimum(choice, minimums, suite);
      if (choice.pinnedSha256().isEmpty() && !entry.alternates().isEmpty()) {
        moved.add(entry.name() + " " + entry.alternates().getFirst().version());
      }
      choices.add(choice);
    }
    return new Selection(choices, moved, gone);
  }

  private static Choice choose(PinFile.Entry entry, List<String> versions) {
    for (PinFile.Pin pin : entry.alternates()) {
      if (versions.contains(pin.version())) {
        return new Choice(entry.name(), entry.program(), pin.version(), pin.sha256());
      }
    }
    return new Choice(entry.name(), entry.program(), versions.getFirst(), "");
  }

  private static void requireMinimum(Choice choice, Map<String, String> minimums, String suite)
      throws ToolsException {
    String minimum = minimums.getOrDefault(choice.name(), "0");
    if (!atLeast(choice.version(), minimum)) {
      throw new ToolsException(
          "Debian "
              + suite
              + " offers "
              + choice.name()
              + " "
              + choice.version()
              + ", needed is at least "
              + minimum
              + "; set UNDERSTUDY_DEBIAN_MIRROR to a mirror that is up to date");
    }
  }

  /**
   * Compares the leading numbers of a Debian version's upstream part, deb-version(7), with a
   * minimum such as 4.2; a missing number counts as 0.
   */
  static boolean atLeast(String debianVersion, String minimum) {
    String upstream = debianVersion.replaceFirst("^[0-9]+:", "");
    String[] found = upstream.split("[^0-9]+", -1);
    String[] needed = minimum.split("\\.", -1);
    for (int i = 0; i < needed.length; i++) {
      boolean known = i < found.length && !found[i].isEmpty();
      int difference =
          Integer.compare(known ? Integer.parseInt(found[i]) : 0, Integer.parseInt(needed[i]));
      if (difference != 0) {
        return difference > 0;
      }
    }
    return true;
  }
}
