// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, in lower-case hex or in the form {@code sha256:HEX}. */
public final class Digests {
  private static final String PREFIX = "sha256:";

  private Digests() {}

  /** For bytes that come in parts. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** In hex, of a text in UTF-8. */
  public static String hexOfText(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** In hex, of all that a file holds. */
  public static String hexOfFile(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (OutputStream sink = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      Files.copy(file, sink);
    }
    return HexFormat.of().formatHex(digest.digest());
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
