// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.linux.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The memory cgroup that holds every process of one sandbox, or one copy in it: each copy has one
 * of its own, so that its limit is its own while a standby has two. On cgroup v2 (the memory
 * controller is in the unified hierarchy) runc's own cgroup lies below ours; on v1 runc sees only
 * an empty unified hierarchy, and processes stay in ours because children do.
 */
public final class Cgroup implements AutoCloseable {
  private static final long KILL_NANOS = 5_000_000_000L;
  private static final long REMOVE_NANOS = 1_000_000_000L;

  /** Which of the two kinds this is. */
  public enum Kind {
    V1,
    V2
  }

  private final Kind kind;
  private final Path own;
  private final Path entry;
  private final Path unified;
  private final String runcPath;

  /** Groups of other controllers that its processes have to be in as well. */
  private final List<Path> others;

  private Cgroup(Kind kind, Path own, Path entry, Path unified, String runcPath) {
    this(kind, own, entry, unified, runcPath, List.of());
  }

  private Cgroup(
      Kind kind, Path own, Path entry, Path unified, String runcPath, List<Path> others) {
    this.kind = kind;
    this.own = own;
    this.entry = entry;
    this.unified = unified;
    this.runcPath = runcPath;
    this.others = others;
  }

  /**
   * A group of one copy below a container's own, which keeps the limits: it only says which of the
   * container's processes are the copy's.
   *
   * @param groups the container's, by controller; one of no name on cgroup v2
   */
  static Cgroup inContainer(SortedMap<String, Path> groups, String name) {
    Optional<Path> memory = Optional.ofNullable(groups.get("memory"));
    Path own = memory.orElseGet(() -> groups.get(groups.firstKey())).resolve(name);
    Kind kind = memory.isPresent() ? Kind.V1 : Kind.V2;
    List<Path> others =
        memory.isEmpty()
            ? List.of()
            : groups.entrySet().stream()
                .filter(group -> !group.getKey().equals("memory"))
                .map(Map.Entry::getValue)
                .toList();
    return new Cgroup(kind, own, own, own, "", others);
  }

  /** Makes it, without a limit of its own. */
  void make() throws IOException {
    Files.createDirectories(own);
  }

  /**
   * Makes the cgroup of one sandbox, over whatever a killed agent left there.
   *
   * @param places where the hierarchies are mounted
   * @param workload its name
   * @param limitBytes what all its processes together may use
   * @throws IOException when there is no memory controller, or a file refuses its value
   */
  public static Cgroup create(CgroupPlaces places, String workload, long limitBytes)
      throws IOException {
    String path = places.group() + "/" + workload;
    Cgroup cgroup = open(places, path);
    cgroup.close();
    if (cgroup.kind == Kind.V2) {
      enable(places.unified(), places.group());
    }
    Files.createDirectories(cgroup.own);
    if (cgroup.kind == Kind.V1) {
      writeIfThere(cgroup.own.resolve("memory.use_hierarchy"), "1");
    }
    cgroup.limit(limitBytes);
    return cgroup;
  }

  /** The cgroup that an earlier agent made for a sandbox, with whatever runs in it. */
  static Cgroup adopt(CgroupPlaces places, String workload) throws IOException {
    return open(places, places.group() + "/" + workload);
  }

  private static Cgroup open(CgroupPlaces places, String path) throws IOException {
    Path inUnified = places.unified().resolve(path);
    if (places.memoryV1().isPresent()) {
      Path own = places.memoryV1().get().resolve(path);
      return new Cgroup(Kind.V1, own, own, inUnified, "/" + path);
    }
    Path controllers = places.unified().resolve("cgroup.controllers");
    if (Files.exists(controllers)
        && List.of(Files.readString(controllers).strip().split(" ")).contains("memory")) {
      return new Cgroup(
          Kind.V2, inUnified, inUnified.resolve("entry"), inUnified, "/" + path + "/run");
    }
    throw new IOException(
        "no memory cgroup: "
            + places.unified()
            + " has no memory controller and no v1 hierarchy is configured;"
            + " boot with cgroup v2, or name the v1 memory hierarchy");
  }

  /** Which kind was found. */
  public Kind kind() {
    return kind;
  }

  /** What runc is told as cgroupsPath. */
  public String runcPath() {
    return runcPath;
  }

  /** The arguments that start a program inside this cgroup: put them before its own. */
  public List<String> launcher() {
    List<String> argv = new ArrayList<>();
    for (Path group : others) {
      argv.addAll(entering(group));
    }
    argv.addAll(entering(entry));
    return argv;
  }

  private static List<String> entering(Path group) {
    return List.of(
        "sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", group.resolve("cgroup.procs").toString());
  }

  /**
   * Makes the cgroup of one copy below this one.
   *
   * @param name of the copy, in this sandbox
   * @param limitBytes what its processes together may use
   */
  public Cgroup newCopy(String name, long limitBytes) throws IOException {
    if (kind == Kind.V2) {
      write(own.resolve("cgroup.subtree_control"), "+memory");
    }
    Cgroup copy = copy(name);
    Files.createDirectories(copy.entry);
    if (kind == Kind.V1) {
      writeIfThere(copy.own.resolve("memory.use_hierarchy"), "1");
    }
    copy.limit(limitBytes);
    return copy;
  }

