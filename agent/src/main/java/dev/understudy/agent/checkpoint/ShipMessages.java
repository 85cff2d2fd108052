// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

/** Kinds of frames between the two sides of a transfer, and its time limits. */
final class ShipMessages {
  /** Caller: a manifest in JSON. */
  static final byte OFFER = 1;

  /** Called: a bit for each chunk of the manifest, in its order; set means "send it". */
  static final byte WANT = 2;

  /** Caller: number of a chunk (4), its bytes. */
  static final byte CHUNK = 3;

  /** Caller: no more chunks. */
  static final byte END = 4;

  /** Called: the generation is whole and kept. */
  static final byte COMMITTED = 5;

  /** Called: one sentence; nothing is kept. */
  static final byte REFUSED = 6;

  static final long GREETING_NANOS = 15_000_000_000L;

  /** 10 MB/s, a tenth of a slow network. */
  private static final long NANOS_PER_BYTE = 100;

  private ShipMessages() {}

  /** Most time that a transfer of that many bytes may take. */
  static long limitNanos(long bytes) {
    return GREETING_NANOS + NANOS_PER_BYTE * bytes;
  }
}
