// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A TCP connection between two agents that both know the cluster key. Each side sends a nonce and
 * proves the key over both nonces (HMAC-SHA256); a key for each direction is derived from them, and
 * each record is sealed with AES-256-GCM under a counter, so records cannot be forged, repeated,
 * left out or read. A record is {@code length(4) sealed(...)}; a frame, {@code type(1) length(4)
 * payload}, begins with a record and goes on in as many as it needs.
 */
final class ShipChannel implements Closeable {
  /** Most bytes of one frame's payload; a manifest is the largest. */
  static final int PAYLOAD_BYTES = 32 << 20;

  static final int KEY_BYTES = 32;

  /**
   * Most plain bytes that are sealed at once. Java's AES-GCM becomes fast when its methods were
   * called often: sealed 1 MiB at a time it stays below 40 MB/s, in such pieces it passes 1 GB/s.
   */
  private static final int RECORD_BYTES = 64 << 10;

  private static final int FRAME_HEADER_BYTES = 5;

  private static final int MAGIC = 0x55534831; // "USH1"
  private static final int NONCE_BYTES = 32;
  private static final int TAG_BYTES = 16;
  private static final int SILENCE_MILLIS = 10_000;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final Cipher cipher;
  private SecretKeySpec sealing;
  private SecretKeySpec opening;
  private long sealed;
  private long opened;
  private long bytesOut;
  private final byte[] sendBuffer = new byte[4 + RECORD_BYTES + TAG_BYTES];
  private final byte[] receiveBuffer = new byte[4 + RECORD_BYTES + TAG_BYTES];
  private byte[] payload = new byte[0];

  /** What arrived: a kind and its payload, valid until the next frame is received. */
  record Frame(byte type, ByteBuffer payload) {}

  private ShipChannel(Socket socket, byte[] key) throws IOException {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("a cluster key has 32 bytes, not " + key.length);
    }
    this.socket = socket;
    socket.setSoTimeout(SILENCE_MILLIS);
    socket.setTcpNoDelay(true);
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
    this.sealing = new SecretKeySpec(key, "AES");
    this.opening = sealing;
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  /** Opens the caller's side. */
  static ShipChannel caller(Socket socket, byte[] key) throws IOException {
    ShipChannel channel = new ShipChannel(socket, key);
    byte[] mine = channel.sendNonce();
    byte[] theirs = channel.receiveNonce();
    channel.checkProof(mac(key, "called", mine, theirs));
    channel.out.write(mac(key, "caller", mine, theirs));
    channel.sealing = derived(key, "caller to called", mine, theirs);
    channel.opening = derived(key, "called to caller", mine, theirs);
    return channel;
  }

  /** Opens the called side. */
  static ShipChannel called(Socket socket, byte[] key) throws IOException {
    ShipChannel channel = new ShipChannel(socket, key);
    byte[] theirs = channel.receiveNonce();
    byte[] mine = channel.sendNonce();
    channel.out.write(mac(key, "called", theirs, mine));
    channel.checkProof(mac(key, "caller", theirs, mine));
    channel.sealing = derived(key, "called to caller", theirs, mine);
    channel.opening = derived(key, "caller to called", theirs, mine);
    return channel;
  }

  /** Bytes written to the network so far. */
  long bytesOut() {
    return bytesOut;
  }

  /** Sends one frame made of the rest of these buffers, one after the other. */
  void send(byte type, ByteBuffer... parts) throws IOException {
    int length = 0;
    for (ByteBuffer part : parts) {
      length += part.remaining();
    }
    if (length > PAYLOAD_BYTES) {
      throw new IllegalStateException("a frame of " + length + " bytes");
    }
    ByteBuffer record = ByteBuffer.wrap(sendBuffer, 4, RECORD_BYTES).put(type).putInt(length);
    for (ByteBuffer part : parts) {
      while (part.hasRemaining()) {
        if (!record.hasRemaining()) {
          seal(RECORD_BYTES);
          record.position(4);
        }
        int n = Math.min(record.remaining(), part.remaining());
        record.put(part.slice().limit(n));
        part.position(part.position() + n);
      }
    }
    seal(record.position() - 4);
  }