  /** The cgroup of that copy. */
  public Cgroup copy(String name) {
    Path inside = own.resolve(name);
    String inRunc = kind == Kind.V1 ? runcPath + "/" + name : within() + "/" + name + "/run";
    Path enter = kind == Kind.V1 ? inside : inside.resolve("entry");
    return new Cgroup(kind, inside, enter, unified.resolve(name), inRunc);
  }

  /** On v2, runc's cgroup is a child of this one. */
  private String within() {
    return runcPath.substring(0, runcPath.length() - "/run".length());
  }

  /**
   * Sets what all its processes together may use.
   *
   * @throws IOException when they use more already, and on v2 never: there the kernel ends one
   */
  public void limit(long bytes) throws IOException {
    String value = Long.toString(bytes);
    if (kind == Kind.V2) {
      write(own.resolve("memory.max"), value);
      writeIfThere(own.resolve("memory.swap.max"), "0");
      return;
    }
    // Memory with swap may never be less than memory alone, not even between the two.
    Path both = own.resolve("memory.memsw.limit_in_bytes");
    boolean raised = Files.exists(both) && Long.parseLong(Files.readString(both).strip()) < bytes;
    if (raised) {
      write(both, value);
    }
    write(own.resolve("memory.limit_in_bytes"), value);
    if (!raised) {
      writeIfThere(both, value);
    }
  }

  /** Whether the kernel has killed a process of it at its memory limit. */
  public boolean killedAtLimit() throws IOException {
    String file = kind == Kind.V1 ? "memory.oom_control" : "memory.events";
    for (String line : lines(own.resolve(file))) {
      if (line.startsWith("oom_kill ")) {
        return Long.parseLong(line.substring("oom_kill ".length()).strip()) > 0;
      }
    }
    return false;
  }

  /** Every process in it, in the agent's PID namespace. */
  public int[] pids() throws IOException {
    IntStream.Builder found = IntStream.builder();
    for (Path root : kind == Kind.V1 ? List.of(own, unified) : List.of(own)) {
      for (Path group : groups(root)) {
        for (String line : lines(group.resolve("cgroup.procs"))) {
          found.add(Integer.parseInt(line));
        }
      }
    }
    return found.build().filter(pid -> pid > 0).distinct().toArray();
  }

  /**
   * Kills every process in it except these, and waits until they are gone.
   *
   * @throws IOException when one of them is still there after 5 s
   */
  public void killAllBut(int... spared) throws IOException {
    long end = System.nanoTime() + KILL_NANOS;
    while (true) {
      int[] doomed =
          IntStream.of(pids())
              .filter(pid -> IntStream.of(spared).noneMatch(kept -> kept == pid))
              .toArray();
      if (doomed.length == 0) {
        return;
      }
      if (System.nanoTime() - end > 0) {
        throw new IOException("killing failed: process " + doomed[0] + " stays in " + own);
      }
      kill(doomed);
      LockSupport.parkNanos(1_000_000L);
    }
  }

  /** Holds on to each process before it is found to be in here still: no other can be hit. */
  private void kill(int[] doomed) throws IOException {
    List<PidFd> held = new ArrayList<>();
    try {
      for (int pid : doomed) {
        try {
          held.add(PidFd.open(pid));
        } catch (LinuxException e) {
          // A thread that outlives its group's leader is EINVAL, and dies with the others.
          if (e.errno() != Errno.ESRCH && e.errno() != Errno.EINVAL) {
            throw e;
          }
        }
      }
      int[] still = pids();
      for (PidFd one : held) {
        if (IntStream.of(still).anyMatch(pid -> pid == one.pid())) {
          one.signal(Signals.SIGKILL);
        }
      }
    } finally {
      held.forEach(PidFd::close);
    }
  }

  /** Kills what is in it and removes it, its children included. Fine when it does not exist. */
  @Override
  public void close() throws IOException {
    killAllBut();
    for (Path root : List.of(own, unified)) {
      for (Path group : groups(root).reversed()) {
        remove(group);
      }
    }
  }

  /** A process that is listed no more may still be on its way out. */
  private static void remove(Path group) throws IOException {
    long end = System.nanoTime() + REMOVE_NANOS;
    while (true) {
      try {
        Files.deleteIfExists(group);
        return;
      } catch (FileSystemException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        LockSupport.parkNanos(1_000_000L);
      }
    }
  }

  /** That directory and all below it, parents first. */
  private static List<Path> groups(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(Files::isDirectory).sorted(Comparator.naturalOrder()).toList();
    }
  }

  /** cgroups(7): a controller works in a group only when every ancestor passes it down. */
  private static void enable(Path unified, String group) throws IOException {
    Path at = unified;
    for (Path name : Path.of(group)) {
      write(at.resolve("cgroup.subtree_control"), "+memory");
      at = at.resolve(name);
      Files.createDirectories(at);
    }
    write(at.resolve("cgroup.subtree_control"), "+memory");
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.US_ASCII) : List.of();
  }

  private static void writeIfThere(Path file, String value) throws IOException {
    if (Files.exists(file) && !Files.readString(file).strip().equals(value)) {
      write(file, value);
    }
  }

  private static void write(Path file, String value) throws IOException {
    try {
      Files.writeString(file, value);
    } catch (IOException e) {
      throw new IOException("writing " + value + " to " + file + " failed: " + Failures.text(e), e);
    }
  }
}
