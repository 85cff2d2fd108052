// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

/**
 * A fingerprint of everything that happened, in order: FNV-1a over 64-bit words. Equal for equal
 * runs on every machine; whether somebody reads the trace makes no difference.
 */
public final class TraceHash {
  private static final long BASIS = 0xCBF29CE484222325L;
  private static final long PRIME = 0x100000001B3L;

  private long value = BASIS;

  TraceHash() {}

  void mix(long word) {
    long mixed = (value ^ word) * PRIME;
    // FNV alone carries nothing from high bits to low ones.
    value = mixed ^ (mixed >>> 32);
  }

  void mix(long at, int kind, int node, long detail) {
    mix(at);
    mix(((long) kind << 32) | node);
    mix(detail);
  }

  long value() {
    return value;
  }

  /** As people compare it. */
  public static String text(long value) {
    return String.format("%016x", value);
  }
}
