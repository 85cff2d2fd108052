// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.agent.linux.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The memory cgroup that holds every process of one sandbox. On cgroup v2 (the memory controller is
 * in the unified hierarchy) runc's own cgroup lies below ours; on v1 runc sees only an empty
 * unified hierarchy, and processes stay in ours because children do.
 */
public final class Cgroup implements AutoCloseable {
  private static final long KILL_NANOS = 5_000_000_000L;

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
  private long memoryKillsTold;

  private Cgroup(Kind kind, Path own, Path entry, Path unified, String runcPath) {
    this.kind = kind;
    this.own = own;
    this.entry = entry;
    this.unified = unified;
    this.runcPath = runcPath;
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
    Files.createDirectories(cgroup.entry);
    if (cgroup.kind == Kind.V2) {
      write(cgroup.own.resolve("memory.max"), Long.toString(limitBytes));
      writeIfThere(cgroup.own.resolve("memory.swap.max"), "0");
    } else {
      writeIfThere(cgroup.own.resolve("memory.use_hierarchy"), "1");
      write(cgroup.own.resolve("memory.limit_in_bytes"), Long.toString(limitBytes));
      writeIfThere(cgroup.own.resolve("memory.memsw.limit_in_bytes"), Long.toString(limitBytes));
    }
    return cgroup;
  }

  /** The cgroup that an earlier agent made for a sandbox, with whatever runs in it. */
  static Cgroup adopt(CgroupPlaces places, String workload) throws IOException {
    Cgroup cgroup = open(places, places.group() + "/" + workload);
    // What the kernel killed before is no news.
    boolean _ = cgroup.killedAtLimit();
    return cgroup;
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
    return List.of(
        "sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", entry.resolve("cgroup.procs").toString());
  }

  /** Whether the kernel has killed a process of it at its memory limit since the last question. */
  public synchronized boolean killedAtLimit() throws IOException {
    long before = memoryKillsTold;
    String file = kind == Kind.V1 ? "memory.oom_control" : "memory.events";
    for (String line : lines(own.resolve(file))) {
      if (line.startsWith("oom_kill ")) {
        memoryKillsTold = Long.parseLong(line.substring("oom_kill ".length()).strip());
      }
    }
    return memoryKillsTold > before;
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
      for (int pid : doomed) {
        Signals.kill(pid, Signals.SIGKILL);
      }
      LockSupport.parkNanos(1_000_000L);
    }
  }

  /** Kills what is in it and removes it, its children included. Fine when it does not exist. */
  @Override
  public void close() throws IOException {
    killAllBut();
    for (Path root : List.of(own, unified)) {
      for (Path group : groups(root).reversed()) {
        Files.deleteIfExists(group);
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
