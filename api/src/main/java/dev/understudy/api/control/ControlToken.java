// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What a client of the control API shows to an agent, derived from the cluster's key. */
public final class ControlToken {
  /** TCP port of the control API, on each node's loopback interface only. */
  public static final int PORT = 7402;

  private ControlToken() {}

  /**
   * The token, for the header {@code Authorization: Bearer TOKEN}: HMAC-SHA256 of the word {@code
   * control} under the cluster's key, in hexadecimal.
   */
  public static String of(byte[] clusterKey) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(clusterKey, "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal("control".getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has HmacSHA256", e);
    }
  }
}
