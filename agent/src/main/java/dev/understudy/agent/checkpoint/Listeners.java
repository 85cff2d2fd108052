// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.Kernel;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.linux.SocketOptions;
import dev.understudy.agent.linux.Syscall;
import dev.understudy.agent.runtime.Failures;
import dev.understudy.agent.runtime.ProcessTree;
import java.io.IOException;

/**
 * Ends the listening of processes that are about to be killed. A killed process first gives its
 * memory back, which takes a tenth of a second for each gigabyte, and closes its sockets after
 * that: all the while the kernel would hand it new connections, and nobody would answer them.
 */
public final class Listeners {
  private static final int SHUT_RDWR = 2;

  private Listeners() {}

  /** No process of that tree takes a new connection when this returns; some may be gone by then. */
  public static void shut(ProcessTree tree) {
    for (int pid : tree.refresh()) {
      try (PidFd process = PidFd.open(pid)) {
        for (int descriptor : SharedPorts.sockets(pid)) {
          shut(process, descriptor);
        }
      } catch (LinuxException e) {
        if (e.errno() != Errno.ESRCH && e.errno() != Errno.EINVAL) {
          throw new IllegalStateException("own processes cannot be reached: " + e.getMessage(), e);
        }
      } catch (IOException e) {
        // Killing it ends its listening too, only later.
        System.err.println("sockets of process " + pid + " stay open: " + Failures.text(e));
      }
    }
  }

  private static void shut(PidFd process, int descriptor) throws LinuxException {
    int socket;
    try {
      socket = process.duplicate(descriptor);
    } catch (LinuxException e) {
      if (e.errno() == Errno.EBADF) {
        return;
      }
      throw e;
    }
    try {
      if (SocketOptions.read(socket, SocketOptions.SO_ACCEPTCONN) != 0) {
        // Unless it has stopped listening meanwhile, which is as good.
        var _ = Kernel.call(Syscall.SHUTDOWN, socket, SHUT_RDWR);
      }
    } finally {
      Kernel.close(socket);
    }
  }
}
