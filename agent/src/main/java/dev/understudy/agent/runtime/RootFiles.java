// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.agent.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files that one copy of a workload sees: an overlay over the workload's lower directory, and a
 * {@code /dev} of its own. Every copy has its own, so that a new copy is laid out beside the former
 * one without touching any file that the former has open.
 *
 * @param directory the copy's own
 * @param upper the writable layer: what the copy changed
 * @param rootfs the merged tree, a mount point
 * @param dev what the copy sees as /dev, a mount point
 * @param shm POSIX shared memory (shm_open(3)), part of {@code dev}
 */
public record RootFiles(Path directory, Path upper, Path rootfs, Path dev, Path shm) {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** Character devices that every program expects: name, major, minor. */
  private static final List<Node> NODES =
      List.of(
          new Node("null", 1, 3),
          new Node("zero", 1, 5),
          new Node("full", 1, 7),
          new Node("random", 1, 8),
          new Node("urandom", 1, 9),
          new Node("tty", 5, 0));

  private record Node(String name, int major, int minor) {}

  /** Links to the caller's own descriptors, which runc makes too. */
  static final Map<String, String> LINKS =
      Map.of(
          "fd", "/proc/self/fd",
          "stdin", "/proc/self/fd/0",
          "stdout", "/proc/self/fd/1",
          "stderr", "/proc/self/fd/2");

  /** The files of a copy in a sandbox of ours, all in its directory. */
  public static RootFiles in(Path directory) {
    Path dev = directory.resolve("dev");
    return new RootFiles(
        directory,
        directory.resolve("upper"),
        directory.resolve("rootfs"),
        dev,
        dev.resolve("shm"));
  }

  /**
   * Lays the files out.
   *
   * @param lowers the unchanged root file system, topmost layer first
   * @param devBytes most that /dev, shared memory included, may hold
   * @param upperArchive tar of the upper layer to begin with
   * @param shmArchive tar of /dev/shm to begin with
   */
  static RootFiles create(
      Path directory,
      List<Path> lowers,
      long devBytes,
      Optional<Path> upperArchive,
      Optional<Path> shmArchive)
      throws IOException {
    RootFiles files = in(directory);
    for (String name : new String[] {"upper", "work", "rootfs", "dev"}) {
      Files.createDirectories(directory.resolve(name));
    }
    try {
      if (upperArchive.isPresent()) {
        unpack(upperArchive.get(), files.upper());
      }
      Mounts.overlay(files.rootfs(), lowers, files.upper(), directory.resolve("work"));
      files.layOutDev(devBytes);
      if (shmArchive.isPresent()) {
        unpack(shmArchive.get(), files.shm());
      }
    } catch (IOException e) {
      files.remove();
      throw e;
    }
    return files;
  }

  /** What a container finds in /dev besides: terminals and the file for last words. */
  void layOutPodDev(long bytes) throws IOException {
    Files.createDirectories(dev());
    layOutDev(bytes);
    Files.createDirectory(dev().resolve("pts"));
    Files.createSymbolicLink(dev().resolve("ptmx"), Path.of("pts/ptmx"));
    Files.createFile(dev().resolve("termination-log"));
  }

  private void layOutDev(long bytes) throws IOException {
    Mounts.tmpfs(dev(), bytes, 0755);
    for (Node node : NODES) {
      Mounts.makeNode(dev().resolve(node.name()), node.major(), node.minor(), 0666);
    }
    for (Map.Entry<String, String> link : LINKS.entrySet()) {
      Files.createSymbolicLink(dev().resolve(link.getKey()), Path.of(link.getValue()));
    }
    for (String open : List.of("shm", "mqueue")) {
      Path folder = Files.createDirectory(dev().resolve(open));
      Files.setAttribute(folder, "unix:mode", 01777);
    }
  }

  /** Whiteouts are character devices 0:0, opaque directories carry an extended attribute. */
  private static void unpack(Path archive, Path into) throws IOException {
    Command.of(
            "tar",
            "-C",
            into.toString(),
            "--xattrs",
            "--xattrs-include=*",
            "--numeric-owner",
            "-xpf",
            archive.toString())
        .must("unpacking the changed files", LIMIT.multipliedBy(6));
  }

  /** Unmounts and deletes everything; the copy must be dead. */
  void remove() throws IOException {
    MountTable.unmountBelow(directory);
    Trees.delete(directory);
  }
}
