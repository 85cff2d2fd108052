// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.lab.cluster.CgroupMounts;
import dev.understudy.lab.cluster.Cgroups;
import dev.understudy.lab.cluster.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directories of nodes in the cgroup hierarchies, {@code understudy-GROUP/NODE} in each, where
 * a kubelet puts its Pods. Its own processes are in the leaf {@code system} below.
 *
 * @param controllers the v1 hierarchies, one for each controller; empty on a host with cgroup v2
 * @param unified where cgroup v2 with controllers is mounted, if it is
 */
record NodeCgroups(List<Path> controllers, Optional<Path> unified) {
  private static final List<String> CPUSET = List.of("cpuset.cpus", "cpuset.mems");
  private static final String SYSTEM = "system";

  NodeCgroups {
    controllers = List.copyOf(controllers);
  }

  /** What this machine has mounted. */
  static NodeCgroups ofHost() throws LabException {
    return of(CgroupMounts.here());
  }

  /** Where v1 controllers are mounted, cgroup v2 has none that a kubelet could use. */
  static NodeCgroups of(CgroupMounts mounts) {
    List<Path> former = mounts.former();
    return new NodeCgroups(former, former.isEmpty() ? mounts.unified() : Optional.empty());
  }

  /** The name of a node's directory, as a kubelet wants it. */
  static String root(String group, String node) {
    return "/understudy-" + group + "/" + node;
  }

  /** Makes a node's directories afresh and names those that its processes must enter. */
  List<Path> make(String group, String node) throws LabException {
    List<Path> leaves = new ArrayList<>();
    for (Path hierarchy : hierarchies()) {
      Path lab = hierarchy.resolve("understudy-" + group);
      Path place = lab.resolve(node);
      // A reboot forgets cgroups; left-over ones cost the kubelet seconds each.
      Cgroups.remove(place);
      Path leaf = place.resolve(SYSTEM);
      try {
        for (Path made : List.of(lab, place, leaf)) {
          Files.createDirectories(made);
          if (unified.isEmpty()) {
            inheritCpus(made);
          }
        }
        if (unified.isPresent()) {
          Cgroups.handOn(List.of(hierarchy, lab, place), _ -> true);
        }
      } catch (IOException e) {
        throw LabException.failed("Cannot make cgroup " + leaf + ": " + e.getMessage() + ".", e);
      }
      leaves.add(leaf);
    }
    return leaves;
  }

  /** Removes everything that a lab left in the hierarchies; its processes must be gone. */
  void remove(String group) throws LabException {
    for (Path hierarchy : hierarchies()) {
      Cgroups.remove(hierarchy.resolve("understudy-" + group));
    }
  }

  /** Whether a lab has left something in the hierarchies. */
  boolean has(String group) {
    return hierarchies().stream().anyMatch(h -> Files.exists(h.resolve("understudy-" + group)));
  }

  private List<Path> hierarchies() {
    return unified.map(List::of).orElse(controllers);
  }

  /** In v1, a new directory of the cpuset hierarchy has no processors: nobody may enter it. */
  private static void inheritCpus(Path made) throws IOException {
    for (String name : CPUSET) {
      Path file = made.resolve(name);
      if (Files.exists(file) && Files.readString(file).isBlank()) {
        Files.writeString(file, Files.readString(made.resolveSibling(name)));
      }
    }
  }
}
