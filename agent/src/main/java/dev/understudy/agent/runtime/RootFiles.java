// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The files that one copy of a workload sees: an overlay over the workload's lower directory, and a
 * {@code /dev} of its own. Every copy has its own, so that a new copy is laid out beside the former
 * one without touching any file that the former has open.
 *
 * @param directory holds {@code upper}, {@code work}, {@code rootfs} and {@code dev}
 */
public record RootFiles(Path directory) {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** overlay(5): the optional features would leave marks in the upper layer that only it reads. */
  private static final String LAY_OUT =
      """
      mount -t overlay understudy -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work,$4" "$1/rootfs"
      mount -t tmpfs -o "mode=755,nosuid,size=$3" understudy-dev "$1/dev"
      cd "$1/dev"
      mknod -m 666 null c 1 3; mknod -m 666 zero c 1 5; mknod -m 666 full c 1 7
      mknod -m 666 random c 1 8; mknod -m 666 urandom c 1 9; mknod -m 666 tty c 5 0
      mkdir -m 1777 shm mqueue
      ln -s /proc/self/fd fd; ln -s /proc/self/fd/0 stdin
      ln -s /proc/self/fd/1 stdout; ln -s /proc/self/fd/2 stderr
      [ -z "$5" ] || tar -C "$1/dev/shm" -xpf "$5"
      """;

  private static final String FEATURES_OFF = "redirect_dir=off,metacopy=off,index=off,xino=off";

  /** The writable layer: what the copy changed. */
  public Path upper() {
    return directory.resolve("upper");
  }

  /** The merged tree, a mount point. */
  public Path rootfs() {
    return directory.resolve("rootfs");
  }

  /** What the copy sees as /dev, a mount point. */
  public Path dev() {
    return directory.resolve("dev");
  }

  /** POSIX shared memory (shm_open(3)), part of {@link #dev()}. */
  public Path shm() {
    return dev().resolve("shm");
  }

  /**
   * Lays the files out.
   *
   * @param lower the unchanged root file system
   * @param devBytes most that /dev, shared memory included, may hold
   * @param upperArchive tar of the upper layer to begin with
   * @param shmArchive tar of /dev/shm to begin with
   */
  static RootFiles create(
      Path directory,
      Path lower,
      long devBytes,
      Optional<Path> upperArchive,
      Optional<Path> shmArchive)
      throws IOException {
    for (Path path : new Path[] {directory, lower}) {
      if (path.toString().matches(".*[,:\\\\].*")) {
        throw new IOException("an overlay cannot use " + path + ": comma, colon or backslash in it");
      }
    }
    RootFiles files = new RootFiles(directory);
    for (String name : new String[] {"upper", "work", "rootfs", "dev"}) {
      Files.createDirectories(directory.resolve(name));
    }
    try {
      if (upperArchive.isPresent()) {
        unpack(upperArchive.get(), files.upper());
      }
      String bytes = Long.toString(devBytes);
      String shm = shmArchive.map(Path::toString).orElse("");
      Command.of(
              "sh", "-ec", LAY_OUT, "lay-out", directory.toString(), lower.toString(), bytes,
              FEATURES_OFF, shm)
          .must("laying out " + directory, LIMIT);
    } catch (IOException e) {
      files.remove();
      throw e;
    }
    return files;
  }

  /** Whiteouts are character devices 0:0, opaque directories carry an extended attribute. */
  private static void unpack(Path archive, Path into) throws IOException {
    Command.of(
            "tar", "-C", into.toString(), "--xattrs", "--xattrs-include=*",
            "--numeric-owner", "-xpf", archive.toString())
        .must("unpacking the changed files", LIMIT.multipliedBy(6));
  }

  /** Unmounts and deletes everything; the copy must be dead. */
  void remove() throws IOException {
    MountTable.unmountBelow(directory);
    Command.of("rm", "-rf", "--one-file-system", directory.toString())
        .must("removing " + directory, LIMIT);
  }
}
