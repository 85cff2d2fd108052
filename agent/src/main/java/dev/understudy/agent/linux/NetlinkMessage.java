// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds one or more netlink messages in one buffer (netlink(7)): header, fixed part, attributes.
 * Numbers are in the machine's order unless a method says "network order". Reusable.
 */
public final class NetlinkMessage {
  public static final int REQUEST = 1;
  public static final int ACK = 4;
  public static final int DUMP = 0x300;
  public static final int REPLACE = 0x100;
  public static final int EXCLUSIVE = 0x200;
  public static final int CREATE = 0x400;

  static final int HEADER_BYTES = 16;
  private static final int NESTED = 0x8000;

  private final Memory memory;
  private int position;
  private int messageAt = -1;
  private int acknowledgements;

  /** An empty buffer of a fixed size. */
  public NetlinkMessage(int sizeBytes) {
    this.memory = Memory.ofSize(sizeBytes);
  }

  /** Forgets everything. */
  public NetlinkMessage clear() {
    position = 0;
    messageAt = -1;
    acknowledgements = 0;
    return this;
  }

  /** Begins a message; the one before it must be finished. */
  public NetlinkMessage begin(int type, int flags, int sequence) {
    if (messageAt >= 0) {
      throw new IllegalStateException("a netlink message is begun within another one");
    }
    messageAt = position;
    // The port number 0 lets the kernel fill in the socket's own.
    int32(0).int16(type).int16(flags).int32(sequence).int32(0);
    if ((flags & ACK) != 0) {
      acknowledgements++;
    }
    return this;
  }

  /** Finishes a message. */
  public NetlinkMessage end() {
    if (messageAt < 0) {
      throw new IllegalStateException("no netlink message was begun");
    }
    memory.bytes().putInt(messageAt, position - messageAt);
    messageAt = -1;
    return this;
  }

  /** A byte of a fixed part. */
  public NetlinkMessage int8(int value) {
    room(1);
    memory.bytes().put(position, (byte) value);
    position += 1;
    return this;
  }

  /** Two bytes of a fixed part. */
  public NetlinkMessage int16(int value) {
    room(2);
    memory.bytes().putShort(position, (short) value);
    position += 2;
    return this;
  }

  /** Four bytes of a fixed part. */
  public NetlinkMessage int32(int value) {
    room(4);
    memory.bytes().putInt(position, value);
    position += 4;
    return this;
  }

  /** An attribute of four bytes. */
  public NetlinkMessage attribute(int type, int value) {
    return int16(8).int16(type).int32(value);
  }

  /** An attribute of four bytes in network order, as nftables wants them. */
  public NetlinkMessage attributeNetworkOrder(int type, int value) {
    return attribute(type, networkOrder(value));
  }

  /** An attribute of eight bytes in network order. */
  public NetlinkMessage attributeNetworkOrder(int type, long value) {
    return int16(12)
        .int16(type)
        .int32(networkOrder((int) (value >>> 32)))
        .int32(networkOrder((int) value));
  }

  private int networkOrder(int value) {
    return memory.bytes().order() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value);
  }

  /** An attribute of text that ends in NUL. */
  public NetlinkMessage attribute(int type, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] ended = Arrays.copyOf(bytes, bytes.length + 1);
    return attribute(type, ended);
  }

  /** An attribute of bytes. */
  public NetlinkMessage attribute(int type, byte[] bytes) {
    int16(4 + bytes.length).int16(type);
    int padded = bytes.length + 3 & ~3;
    room(padded);
    memory.bytes().put(position, bytes);
    for (int i = bytes.length; i < padded; i++) {
      memory.bytes().put(position + i, (byte) 0);
    }
    position += padded;
    return this;
  }

  /**
   * Begins an attribute that holds attributes.
   *
   * @return what {@link #endNest} wants to have back
   */
  public int nest(int type) {
    int at = position;
    int16(0).int16(type | NESTED);
    return at;
  }

  /** Ends such an attribute. */
  public NetlinkMessage endNest(int nest) {
    memory.bytes().putShort(nest, (short) (position - nest));
    return this;
  }

  private void room(int bytes) {
    if (position + bytes > memory.size()) {
      throw new BufferOverflowException();
    }
  }

  /** Where the next byte goes: remembered before an attribute whose value changes later. */
  public int position() {
    return position;
  }

  /** Overwrites eight bytes in network order; the index is that of a value, behind its header. */
  public void patchNetworkOrder(int index, long value) {
    memory.bytes().putInt(index, networkOrder((int) (value >>> 32)));
    memory.bytes().putInt(index + 4, networkOrder((int) value));
  }

  int length() {
    if (messageAt >= 0) {
      throw new IllegalStateException("the last netlink message is not finished");
    }
    return position;
  }

  int acknowledgements() {
    return acknowledgements;
  }

  long address() {
    return memory.address();
  }

  void keep() {
    memory.keep();
  }

  /** Reads an attribute list: the index of an attribute's value, or -1 when it is not there. */
  public static int find(ByteBuffer bytes, int from, int to, int type) {
    int at = from;
    while (at + 4 <= to) {
      int length = bytes.getShort(at) & 0xffff;
      if (length < 4 || at + length > to) {
        return -1;
      }
      if ((bytes.getShort(at + 2) & 0x3fff) == type) {
        return at + 4;
      }
      at += length + 3 & ~3;
    }
    return -1;
  }
}
