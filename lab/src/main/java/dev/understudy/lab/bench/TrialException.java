// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import java.util.List;

/** A trial could not be brought to its end. The message is one sentence. */
public final class TrialException extends Exception {
  private final List<String> evidence;

  /**
   * @param sentence what did not happen
   * @param evidence lines that may tell why: what the agents said last
   */
  public TrialException(String sentence, List<String> evidence) {
    super(sentence);
    this.evidence = List.copyOf(evidence);
  }

  /** The same for a failure that explains itself. */
  public TrialException(String sentence, Throwable cause) {
    super(sentence, cause);
    this.evidence = List.of();
  }

  /** Lines that may tell why. */
  public List<String> evidence() {
    return evidence;
  }
}
