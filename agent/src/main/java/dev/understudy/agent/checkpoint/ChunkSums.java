// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

/**
 * CRC-32C of each chunk of a generation, in the order of its manifest, taken when the chunk had its
 * SHA-256. They tell whether a file of this node still has those bytes, at a tenth of the cost;
 * what comes from elsewhere is judged by its SHA-256 alone.
 */
public final class ChunkSums {
  /** Of nothing: every chunk has to be hashed. */
  static final ChunkSums NONE = new ChunkSums(new int[0]);

  private final int[] sums;

  ChunkSums(int[] sums) {
    this.sums = sums.clone();
  }

  /** Whether that chunk has a sum. */
  boolean has(int number) {
    return number < sums.length;
  }

  /** The sum of that chunk. */
  int of(int number) {
    return sums[number];
  }
}
