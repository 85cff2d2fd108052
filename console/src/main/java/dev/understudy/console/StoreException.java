// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import dev.understudy.api.records.Sentences;

/** The database did not do what it was asked; a later try may succeed. */
public final class StoreException extends Exception {
  private static final long serialVersionUID = 1;

  private StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  static StoreException of(String what, Exception cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String why = Sentences.bounded(String.valueOf(root.getMessage())).strip();
    return new StoreException("the database " + what + ": " + why, cause);
  }
}
