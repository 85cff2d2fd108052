// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.records;

/**
 * CRIU's own statistics of one restore, from its image {@code stats-restore}. Times are in
 * microseconds, everything else counts; -1 where CRIU said nothing.
 *
 * @param pagesCompared pages compared with those of the parent process
 * @param pagesSkippedCow of these, equal and so shared
 * @param forkingMicros making the processes
 * @param restoreMicros all of it
 * @param pagesRestored pages filled
 */
public record CriuRestore(
    long pagesCompared,
    long pagesSkippedCow,
    long forkingMicros,
    long restoreMicros,
    long pagesRestored) {
  /** How many figures there are. */
  public static final int COUNT = 5;

  /** Nothing is known. */
  public static final CriuRestore UNKNOWN = new CriuRestore(-1, -1, -1, -1, -1);

  public CriuRestore {
    Checks.known(pagesCompared, pagesSkippedCow, forkingMicros, restoreMicros, pagesRestored);
  }

  /** From figures in the order of the components, which is the order of CRIU's own fields. */
  public static CriuRestore of(long... figures) {
    if (figures.length != COUNT) {
      throw new IllegalArgumentException(figures.length + " figures of a restore, not " + COUNT);
    }
    return new CriuRestore(figures[0], figures[1], figures[2], figures[3], figures[4]);
  }

  /** The figures in the order of the components. */
  public long[] figures() {
    return new long[] {pagesCompared, pagesSkippedCow, forkingMicros, restoreMicros, pagesRestored};
  }
}
