// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.util.List;

/**
 * Programs of the classic packet filter (linux/filter.h), which say how much of a frame to keep.
 */
final class PacketFilter {
  private static final int LOAD_HALF = 0x28;
  private static final int LOAD_WORD = 0x20;
  private static final int JUMP = 0x05;
  private static final int JUMP_EQUAL = 0x15;
  private static final int RETURN = 0x06;

  private static final int ETHERTYPE_AT = 12;
  private static final int IPV4_SOURCE_AT = 26;
  private static final int ARP_SENDER_AT = 28;
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int ETHERTYPE_ARP = 0x0806;

  /** Ethernet, IPv4 and TCP without options. */
  private static final int KEPT_BYTES = 54;

  /** Jumps count in a byte. */
  private static final int SENDERS_MOST = 200;

  private static final int INSTRUCTION_BYTES = 8;

  private final Memory program;
  private int next;

  private PacketFilter(int instructions) {
    this.program = Memory.ofSize(instructions * INSTRUCTION_BYTES);
  }

  /** Keeps the heads of IPv4 packets and ARP frames from these addresses, in host order. */
  static Memory senders(List<Integer> ipv4) {
    int count = ipv4.size();
    if (count > SENDERS_MOST) {
      throw new IllegalArgumentException(
          "at most " + SENDERS_MOST + " senders can be told apart, not " + count);
    }
    PacketFilter filter = new PacketFilter(8 + count);
    filter.add(LOAD_HALF, 0, 0, ETHERTYPE_AT);
    filter.add(JUMP_EQUAL, 3, 0, ETHERTYPE_ARP);
    filter.add(JUMP_EQUAL, 0, 3 + count, ETHERTYPE_IPV4);
    filter.add(LOAD_WORD, 0, 0, IPV4_SOURCE_AT);
    filter.add(JUMP, 0, 0, 1);
    filter.add(LOAD_WORD, 0, 0, ARP_SENDER_AT);
    for (int i = 0; i < count; i++) {
      filter.add(JUMP_EQUAL, count - i, 0, ipv4.get(i));
    }
    filter.add(RETURN, 0, 0, 0);
    filter.add(RETURN, 0, 0, KEPT_BYTES);
    return filter.program;
  }

  private void add(int code, int whenTrue, int whenFalse, int value) {
    int at = next++ * INSTRUCTION_BYTES;
    program.bytes().putShort(at, (short) code);
    program.bytes().put(at + 2, (byte) whenTrue).put(at + 3, (byte) whenFalse);
    program.bytes().putInt(at + 4, value);
  }
}
