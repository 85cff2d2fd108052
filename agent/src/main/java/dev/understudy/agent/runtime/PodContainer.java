// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A running container of a Pod, read from what containerd and runc keep on the node: the bundle's
 * {@code config.json}, with the annotations of containerd's CRI, and runc's {@code state.json}.
 *
 * @param id containerd's name of it
 * @param pid its first process, in the agent's PID namespace
 * @param program what its first process was started as
 * @param rootfs its root file system, a mount point
 * @param readOnly whether it cannot write there
 * @param mounts what else is mounted in it, in order
 * @param devices paths of its devices
 * @param groups its cgroups by controller; one of no name on cgroup v2
 */
public record PodContainer(
    String id,
    int pid,
    String program,
    Path rootfs,
    boolean readOnly,
    List<Mount> mounts,
    List<String> devices,
    SortedMap<String, Path> groups) {
  private static final String TASKS = "io.containerd.runtime.v2.task/k8s.io";
  private static final String STATES = "runc/k8s.io";
  private static final String BIND = "bind";
  private static final String CRI = "io.kubernetes.cri.";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A mount.
   *
   * @param destination in the container
   * @param source on the node, of a bind mount
   * @param kind its file system, or that it shows a part of the node
   */
  public record Mount(String destination, String source, String kind) {
    boolean isBind() {
      return kind.equals(BIND);
    }
  }

  public PodContainer {
    mounts = List.copyOf(mounts);
    devices = List.copyOf(devices);
    groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
  }

  /**
   * Finds it.
   *
   * @param containerd its state folder, /run/containerd
   * @param podUid the Pod's
   * @param name of the container in the Pod
   * @return empty when no such container runs
   */
  public static Optional<PodContainer> find(Path containerd, String podUid, String name)
      throws IOException {
    Path tasks = containerd.resolve(TASKS);
    if (!Files.isDirectory(tasks)) {
      throw new IOException(tasks + " does not exist: containerd does not run here");
    }
    List<Path> all;
    try (Stream<Path> list = Files.list(tasks)) {
      all = list.sorted().toList();
    }
    for (Path task : all) {
      Optional<PodContainer> found = read(containerd, task, podUid, name);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<PodContainer> read(Path containerd, Path task, String podUid, String name)
      throws IOException {
    JsonNode spec;
    JsonNode state;
    String id = task.getFileName().toString();
    try {
      spec = JSON.readTree(Files.readAllBytes(task.resolve("config.json")));
      JsonNode marks = spec.path("annotations");
      if (!marks.path(CRI + "container-type").asText().equals("container")
          || !marks.path(CRI + "sandbox-uid").asText().equals(podUid)
          || !marks.path(CRI + "container-name").asText().equals(name)) {
        return Optional.empty();
      }
      Path file = containerd.resolve(STATES).resolve(id).resolve("state.json");
      state = JSON.readTree(Files.readAllBytes(file));
    } catch (NoSuchFileException ended) {
      return Optional.empty();
    }
    int pid = state.path("init_process_pid").asInt();
    if (pid <= 1 || !new ProcessTree(pid).alive()) {
      return Optional.empty();
    }
    JsonNode config = state.path("config");
    return Optional.of(
        new PodContainer(
            id,
            pid,
            spec.path("process").path("args").path(0).asText(),
            task.resolve("rootfs"),
            config.path("readonlyfs").asBoolean(),
            mounts(config.path("mounts")),
            devices(config.path("devices")),
            groups(state.path("cgroup_paths"))));
  }

  private static List<Mount> mounts(JsonNode list) {
    List<Mount> all = new ArrayList<>();
    for (JsonNode one : list) {
      all.add(
          new Mount(
              one.path("destination").asText(),
              one.path("source").asText(),
              one.path("device").asText()));
    }
    return all;
  }

  private static List<String> devices(JsonNode list) {
    List<String> all = new ArrayList<>();
    list.forEach(device -> all.add(device.path("path").asText()));
    return all;
  }

  /** runc calls version 1's own hierarchy {@code name=systemd}. */
  private static SortedMap<String, Path> groups(JsonNode paths) {
    SortedMap<String, Path> all = new TreeMap<>();
    paths
        .properties()
        .forEach(group -> {
          String controller = group.getKey();
          String plain = controller.substring(controller.indexOf('=') + 1);
          all.put(plain, Path.of(group.getValue().asText()));
        });
    return all;
  }

  /** The mount at that place, if the container has one there. */
  Optional<Mount> mountAt(String destination) {
    return mounts.stream().filter(m -> m.destination().equals(destination)).findFirst();
  }
}
