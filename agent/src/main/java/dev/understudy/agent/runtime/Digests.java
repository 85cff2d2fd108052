// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in the form {@code sha256:HEX}. */
final class Digests {
  private static final String PREFIX = "sha256:";

  private Digests() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String of(byte[] bytes) {
    return text(sha256().digest(bytes));
  }

  static String text(byte[] digest) {
    return PREFIX + HexFormat.of().formatHex(digest);
  }

  /** The hexadecimal part; refuses everything else, because it becomes part of paths. */
  static String hex(String digest) throws IOException {
    if (!digest.matches("sha256:[0-9a-f]{64}")) {
      throw new IOException("not a SHA-256 digest: " + digest);
    }
    return digest.substring(PREFIX.length());
  }

  static void check(String name, String wanted, String found) throws IOException {
    if (!wanted.equals(found)) {
      throw new IOException(name + " is damaged: its digest is " + found + ", not " + wanted);
    }
  }
}
