// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.pki;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** Signs certificates (RFC 5280) with elliptic curves, for ten years. */
public final class Authority {
  private static final X500Principal NAME = new X500Principal("CN=understudy-lab");
  private static final Duration VALID = Duration.ofDays(3650);

  /** Clocks of nodes may be behind. */
  private static final Duration BEFORE = Duration.ofDays(1);

  private static final byte[] ALGORITHM =
      Der.sequence(Der.identifier("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final byte[] MAY_SIGN_CERTIFICATES = Der.bits(2, new byte[] {0x04});
  private static final byte[] MAY_SIGN = Der.bits(7, new byte[] {(byte) 0x80});

  private final SecureRandom random = new SecureRandom();
  private final Instant now;
  private final Identity own;

  /**
   * A new authority.
   *
   * @param now certificates are valid from a day before
   */
  public Authority(Instant now) {
    this.now = now;
    KeyPair pair = pair();
    byte[] extensions =
        Der.sequence(
            critical("2.5.29.19", Der.sequence(Der.truth())),
            critical("2.5.29.15", MAY_SIGN_CERTIFICATES));
    byte[] certificate = signed(NAME, pair.getPublic(), extensions, pair.getPrivate());
    this.own = Identity.of(certificate, pair);
  }

  /** Its own certificate, by which others know whom to trust. */
  public Identity own() {
    return own;
  }

  /** A pair of keys that nobody vouches for. */
  public Identity bareKeys() {
    return new Identity("", pair());
  }

  /**
   * Vouches for somebody, as a client and as a server.
   *
   * @param name as RFC 2253 writes it
   * @param places DNS names and IPv4 addresses at which that server is reached
   */
  public Identity issue(String name, List<String> places) {
    KeyPair pair = pair();
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(critical("2.5.29.15", MAY_SIGN));
    byte[] purposes =
        Der.sequence(Der.identifier("1.3.6.1.5.5.7.3.1"), Der.identifier("1.3.6.1.5.5.7.3.2"));
    extensions.add(Der.sequence(Der.identifier("2.5.29.37"), Der.octets(purposes)));
    if (!places.isEmpty()) {
      byte[] names = Der.sequence(places.stream().map(Authority::place).toArray(byte[][]::new));
      extensions.add(Der.sequence(Der.identifier("2.5.29.17"), Der.octets(names)));
    }
    byte[] all = Der.sequence(extensions.toArray(byte[][]::new));
    byte[] certificate =
        signed(new X500Principal(name), pair.getPublic(), all, own.keys().getPrivate());
    return Identity.of(certificate, pair);
  }

  private static byte[] place(String place) {
    if (!place.matches("[0-9.]+")) {
      return Der.implicit(DNS_NAME, place.getBytes(StandardCharsets.US_ASCII));
    }
    try {
      // A literal address is never looked up.
      return Der.implicit(IP_ADDRESS, InetAddress.getByName(place).getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no IPv4 address: " + place, e);
    }
  }

  private static byte[] critical(String identifier, byte[] value) {
    return Der.sequence(Der.identifier(identifier), Der.truth(), Der.octets(value));
  }

  private byte[] signed(X500Principal name, PublicKey key, byte[] extensions, PrivateKey signer) {
    byte[] body =
        Der.sequence(
            Der.explicit(0, Der.integer(BigInteger.TWO)), // version 3
            Der.integer(new BigInteger(120, random).add(BigInteger.ONE)),
            ALGORITHM,
            NAME.getEncoded(),
            Der.sequence(Der.time(now.minus(BEFORE)), Der.time(now.plus(VALID))),
            name.getEncoded(),
            key.getEncoded(),
            Der.explicit(3, extensions));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(signer, random);
      signature.update(body);
      return Der.sequence(body, ALGORITHM, Der.bits(0, signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform signs with elliptic curves", e);
    }
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has the curve P-256", e);
    }
  }
}
