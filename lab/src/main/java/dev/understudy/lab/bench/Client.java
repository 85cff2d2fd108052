// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.lab.probe.Samples;

/** The outside client as a trial sees it; see {@link dev.understudy.lab.probe.Probe}. */
public interface Client {
  /** What was seen since the start or the last {@link #forget()}. */
  Samples samples();

  /** Drops what was seen until now. */
  void forget();

  /** When the newest good answer came; the least number when there was none yet. */
  long lastGoodNanos();

  /** The number in the newest good answer; -1 when there was none yet. */
  long lastCounter();
}
