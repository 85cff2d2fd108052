// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.records;

/**
 * CRIU's own statistics of one dump, from its image {@code stats-dump}. Times are in microseconds,
 * everything else counts; -1 where CRIU said nothing.
 *
 * @param freezingMicros from the first signal to stop until every process stood
 * @param frozenMicros from then until CRIU let go of the processes
 * @param memdumpMicros collecting the pages of memory
 * @param memwriteMicros writing them
 * @param pagesScanned private pages looked at
 * @param pagesSkippedParent left out, since a former dump has them
 * @param pagesWritten private pages written
 * @param irmapResolve finding files by inode, in microseconds
 * @param pagesLazy left to be fetched after the restore
 * @param pagePipes pipes that pages went through
 * @param pagePipeBufs buffers of these pipes
 * @param shpagesScanned pages of shared memory looked at
 * @param shpagesSkippedParent of these, left out
 * @param shpagesWritten of these, written
 */
public record CriuDump(
    long freezingMicros,
    long frozenMicros,
    long memdumpMicros,
    long memwriteMicros,
    long pagesScanned,
    long pagesSkippedParent,
    long pagesWritten,
    long irmapResolve,
    long pagesLazy,
    long pagePipes,
    long pagePipeBufs,
    long shpagesScanned,
    long shpagesSkippedParent,
    long shpagesWritten) {
  /** How many figures there are. */
  public static final int COUNT = 14;

  /** Nothing is known. */
  public static final CriuDump UNKNOWN =
      new CriuDump(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);

  public CriuDump {
    Checks.known(freezingMicros, frozenMicros, memdumpMicros, memwriteMicros);
    Checks.known(pagesScanned, pagesSkippedParent, pagesWritten, irmapResolve, pagesLazy);
    Checks.known(pagePipes, pagePipeBufs, shpagesScanned, shpagesSkippedParent, shpagesWritten);
  }

  /** From figures in the order of the components, which is the order of CRIU's own fields. */
  public static CriuDump of(long... figures) {
    if (figures.length != COUNT) {
      throw new IllegalArgumentException(figures.length + " figures of a dump, not " + COUNT);
    }
    return new CriuDump(
        figures[0],
        figures[1],
        figures[2],
        figures[3],
        figures[4],
        figures[5],
        figures[6],
        figures[7],
        figures[8],
        figures[9],
        figures[10],
        figures[11],
        figures[12],
        figures[13]);
  }

  /** The figures in the order of the components. */
  public long[] figures() {
    return new long[] {
      freezingMicros,
      frozenMicros,
      memdumpMicros,
      memwriteMicros,
      pagesScanned,
      pagesSkippedParent,
      pagesWritten,
      irmapResolve,
      pagesLazy,
      pagePipes,
      pagePipeBufs,
      shpagesScanned,
      shpagesSkippedParent,
      shpagesWritten
    };
  }
}
