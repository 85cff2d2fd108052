// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The 32 bytes that every node of a cluster shares; each purpose gets a key of its own from it. */
public final class ClusterKey {
  /** Length of the file. */
  public static final int BYTES = 32;

  private final byte[] secret;

  private ClusterKey(byte[] secret) {
    this.secret = secret;
  }

  /** Reads the key file. */
  public static ClusterKey read(Path file) throws IOException {
    byte[] secret = Files.readAllBytes(file);
    if (secret.length != BYTES) {
      throw new IOException(
          "the cluster key " + file + " has " + secret.length + " bytes instead of " + BYTES);
    }
    return new ClusterKey(secret);
  }

  /** The whole secret, for a protocol that derives its own keys. */
  public byte[] bytes() {
    return secret.clone();
  }

  /** HMAC-SHA256 (RFC 2104) of the purpose: a key that says nothing about the others. */
  public byte[] derive(String purpose) {
    return mac(secret).doFinal(purpose.getBytes(StandardCharsets.UTF_8));
  }

  static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has HmacSHA256", e);
    }
  }
}
