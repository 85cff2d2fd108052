// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.agent.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The mounts of a container that CRIU must not save or make, by the keys under which both sides
 * know them (criu(8), {@code --external mnt[...]}).
 */
final class PodMounts {
  private static final String NULL = "/dev/null";
  private static final String CGROUPS = "/sys/fs/cgroup";
  private static final String DEV = "/dev";
  private static final String EMPTY = "empty";
  private static final String GROUPS = "cgroups";

  private final PodContainer container;

  /** By where it is mounted: the key. */
  private final SortedMap<String, String> memory = new TreeMap<>();

  private final List<String> binds = new ArrayList<>();
  private final List<String> groups = new ArrayList<>();
  private final List<String> masked = new ArrayList<>();

  private PodMounts(PodContainer container) {
    this.container = container;
  }

  /** Those that a process has, which is in that container or was restored in its place. */
  static PodMounts of(int pid, PodContainer container) throws IOException {
    PodMounts mounts = new PodMounts(container);
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/mountinfo"))) {
      String[] fields = line.split(" ", -1);
      int dash = List.of(fields).indexOf("-");
      mounts.add(fields[4], fields[3], fields[dash + 1]);
    }
    return mounts;
  }

  private void add(String point, String root, String kind) {
    if (container.mountAt(point).filter(PodContainer.Mount::isBind).isPresent()) {
      binds.add(point);
    } else if (kind.equals("cgroup")) {
      groups.add(point);
    } else if (root.equals("/null")) {
      masked.add(point);
    } else if (kind.equals("tmpfs") && root.equals("/")) {
      memory.put(point, "ext" + point.replace('/', '_'));
    }
  }

  void toDump(List<String> arguments) {
    binds.forEach(point -> external(arguments, point, point));
    groups.forEach(point -> external(arguments, point, point));
    masked.forEach(point -> external(arguments, point, NULL));
    memory.forEach((point, key) -> external(arguments, point, key));
    external(arguments, NULL, NULL);
    container.devices().forEach(device -> external(arguments, device, device));
  }

  /** Of the container in which a copy is restored, whose own mounts take the saved ones' place. */
  void toRestore(RootFiles files, List<String> arguments) {
    for (PodContainer.Mount mount : container.mounts()) {
      if (mount.isBind()) {
        external(arguments, mount.destination(), mount.source());
      }
    }
    for (String point : groups) {
      Path group = container.groups().get(Path.of(point).getFileName().toString());
      if (group != null) {
        external(arguments, point, group.toString());
      }
    }
    external(arguments, NULL, NULL);
    container.devices().forEach(device -> external(arguments, device, device));
    for (String point : memory.keySet()) {
      external(arguments, memory.get(point), source(files, point).toString());
    }
  }

  private static Path source(RootFiles files, String point) {
    return switch (point) {
      case DEV -> files.dev();
      case CGROUPS -> files.directory().resolve(GROUPS);
      default -> files.directory().resolve(EMPTY);
    };
  }

  private static void external(List<String> arguments, String key, String value) {
    arguments.addAll(List.of("--external", "mnt[" + key + "]:" + value));
  }

  /** Makes what {@link #toRestore} leads to. */
  static void layOut(Path directory, PodContainer container, long emptyBytes) throws IOException {
    Path empty = Files.createDirectories(directory.resolve(EMPTY));
    Mounts.tmpfs(empty, emptyBytes, 0555);
    Path groups = Files.createDirectories(directory.resolve(GROUPS));
    Mounts.tmpfs(groups, emptyBytes, 0755);
    for (String controller : container.groups().keySet()) {
      if (!controller.isEmpty()) {
        Files.createDirectory(groups.resolve(controller));
      }
    }
  }
}
