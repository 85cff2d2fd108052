// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

/**
 * An IPv4 network in CIDR form, for example 10.77.0.0/24.
 *
 * @param base the network address as an unsigned 32-bit number in host order
 * @param prefix length of the network part, 8 to 30
 */
public record Network(int base, int prefix) {
  public Network {
    if (prefix < 8 || prefix > 30 || (base & ~mask(prefix)) != 0) {
      throw new IllegalArgumentException("not a network: " + Ipv4.text(base) + "/" + prefix);
    }
  }

  /** Whether that address is one of this network's hosts (not its first, not its last address). */
  public boolean hasHost(int address) {
    int host = address & ~mask(prefix);
    return (address & mask(prefix)) == base && host != 0 && host != ~mask(prefix);
  }

  /** The n-th host address, from 1. */
  public int host(int n) {
    return base + n;
  }

  /** The last host address, which the lab gives to the outside client. */
  public int lastHost() {
    return base + ~mask(prefix) - 1;
  }

  private static int mask(int prefix) {
    return -1 << (32 - prefix);
  }

  @Override
  public String toString() {
    return Ipv4.text(base) + "/" + prefix;
  }
}
