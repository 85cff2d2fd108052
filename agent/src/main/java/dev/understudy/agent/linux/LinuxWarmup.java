// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.nio.ByteBuffer;

/** Pays for first calls at start: one costs about a millisecond, and a lease is short. */
public final class LinuxWarmup {
  private static final int ROUNDS = 2_000;
  private static final int LOOPBACK = 127 << 24 | 1;

  private LinuxWarmup() {}

  /**
   * Runs what the failover path runs, on the loopback device and on this process itself.
   *
   * @throws LinuxException when one of the calls is refused here
   */
  public static void run() throws LinuxException {
    long self = ProcessHandle.current().pid();
    try (EventFd event = EventFd.open();
        UdpSocket socket = UdpSocket.bind(LOOPBACK, 0)) {
      int port = socket.localPort();
      Poller poller = new Poller(2);
      int eventIndex = poller.add(event.fd());
      int socketIndex = poller.add(socket.fd());
      ByteBuffer data = ByteBuffer.allocateDirect(512);
      for (int round = 0; round < ROUNDS; round++) {
        event.signal();
        data.clear();
        boolean sent = socket.send(data, LOOPBACK, port);
        poller.waitUntil(Clock.bootNanos());
        if (!poller.ready(eventIndex) || event.drain() != 1) {
          throw new IllegalStateException("an eventfd that was signalled is not readable");
        }
        // Without a loopback device that is up nothing is sent, and nothing arrives.
        if (sent && poller.ready(socketIndex)) {
          socket.receive(data);
        }
        boolean alive = Signals.kill(self, 0);
        if (!alive) {
          throw new IllegalStateException("process " + self + " does not find itself");
        }
      }
    }
  }
}
