// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.Scheduling;
import dev.understudy.agent.runtime.Failures;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Takes generations from other agents. One thread accepts, one thread of ordinary priority serves
 * each connection, and there are at most four; further callers wait in the backlog.
 */
public final class ShipServer implements AutoCloseable {
  private static final int CONNECTIONS = 4;
  private static final int BACKLOG = 16;
  private static final long ACCEPT_AGAIN_MILLIS = 200;

  /** The agent's own threads are preferred; those that move generations are not. */
  private static final int NICE = 0;

  private final ServerSocket server;
  private final byte[] key;
  private final Receiver receiver;
  private final Thread acceptor;
  private final Semaphore free = new Semaphore(CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Optional<String> lastFailure = Optional.empty();

  private ShipServer(ServerSocket server, byte[] key, Receiver receiver) {
    this.server = server;
    this.key = key.clone();
    this.receiver = receiver;
    this.acceptor = Thread.ofPlatform().daemon().name("ship-accept").unstarted(this::accept);
  }

  /**
   * Listens.
   *
   * @param at address and port; port 0 takes a free one
   * @param key the cluster's 32 bytes
   * @throws IOException when the address is taken or not ours
   */
  public static ShipServer listen(InetSocketAddress at, byte[] key, Receiver receiver)
      throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(at, BACKLOG);
    } catch (IOException e) {
      socket.close();
      throw new IOException("listening on " + at + " failed: " + Failures.text(e), e);
    }
    ShipServer made = new ShipServer(socket, key, receiver);
    made.acceptor.start();
    return made;
  }

  /** The port it listens on. */
  public int port() {
    return server.getLocalPort();
  }

  /** Why the last transfer broke; empty when none did. */
  public Optional<String> lastFailure() {
    return lastFailure;
  }

  private void accept() {
    try {
      while (!server.isClosed()) {
        free.acquire();
        acceptOne();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A host that is out of descriptors for a while must not make this node deaf for good. */
  private void acceptOne() throws InterruptedException {
    try {
      Socket socket = server.accept();
      open.add(socket);
      Thread.ofPlatform().daemon().name("ship-receive").start(() -> serve(socket));
    } catch (IOException e) {
      free.release();
      if (!server.isClosed()) {
        lastFailure = Optional.of("accepting failed: " + Failures.text(e));
        System.err.println("accepting a transfer failed, tried again: " + Failures.text(e));
        TimeUnit.MILLISECONDS.sleep(ACCEPT_AGAIN_MILLIS);
      }
    }
  }

  private void serve(Socket socket) {
    // A host that refuses leaves an ordinary thread, which is only less polite.
    var _ = Scheduling.niceThisThread(NICE);
    try (socket) {
      ShipChannel channel;
      Manifest manifest;
      try (SocketDeadline _ = new SocketDeadline(socket, ShipMessages.GREETING_NANOS)) {
        channel = ShipChannel.called(socket, key);
        ShipChannel.Frame offer = channel.receive();
        if (offer.type() != ShipMessages.OFFER) {
          throw new IOException("the first frame is of kind " + offer.type());
        }
        byte[] json = new byte[offer.payload().remaining()];
        offer.payload().get(json);
        manifest = Manifest.parse(json);
      }
      try (SocketDeadline _ =
          new SocketDeadline(socket, ShipMessages.limitNanos(manifest.bytes()))) {
        take(channel, manifest);
      }
    } catch (IOException | ArithmeticException e) {
      lastFailure =
          Optional.of(
              "a transfer from %s broke: %s".formatted(socket.getInetAddress(), Failures.text(e)));
    } finally {
      open.remove(socket);
      free.release();
    }
  }

  private void take(ShipChannel channel, Manifest manifest) throws IOException {
    switch (receiver.offered(manifest.workload(), manifest.id())) {
      case Receiver.Answer.Decline(var reason) -> refuse(channel, reason);
      case Receiver.Answer.Accept accept when manifest.bytes() > accept.mostBytes() ->
          refuse(
              channel,
              "%d bytes are more than the %d that the memory limit allows"
                  .formatted(manifest.bytes(), accept.mostBytes()));
      case Receiver.Answer.Accept accept -> {
        Optional<String> refusal;
        try (Arrival arrival = Arrival.begin(manifest, accept.generations(), accept.base())) {
          channel.send(ShipMessages.WANT, ByteBuffer.wrap(arrival.lacking().toByteArray()));
          String damage = arrival.takeChunks(channel);
          refusal =
              damage.isEmpty()
                  ? complete(arrival.commit(), accept.offeredBootNanos())
                  : Optional.of(damage);
        }
        if (refusal.isEmpty()) {
          channel.send(ShipMessages.COMMITTED);
        } else {
          refuse(channel, refusal.get());
        }
      }
    }
  }

  /** What is refused is not kept either. */
  private Optional<String> complete(Generation generation, long offeredBootNanos)
      throws IOException {
    Optional<String> refusal = receiver.complete(generation, offeredBootNanos);
    if (refusal.isPresent()) {
      generation.delete();
    }
    return refusal;
  }

  private static void refuse(ShipChannel channel, String reason) throws IOException {
    channel.send(ShipMessages.REFUSED, ByteBuffer.wrap(reason.getBytes(StandardCharsets.UTF_8)));
  }

  /** Stops listening and breaks the transfers under way; their partial directories are deleted. */
  @Override
  public void close() throws IOException {
    server.close();
    acceptor.interrupt();
    for (Socket socket : open) {
      socket.close();
    }
    try {
      free.tryAcquire(CONNECTIONS - 1, 2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
