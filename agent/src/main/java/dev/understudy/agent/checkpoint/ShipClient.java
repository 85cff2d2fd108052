// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.runtime.Cancellation;
import dev.understudy.agent.runtime.Failures;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;

/** Sends generations to a standby's {@link ShipServer}, only what that lacks. */
public final class ShipClient {
  private static final int CONNECT_MILLIS = 2_000;

  /**
   * Bound of the sending rate. Faster, a large generation would fill a link of 1 Gbit/s for seconds
   * and keep a core of both nodes busy, and the heartbeats of either would come late.
   */
  private static final long BYTES_PER_SECOND = 100L << 20;

  private ShipClient() {}

  /**
   * Sends one; blocks until the standby has it, refuses it, or the time limit strikes.
   *
   * @param to address and port of the standby's agent
   * @param key the cluster's 32 bytes
   * @param cancellation breaks the connection off
   */
  public static ShipResult send(
      InetSocketAddress to, byte[] key, Generation generation, Cancellation cancellation) {
    long begin = System.nanoTime();
    try (Socket socket = new Socket();
        SocketDeadline deadline =
            new SocketDeadline(socket, ShipMessages.limitNanos(generation.manifest().bytes()));
        var _ = cancellation.during(() -> breakOff(socket))) {
      try {
        socket.connect(to, CONNECT_MILLIS);
        ShipChannel channel = ShipChannel.caller(socket, key);
        return new Transfer(channel, generation).run(begin);
      } catch (IOException e) {
        String why =
            cancellation.cancelled()
                ? "it was given up"
                : deadline.struck() ? "it took too long" : Failures.text(e);
        return new ShipResult.ShipFailed(
            "shipping %s to %s failed: %s".formatted(generation.id(), to, why));
      }
    } catch (IOException e) {
      return new ShipResult.ShipFailed("closing the connection to " + to + " failed: " + e);
    }
  }

  private static void breakOff(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("closing a socket failed", e);
    }
  }

  private record Transfer(ShipChannel channel, Generation generation) {
    ShipResult run(long begin) throws IOException {
      Manifest manifest = generation.manifest();
      byte[] offer = manifest.toJson();
      if (offer.length > ShipChannel.PAYLOAD_BYTES) {
        return new ShipResult.Refused(
            "its manifest has %d bytes, more than the %d that can be sent; fewer files, or less"
                    .formatted(offer.length, ShipChannel.PAYLOAD_BYTES)
                + " memory, would make it smaller");
      }
      channel.send(ShipMessages.OFFER, ByteBuffer.wrap(offer));
      channel.waitForWork();
      ShipChannel.Frame answer = channel.receive();
      if (answer.type() == ShipMessages.REFUSED) {
        return new ShipResult.Refused(text(answer.payload()));
      }
      if (answer.type() != ShipMessages.WANT) {
        throw new IOException("the standby answered an offer with kind " + answer.type());
      }
      long chunkBytes = sendChunks(manifest, BitSet.valueOf(answer.payload()));
      channel.send(ShipMessages.END);
      ShipChannel.Frame end = channel.receive();
      return switch (end.type()) {
        case ShipMessages.COMMITTED ->
            new ShipResult.Shipped(
                channel.bytesOut(), manifest.bytes() - chunkBytes, System.nanoTime() - begin);
        case ShipMessages.REFUSED -> new ShipResult.Refused(text(end.payload()));
        default -> throw new IOException("the standby ended with kind " + end.type());
      };
    }

    private long sendChunks(Manifest manifest, BitSet wanted) throws IOException {
      if (wanted.length() > manifest.chunkCount()) {
        throw new IOException("the standby wants chunk " + (wanted.length() - 1));
      }
      ByteBuffer buffer = ByteBuffer.allocateDirect(Chunks.BYTES);
      ByteBuffer number = ByteBuffer.allocate(4);
      long began = System.nanoTime();
      long bytes = 0;
      int first = 0;
      for (FileEntry entry : manifest.files()) {
        Path file = generation.directory().resolve(entry.name());
        int count = entry.chunks().size();
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
          for (int c = 0; c < count; c++) {
            if (wanted.get(first + c)) {
              buffer.clear().limit(Chunks.length(entry.size(), c));
              Chunks.read(in, buffer, (long) c * Chunks.BYTES);
              bytes += buffer.flip().remaining();
              channel.send(ShipMessages.CHUNK, number.clear().putInt(first + c).flip(), buffer);
              pace(began, bytes);
            }
          }
        }
        first += count;
      }
      return bytes;
    }

    /** Waits until so many bytes may have left; less than a chunk is not worth a wait. */
    private static void pace(long began, long bytes) throws IOException {
      long due = began + bytes * 1_000_000_000L / BYTES_PER_SECOND;
      while (System.nanoTime() - due < 0) {
        if (Thread.interrupted()) {
          throw new IOException("interrupted while it was sent");
        }
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }

    private static String text(ByteBuffer payload) {
      return StandardCharsets.UTF_8.decode(payload).toString();
    }
  }
}
