// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Mounts and device nodes in the process's mount namespace (mount(2), umount2(2), mknod(2)). */
public final class Mounts {
  private static final int MS_NOSUID = 2;
  private static final int MS_NODEV = 4;
  private static final int MS_BIND = 0x1000;
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;
  private static final int AT_FDCWD = -100;
  private static final int S_IFCHR = 0x2000;

  private Mounts() {}

  /** Shows one file or folder, without what is mounted below it, at a second place too. */
  public static void bind(Path source, Path target) throws LinuxException {
    mount(source.toString(), target, "", MS_BIND, "");
  }

  /**
   * An empty file system in memory.
   *
   * @param sizeBytes its limit
   * @param mode permissions of its root
   */
  public static void tmpfs(Path target, long sizeBytes, int mode) throws LinuxException {
    String options = "size=" + sizeBytes + ",mode=" + Integer.toOctalString(mode);
    mount("tmpfs", target, "tmpfs", MS_NOSUID, options);
  }

  /**
   * A writable view of folders that are left alone; device nodes in it are dead.
   *
   * @param lowers topmost first
   * @param upper takes what is written; on one file system with {@code work}
   * @param work an empty folder for the kernel's own use
   */
  public static void overlay(Path target, List<Path> lowers, Path upper, Path work)
      throws LinuxException {
    String below = lowers.stream().map(Mounts::escaped).collect(Collectors.joining(":"));
    String options =
        "lowerdir=" + below + ",upperdir=" + escaped(upper) + ",workdir=" + escaped(work);
    mount("overlay", target, "overlay", MS_NODEV, options);
  }

  /** Overlay's options give the comma, the colon and the backslash a meaning. */
  private static String escaped(Path path) {
    return path.toString().replaceAll("([\\\\,:])", "\\\\$1");
  }

  /** Takes the topmost mount at a place away at once; users of it keep what they have open. */
  public static void unmount(Path target) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      long path = arena.allocateFrom(target.toString()).address();
      long result = Kernel.call(Syscall.UMOUNT2, path, MNT_DETACH | UMOUNT_NOFOLLOW);
      Kernel.succeeded(result, Syscall.UMOUNT2, target.toString());
    }
  }

  /**
   * A node of a character device.
   *
   * @param mode permissions, kept from the process's umask
   */
  public static void makeNode(Path path, int major, int minor, int mode) throws LinuxException {
    long device = (minor & 0xffL) | (long) major << 8 | (minor & ~0xffL) << 12;
    String what = path + " (" + major + ":" + minor + ")";
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(path.toString()).address();
      Kernel.require(Syscall.MKNODAT, what, AT_FDCWD, name, S_IFCHR | mode, device);
      Kernel.require(Syscall.FCHMODAT, what, AT_FDCWD, name, mode, 0);
    }
  }

  private static void mount(String source, Path target, String type, long flags, String options)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Kernel.call(
              Syscall.MOUNT,
              arena.allocateFrom(source).address(),
              arena.allocateFrom(target.toString()).address(),
              type.isEmpty() ? 0 : arena.allocateFrom(type).address(),
              flags,
              options.isEmpty() ? 0 : arena.allocateFrom(options).address(),
              0);
      String kind = type.isEmpty() ? "" : type + " ";
      Kernel.succeeded(result, Syscall.MOUNT, kind + source + " on " + target);
    }
  }
}
