// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static java.util.stream.Collectors.toCollection;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A lab's directories in the cgroup hierarchies: {@code understudy-GROUP/NODE} in cgroup v2 and, on
 * hosts that have it there, in the v1 memory hierarchy.
 *
 * @param unified where cgroup v2 is mounted, if it is
 * @param memoryV1 where the v1 memory hierarchy is mounted, if it is
 */
public record Cgroups(Optional<Path> unified, Optional<Path> memoryV1) {
  private static final int REMOVE_TRIES = 250;

  /** What workloads and nodes are bounded by. */
  private static final Set<String> CONTROLLERS = Set.of("memory", "pids", "cpu");

  /** The files that limit memory, in v2 and in v1. */
  private static final List<String> LIMITS = List.of("memory.max", "memory.limit_in_bytes");

  /** What this machine has mounted. */
  static Cgroups ofHost() throws LabException {
    return of(CgroupMounts.here());
  }

  static Cgroups of(CgroupMounts mounts) {
    return new Cgroups(mounts.unified(), mounts.former("memory"));
  }

  /**
   * Makes the directories of a node for trial, and removes them.
   *
   * @throws LabException when that cannot be done here, or memory could not be limited there
   */
  public static void tryHere() throws LabException {
    Cgroups here = ofHost();
    String group = "trial-" + ProcessHandle.current().pid();
    try {
      boolean limited =
          here.make(group, "node").stream()
              .anyMatch(place -> LIMITS.stream().anyMatch(f -> Files.exists(place.resolve(f))));
      if (!limited) {
        throw LabException.host("No hierarchy that is mounted here controls memory.");
      }
    } finally {
      here.remove(group);
    }
  }

  /** A node's directory in the v1 memory hierarchy. */
  Optional<Path> memory(String group, String node) {
    return memoryV1.map(m -> directory(m, group).resolve(node));
  }

  /** Where a node's own processes live in cgroup v2; it makes this itself. */
  Optional<Path> leaf(String group, String node) {
    return unified.map(u -> directory(u, group).resolve(node).resolve("agent"));
  }

  /** Makes a node's directories afresh and names those that it must enter, in order. */
  List<Path> make(String group, String node) throws LabException {
    List<Path> made = new ArrayList<>();
    for (Path hierarchy : hierarchies()) {
      Path place = directory(hierarchy, group).resolve(node);
      remove(place);
      try {
        Files.createDirectories(place);
        if (Optional.of(hierarchy).equals(unified)) {
          handOn(List.of(hierarchy, directory(hierarchy, group)), CONTROLLERS::contains);
        }
      } catch (IOException e) {
        throw LabException.failed("Cannot make cgroup " + place + ": " + e.getMessage() + ".", e);
      }
      made.add(place);
    }
    return made;
  }

  /** Removes everything that a lab left in the hierarchies; its processes must be gone. */
  void remove(String group) throws LabException {
    for (Path hierarchy : hierarchies()) {
      remove(directory(hierarchy, group));
    }
  }

  /** Whether a lab has left something in the hierarchies. */
  boolean has(String group) {
    return hierarchies().stream().anyMatch(h -> Files.exists(directory(h, group)));
  }

  private List<Path> hierarchies() {
    return Stream.concat(unified.stream(), memoryV1.stream()).toList();
  }

  private static Path directory(Path hierarchy, String group) {
    return hierarchy.resolve("understudy-" + group);
  }

  /**
   * Hands controllers on, from each group to those below it.
   *
   * @param groups from above to below
   * @param wanted which of the controllers that a group has
   */
  public static void handOn(List<Path> groups, Predicate<String> wanted)
      throws IOException, LabException {
    for (Path group : groups) {
      Set<String> missing = words(group.resolve("cgroup.controllers"));
      missing.removeAll(words(group.resolve("cgroup.subtree_control")));
      missing.removeIf(wanted.negate());
      for (String controller : missing) {
        handOn(group, controller);
      }
    }
  }

  /** Below the root of the machine, only a group without processes hands controllers on. */
  private static void handOn(Path group, String controller) throws IOException, LabException {
    try {
      Files.writeString(group.resolve("cgroup.subtree_control"), "+" + controller);
    } catch (IOException refused) {
      if (words(group.resolve("cgroup.procs")).isEmpty()) {
        throw refused;
      }
      throw LabException.failed(
          ("The cgroup %s has processes of its own, so that the kernel refuses to hand its"
                  + " controller '%s' on: move them into a cgroup below it, or start this container"
                  + " with the host's cgroup namespace (docker run --cgroupns=host).")
              .formatted(group, controller),
          refused);
    }
  }

  private static Set<String> words(Path file) throws IOException {
    List<String> all = List.of(Files.readString(file).strip().split("\\s+"));
    return all.stream().filter(word -> !word.isEmpty()).collect(toCollection(TreeSet::new));
  }

  /** Removes a directory and those below it; their processes must be gone, or just going. */
  public static void remove(Path group) throws LabException {
    for (int tries = 1; ; tries++) {
      try {
        removeTree(group);
        return;
      } catch (IOException busy) {
        // The last process may be gone a moment before its cgroup notices.
        if (tries == REMOVE_TRIES) {
          throw LabException.failed(
              "Cannot remove cgroup "
                  + group
                  + ": "
                  + busy.getMessage()
                  + "; see which processes are in it (cgroup.procs).",
              busy);
        }
        Pause.millis(20);
      }
    }
  }

  private static void removeTree(Path group) throws IOException {
    List<Path> children;
    try (Stream<Path> entries = Files.list(group)) {
      children = entries.filter(Files::isDirectory).toList();
    } catch (NoSuchFileException absent) {
      return;
    }
    for (Path child : children) {
      removeTree(child);
    }
    try {
      Files.deleteIfExists(group);
    } catch (DirectoryNotEmptyException e) {
      throw new IOException("a cgroup appeared below it", e);
    }
  }
}
