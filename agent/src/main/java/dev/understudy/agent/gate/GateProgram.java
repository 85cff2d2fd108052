// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

/**
 * The gate as eBPF instructions: without an entry in the map, or at or after its deadline, drop;
 * before it, leave the frame to the next program. Instruction format: RFC 9669.
 */
final class GateProgram {
  private static final int STORE_WORD_IMMEDIATE = 0x62;
  private static final int LOAD_IMMEDIATE_64 = 0x18;
  private static final int LOAD_DOUBLE = 0x79;
  private static final int MOVE = 0xbf;
  private static final int MOVE_IMMEDIATE = 0xb7;
  private static final int ADD_IMMEDIATE = 0x07;
  private static final int CALL = 0x85;
  private static final int EXIT = 0x95;
  private static final int JUMP_EQUAL_IMMEDIATE = 0x15;
  private static final int JUMP_GREATER_EQUAL = 0x3d;

  private static final int PSEUDO_MAP_FD = 1;
  private static final int HELPER_MAP_LOOKUP = 1;
  private static final int HELPER_KTIME_GET_BOOT_NS = 125;
  private static final int TCX_NEXT = -1;
  private static final int TCX_DROP = 2;
  private static final int FRAME_POINTER = 10;

  private GateProgram() {}

  /** The program for a map with keys of 4 bytes, of which 0 is used, and deadlines of 8. */
  static long[] instructions(int mapFd) {
    return new long[] {
      // key = 0; r0 = lookup(map, &key)
      instruction(STORE_WORD_IMMEDIATE, FRAME_POINTER, 0, -4, 0),
      instruction(LOAD_IMMEDIATE_64, 1, PSEUDO_MAP_FD, 0, mapFd),
      0,
      instruction(MOVE, 2, FRAME_POINTER, 0, 0),
      instruction(ADD_IMMEDIATE, 2, 0, 0, -4),
      instruction(CALL, 0, 0, 0, HELPER_MAP_LOOKUP),
      // no entry: drop
      instruction(JUMP_EQUAL_IMMEDIATE, 0, 0, 5, 0),
      // r7 = deadline, kept over the call; at or after it: drop. The compare is unsigned.
      instruction(LOAD_DOUBLE, 7, 0, 0, 0),
      instruction(CALL, 0, 0, 0, HELPER_KTIME_GET_BOOT_NS),
      instruction(JUMP_GREATER_EQUAL, 0, 7, 2, 0),
      instruction(MOVE_IMMEDIATE, 0, 0, 0, TCX_NEXT),
      instruction(EXIT, 0, 0, 0, 0),
      instruction(MOVE_IMMEDIATE, 0, 0, 0, TCX_DROP),
      instruction(EXIT, 0, 0, 0, 0),
    };
  }

  /** Little-endian layout, which both supported architectures have. */
  private static long instruction(
      int code, int destination, int source, int offset, int immediate) {
    return (code & 0xffL)
        | (destination & 15L) << 8
        | (source & 15L) << 12
        | (offset & 0xffffL) << 16
        | (long) immediate << 32;
  }
}
