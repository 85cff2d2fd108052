// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

/** Something that was asked of a lab did not happen; the message is one sentence with advice. */
public final class LabException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Who can do something about it. */
  public enum Kind {
    /** What was asked for makes no sense: a name that is taken or unknown. */
    INPUT,
    /** This machine lacks something. */
    HOST,
    /** It should have worked. */
    FAILED
  }

  private final Kind kind;

  private LabException(Kind kind, String sentence, Throwable cause) {
    super(sentence, cause);
    this.kind = kind;
  }

  private LabException(Kind kind, String sentence) {
    super(sentence);
    this.kind = kind;
  }

  /** What was asked for makes no sense. */
  public static LabException input(String sentence) {
    return new LabException(Kind.INPUT, sentence);
  }

  /** This machine lacks something. */
  public static LabException host(String sentence) {
    return new LabException(Kind.HOST, sentence);
  }

  /** It should have worked. */
  public static LabException failed(String sentence) {
    return new LabException(Kind.FAILED, sentence);
  }

  /** It should have worked. */
  public static LabException failed(String sentence, Throwable cause) {
    return new LabException(Kind.FAILED, sentence, cause);
  }

  /** Who can do something about it. */
  public Kind kind() {
    return kind;
  }
}
