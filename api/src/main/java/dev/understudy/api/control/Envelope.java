// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals calls to agents and their answers with AES-256-GCM under keys derived from the cluster's:
 * who does not have that key can neither read nor make one. A call is bound to the address that it
 * is meant for, an answer to the call. A call that is repeated by somebody is answered again, which
 * tells nobody anything; an older plan is refused by its revision.
 */
public final class Envelope {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final String ALGORITHM = "AES/GCM/NoPadding";

  private final byte[] calls;
  private final byte[] answers;
  private final SecureRandom random = new SecureRandom();

  /** For the cluster with that key. */
  public Envelope(byte[] clusterKey) {
    calls = derived(clusterKey, "sealed call");
    answers = derived(clusterKey, "sealed answer");
  }

  private static byte[] derived(byte[] key, String purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has HmacSHA256", e);
    }
  }

  /** A call to the agent at that address. */
  public byte[] call(byte[] plain, String address) {
    return seal(calls, plain, address.getBytes(StandardCharsets.UTF_8));
  }

  /** What a call says that came to that address; empty when it is none. */
  public Optional<byte[]> openCall(byte[] sealed, String address) {
    return open(calls, sealed, address.getBytes(StandardCharsets.UTF_8));
  }

  /** The answer to that sealed call. */
  public byte[] answer(byte[] plain, byte[] call) {
    return seal(answers, plain, nonce(call));
  }

  /** What an answer to that sealed call says; empty when it is none. */
  public Optional<byte[]> openAnswer(byte[] sealed, byte[] call) {
    return open(answers, sealed, nonce(call));
  }

  private static byte[] nonce(byte[] sealed) {
    return Arrays.copyOf(sealed, NONCE_BYTES);
  }

  private byte[] seal(byte[] key, byte[] plain, byte[] bound) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] body = cipher(Cipher.ENCRYPT_MODE, key, nonce, bound).doFinal(plain);
      byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + body.length);
      System.arraycopy(body, 0, sealed, NONCE_BYTES, body.length);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed: " + e.getMessage(), e);
    }
  }

  private static Optional<byte[]> open(byte[] key, byte[] sealed, byte[] bound) {
    if (sealed.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
      return Optional.empty();
    }
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce(sealed), bound);
      return Optional.of(cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES));
    } catch (GeneralSecurityException forged) {
      return Optional.empty();
    }
  }

  private static Cipher cipher(int mode, byte[] key, byte[] nonce, byte[] bound)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(bound);
    return cipher;
  }
}
