// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.nio.file.FileSystemException;

/** What failures say of themselves. */
public final class Failures {
  private Failures() {}

  /** Its message; with its kind where the message alone is only a file's name, or missing. */
  public static String text(Exception failure) {
    String message = failure.getMessage();
    return message == null || failure instanceof FileSystemException
        ? failure.getClass().getSimpleName() + ": " + message
        : message;
  }
}
