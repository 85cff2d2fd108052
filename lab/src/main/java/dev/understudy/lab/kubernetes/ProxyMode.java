// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import java.util.Locale;

/** How kube-proxy steers what is sent to a Service. */
public enum ProxyMode {
  NFTABLES,
  IPTABLES;

  /** The name that people type and that kube-proxy takes. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
