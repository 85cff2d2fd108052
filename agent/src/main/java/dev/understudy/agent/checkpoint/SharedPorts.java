// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.Kernel;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.linux.SocketOptions;
import dev.understudy.agent.runtime.ProcessTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lets a new copy bind the ports of the former one, which stays until the new one stands.
 *
 * <p>The kernel allows two listening sockets on one port only when both have SO_REUSEPORT
 * (socket(7)). CRIU sets it while it binds and takes it back afterwards; a program with one socket
 * at the port gets by with that, because the kernel remembers how the port was first bound, but one
 * that listens for IPv4 and for IPv6 does not. So the former copy's sockets have the option while
 * this is open, and then again what they had.
 */
public final class SharedPorts implements AutoCloseable {
  private final List<Integer> changed = new ArrayList<>();

  private SharedPorts() {}

  /**
   * Opens the ports of every process of a tree.
   *
   * @throws IOException when the kernel refuses; then nothing has changed
   */
  public static SharedPorts of(ProcessTree tree) throws IOException {
    SharedPorts ports = new SharedPorts();
    try {
      for (int pid : tree.pids()) {
        ports.share(pid);
      }
    } catch (IOException e) {
      ports.close();
      throw e;
    }
    return ports;
  }

  private void share(int pid) throws IOException {
    try (PidFd process = PidFd.open(pid)) {
      for (int descriptor : sockets(pid)) {
        take(process.duplicate(descriptor));
      }
    } catch (LinuxException e) {
      // It may have been woken by now, and may close and end whatever it likes.
      if (e.errno() != Errno.ESRCH && e.errno() != Errno.EBADF) {
        throw e;
      }
    }
  }

  private void take(int socket) throws LinuxException {
    boolean kept = false;
    try {
      int domain = SocketOptions.read(socket, SocketOptions.SO_DOMAIN);
      boolean internet = domain == SocketOptions.AF_INET || domain == SocketOptions.AF_INET6;
      if (internet && SocketOptions.read(socket, SocketOptions.SO_REUSEPORT) == 0) {
        SocketOptions.write(socket, SocketOptions.SO_REUSEPORT, 1);
        changed.add(socket);
        kept = true;
      }
    } finally {
      if (!kept) {
        Kernel.close(socket);
      }
    }
  }

  /** The descriptors of a process that are sockets; none when it has gone. */
  static List<Integer> sockets(int pid) throws IOException {
    List<Integer> found = new ArrayList<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (isSocket(descriptor)) {
          found.add(Integer.valueOf(descriptor.getFileName().toString()));
        }
      }
    } catch (UncheckedIOException | NoSuchFileException gone) {
      return List.of();
    }
    return found;
  }

  private static boolean isSocket(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (NoSuchFileException closed) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      for (int socket : changed) {
        SocketOptions.write(socket, SocketOptions.SO_REUSEPORT, 0);
      }
    } finally {
      changed.forEach(Kernel::close);
      changed.clear();
    }
  }
}
