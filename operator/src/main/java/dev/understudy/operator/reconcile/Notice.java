// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.reconcile;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Something to say about a Deployment.
 *
 * @param warning whether somebody should do something about it
 * @param reason one word for programs
 * @param message for people
 */
public record Notice(boolean warning, String reason, String message) {
  private static final int NAME_MOST = 200;
  private static final int MESSAGE_MOST = 1_000;
  private static final int HASH_BYTES = 8;

  /** The API server takes messages of 1024 bytes; what is longer is cut. */
  public Notice {
    if (message.length() > MESSAGE_MOST) {
      message = message.substring(0, MESSAGE_MOST) + " ...";
    }
  }

  /**
   * The name of the Event that says it: the same for the same words about the same object, so that
   * saying it again counts up instead of adding one more.
   */
  String eventName(String object, String uid) {
    String text = uid + '\n' + reason + '\n' + message;
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      String start = object.substring(0, Math.min(object.length(), NAME_MOST));
      return start + "." + HexFormat.of().formatHex(sum, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
