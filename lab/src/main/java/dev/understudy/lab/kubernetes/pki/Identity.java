// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.pki;

import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyPair;
import java.util.Base64;

/**
 * Who somebody is, and the proof of it.
 *
 * @param certificatePem the certificate as a PEM file; empty for bare keys
 * @param keys the key that the certificate names, and its other half
 */
public record Identity(String certificatePem, KeyPair keys) {
  static Identity of(byte[] certificate, KeyPair keys) {
    return new Identity(pem("CERTIFICATE", certificate), keys);
  }

  /** The private key as a PEM file, in PKCS #8. */
  public String privateKeyPem() {
    return pem("PRIVATE KEY", encoded(keys.getPrivate()));
  }

  /** The public key as a PEM file. */
  public String publicKeyPem() {
    return pem("PUBLIC KEY", encoded(keys.getPublic()));
  }

  private static byte[] encoded(Key key) {
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw new IllegalStateException("a key of this process that cannot be written: " + key);
    }
    return encoded;
  }

  private static String pem(String what, byte[] content) {
    Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN "
        + what
        + "-----\n"
        + lines.encodeToString(content)
        + "\n-----END "
        + what
        + "-----\n";
  }
}
