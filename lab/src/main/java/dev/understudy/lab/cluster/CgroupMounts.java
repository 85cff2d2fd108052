// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The cgroup hierarchies that are mounted here as a whole, in the order in which they were
 * (cgroups(7)); parts of one that are bound to another place do not count.
 */
public record CgroupMounts(List<Hierarchy> hierarchies) {
  public CgroupMounts {
    hierarchies = List.copyOf(hierarchies);
  }

  /**
   * One of them.
   *
   * @param unified whether it is cgroup v2
   * @param controllers of v1, with other options of the mount; without a meaning in v2
   */
  public record Hierarchy(Path place, boolean unified, Set<String> controllers) {
    public Hierarchy {
      controllers = Set.copyOf(controllers);
    }
  }

  /** Those of this mount namespace. */
  public static CgroupMounts here() throws LabException {
    try {
      return parse(Files.readString(Path.of("/proc/self/mountinfo")));
    } catch (IOException e) {
      throw LabException.failed("Cannot read /proc/self/mountinfo: " + e.getMessage() + ".", e);
    }
  }

  /** Those in the text of a mountinfo file (proc_pid_mountinfo(5)). */
  public static CgroupMounts parse(String mountinfo) {
    List<Hierarchy> found = new ArrayList<>();
    for (String line : mountinfo.lines().toList()) {
      String[] halves = line.split(" - ", 2);
      String[] fields = halves[0].split(" ", -1);
      if (halves.length < 2 || fields.length < 6 || !fields[3].equals("/")) {
        continue;
      }
      String[] source = halves[1].split(" ", -1);
      boolean unified = source[0].equals("cgroup2");
      if (unified || source[0].equals("cgroup")) {
        Set<String> options = Set.of(source[source.length - 1].split(",", -1));
        found.add(new Hierarchy(Path.of(fields[4]), unified, options));
      }
    }
    return new CgroupMounts(found);
  }

  /** Where cgroup v2 is, if it is mounted. */
  public Optional<Path> unified() {
    return hierarchies.stream().filter(Hierarchy::unified).map(Hierarchy::place).findFirst();
  }

  /** Where the hierarchies of v1 are. */
  public List<Path> former() {
    return hierarchies.stream().filter(h -> !h.unified()).map(Hierarchy::place).distinct().toList();
  }

  /** Where the hierarchy of v1 with that controller is. */
  public Optional<Path> former(String controller) {
    return hierarchies.stream()
        .filter(h -> !h.unified() && h.controllers().contains(controller))
        .map(Hierarchy::place)
        .findFirst();
  }

  /** In a word: v1, v2, hybrid, or that there is none. */
  public String version() {
    if (unified().isEmpty()) {
      return former().isEmpty() ? "not mounted" : "v1";
    }
    return former().isEmpty() ? "v2" : "hybrid";
  }
}
