// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Namespaces that outlive threads: made and entered by short-lived platform threads of their own,
 * so that no caller ever changes place (namespaces(7), unshare(2), setns(2)).
 */
public final class Namespaces {
  private static final int CLONE_NEWUTS = 0x0400_0000;
  private static final int CLONE_NEWIPC = 0x0800_0000;
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final int AT_FDCWD = -100;
  private static final int O_RDONLY_CLOEXEC = 0x80000;

  private Namespaces() {}

  /** What is done elsewhere without a result. */
  @FunctionalInterface
  public interface Action {
    /** Does it. */
    void run() throws IOException;
  }

  /**
   * Makes a network, an IPC and a UTS namespace and pins each to a file by a bind mount. The
   * loopback device is up.
   *
   * @param net a file that must not exist yet, like the next two; its folder is made
   * @param ipc file of the IPC namespace
   * @param uts file of the UTS namespace
   * @param hostname host name in the new UTS namespace
   * @throws IOException when one step fails; nothing is left pinned then
   */
  public static void pinNew(Path net, Path ipc, Path uts, String hostname) throws IOException {
    List<Path> made = new ArrayList<>();
    try {
      for (Path file : List.of(net, ipc, uts)) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
          Files.createDirectories(folder);
        }
        Files.createFile(file);
        made.add(file);
      }
      onThreadOfItsOwn(
          "pin-namespaces",
          () -> {
            int kinds = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
            Kernel.require(Syscall.UNSHARE, "net, ipc, uts", kinds, 0, 0, 0);
            setHostName(hostname);
            try (Netlink netlink = Netlink.open()) {
              netlink.setUp("lo");
            }
            Path own = Path.of("/proc/thread-self/ns");
            Mounts.bind(own.resolve("net"), net);
            Mounts.bind(own.resolve("ipc"), ipc);
            Mounts.bind(own.resolve("uts"), uts);
            return true;
          });
    } catch (IOException e) {
      for (Path file : made) {
        unpin(file);
      }
      throw e;
    }
  }

  private static void setHostName(String name) throws LinuxException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    Memory text = Memory.ofSize(Math.max(1, bytes.length));
    text.bytes().put(0, bytes);
    long result = Kernel.call(Syscall.SETHOSTNAME, text.address(), bytes.length);
    text.keep();
    Kernel.succeeded(result, Syscall.SETHOSTNAME, name);
  }

  /**
   * Takes a pin away: unmounts and deletes the file. The namespace ends with its last user. A file
   * that is not there, or that nothing is mounted on, is no error.
   */
  public static void unpin(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try {
      Mounts.unmount(file);
    } catch (LinuxException e) {
      if (e.errno() != Errno.EINVAL) {
        throw e;
      }
    }
    Files.delete(file);
  }

  /**
   * Runs something in a network namespace, in a platform thread that exists for it alone. Sockets
   * that are opened there stay in that namespace and can be used from any thread. Files below /sys
   * and /proc/net still show the caller's namespace: use {@link Netlink} or /proc/thread-self/net.
   *
   * @param netns file of the namespace, pinned or /proc/PID/ns/net
   * @throws IOException the body's own, or one that wraps its other checked exceptions
   */
  public static <T> T callIn(Path netns, Callable<T> body) throws IOException {
    return onThreadOfItsOwn(
        "in-" + netns.getFileName(),
        () -> {
          enter(netns);
          return body.call();
        });
  }

  /** Like {@link #callIn} without a result. */
  public static void runIn(Path netns, Action body) throws IOException {
    var _ =
        callIn(
            netns,
            () -> {
              body.run();
              return true;
            });
  }

  /** Calls something in a new network namespace, which ends with what was opened in it. */
  public static <T> T callInNew(Callable<T> body) throws IOException {
    return onThreadOfItsOwn(
        "in-new-net",
        () -> {
          Kernel.require(Syscall.UNSHARE, "net", CLONE_NEWNET, 0, 0, 0);
          return body.call();
        });
  }

  /**
   * Switches IPv6 off for every device that the caller's network namespace has and will have, so
   * that no neighbour discovery and no link-local address appear. Fine where there is no IPv6.
   */
  public static void disableIpv6() throws IOException {
    for (String at : List.of("all", "default", "lo")) {
      Path file = Path.of("/proc/sys/net/ipv6/conf", at, "disable_ipv6");
      if (Files.exists(file)) {
        Files.writeString(file, "1");
      }
    }
  }

  /**
   * Keeps frames that cross a bridge in the caller's network namespace out of the tables that are
   * meant for routed packets (br_netfilter), as a switch of metal would. Fine where the kernel has
   * no such detour.
   */
  public static void disableBridgeDetour() throws IOException {
    for (String tables : List.of("iptables", "ip6tables", "arptables")) {
      Path file = Path.of("/proc/sys/net/bridge", "bridge-nf-call-" + tables);
      if (Files.exists(file)) {
        Files.writeString(file, "0");
      }
    }
  }

  private static void enter(Path netns) throws LinuxException {
    int fd = openReadOnly(netns);
    try {
      Kernel.require(Syscall.SETNS, netns.toString(), fd, CLONE_NEWNET, 0, 0);
    } finally {
      Kernel.close(fd);
    }
  }

  /** A descriptor of a file, for calls that name a namespace by one. */
  static int openReadOnly(Path file) throws LinuxException {
    return openFile(file, O_RDONLY_CLOEXEC);
  }

  /** A descriptor of a file, opened with those flags of openat(2). */
  static int openFile(Path file, int flags) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(file.toString()).address();
      return (int) Kernel.require(Syscall.OPENAT, file.toString(), AT_FDCWD, name, flags, 0);
    }
  }

  /** An interrupt of the caller reaches the body, and the caller still waits for its end. */
  private static <T> T onThreadOfItsOwn(String name, Callable<T> body) throws IOException {
    FutureTask<T> task = new FutureTask<>(body);
    Thread thread = Thread.ofPlatform().name(name).start(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
          thread.interrupt();
        }
      }
    } catch (ExecutionException e) {
      throw rethrown(name, e.getCause());
    } catch (CancellationException e) {
      throw new IllegalStateException("nobody cancels the thread " + name, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static IOException rethrown(String name, @Nullable Throwable cause) {
    return switch (cause) {
      case IOException io -> io;
      case RuntimeException broken -> throw broken;
      case Error error -> throw error;
      case null -> throw new IllegalStateException("thread " + name + " failed without a cause");
      default -> new IOException("thread " + name + " failed: " + cause, cause);
    };
  }
}