  private void seal(int length) throws IOException {
    int sealedLength = length + TAG_BYTES;
    ByteBuffer.wrap(sendBuffer).putInt(sealedLength);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, sealing, counter(sealed++));
      cipher.updateAAD(sendBuffer, 0, 4);
      cipher.doFinal(sendBuffer, 4, length, sendBuffer, 4);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
    out.write(sendBuffer, 0, 4 + sealedLength);
    bytesOut += 4 + sealedLength;
  }

  /** Waits for one frame; each of its records may take 10 s. */
  Frame receive() throws IOException {
    ByteBuffer first = open();
    if (first.remaining() < FRAME_HEADER_BYTES) {
      throw new IOException("a frame without its header");
    }
    byte type = first.get();
    int length = first.getInt();
    if (length < 0 || length > PAYLOAD_BYTES || first.remaining() > length) {
      throw new IOException("a frame of " + length + " bytes was announced");
    }
    if (payload.length < length) {
      payload = new byte[length];
    }
    ByteBuffer whole = ByteBuffer.wrap(payload, 0, length).put(first);
    while (whole.hasRemaining()) {
      ByteBuffer record = open();
      if (!record.hasRemaining() || record.remaining() > whole.remaining()) {
        throw new IOException("a frame's records do not add up");
      }
      whole.put(record);
    }
    return new Frame(type, whole.flip());
  }

  private ByteBuffer open() throws IOException {
    int sealedLength = in.readInt();
    if (sealedLength < TAG_BYTES || sealedLength > RECORD_BYTES + TAG_BYTES) {
      throw new IOException("a record of " + sealedLength + " bytes was announced");
    }
    ByteBuffer.wrap(receiveBuffer).putInt(sealedLength);
    in.readFully(receiveBuffer, 4, sealedLength);
    try {
      cipher.init(Cipher.DECRYPT_MODE, opening, counter(opened++));
      cipher.updateAAD(receiveBuffer, 0, 4);
      int length = cipher.doFinal(receiveBuffer, 4, sealedLength, receiveBuffer, 4);
      return ByteBuffer.wrap(receiveBuffer, 4, length);
    } catch (GeneralSecurityException e) {
      throw new IOException("a record is not authentic", e);
    }
  }

  private byte[] sendNonce() throws IOException {
    byte[] nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    out.write(ByteBuffer.allocate(4 + NONCE_BYTES).putInt(MAGIC).put(nonce).array());
    return nonce;
  }

  private byte[] receiveNonce() throws IOException {
    if (in.readInt() != MAGIC) {
      throw new IOException("the other side does not speak this protocol");
    }
    return exactly(NONCE_BYTES);
  }

  private void checkProof(byte[] wanted) throws IOException {
    if (!MessageDigest.isEqual(wanted, exactly(wanted.length))) {
      throw new IOException("the other side does not know the cluster key");
    }
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != length) {
      throw new EOFException("the other side closed the connection: another cluster key?");
    }
    return bytes;
  }

  private static SecretKeySpec derived(byte[] key, String label, byte[] first, byte[] second) {
    return new SecretKeySpec(mac(key, label, first, second), "AES");
  }

  private static byte[] mac(byte[] key, String label, byte[] first, byte[] second) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(("understudy ship 1: " + label).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      mac.update(first);
      return mac.doFinal(second);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }

  /** A key belongs to one direction of one connection, so a counter never repeats under it. */
  private static GCMParameterSpec counter(long n) {
    return new GCMParameterSpec(
        8 * TAG_BYTES, ByteBuffer.allocate(12).putInt(0).putLong(n).array());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
