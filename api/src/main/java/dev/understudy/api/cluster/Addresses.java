// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who owns which address of the cluster's network; no address has two owners. */
final class Addresses {
  private static final Pattern CIDR = Pattern.compile("([0-9.]{7,15})/([1-9][0-9]?)");
  private static final int PREFIX_LEAST = 8;
  private static final int PREFIX_MOST = 30;

  private final Optional<Network> network;
  private final Map<Integer, String> owners = new TreeMap<>();

  /** Without a network, because the file's is wrong, only double owners are found. */
  Addresses(Optional<Network> network) {
    this.network = network;
  }

  /** The network in that value, if it is one in which hosts can talk. */
  static Optional<Network> readNetwork(YamlValue value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher parts = CIDR.matcher(text.get());
    OptionalInt address = parts.matches() ? Ipv4.parse(parts.group(1)) : OptionalInt.empty();
    int prefix = address.isPresent() ? Integer.parseInt(parts.group(2)) : 0;
    if (prefix < PREFIX_LEAST || prefix > PREFIX_MOST) {
      value.refuse(
          Words.quoted(text.get())
              + " is not a network; write an IPv4 network with a prefix of 8 to 30,"
              + " for example 10.77.0.0/24");
      return Optional.empty();
    }
    int base = address.getAsInt() & (-1 << (32 - prefix));
    Network network = new Network(base, prefix);
    if (base != address.getAsInt()) {
      value.refuse(Words.quoted(text.get()) + " names a host; write the network " + network);
      return Optional.empty();
    }
    int first = base >>> 24;
    if (first == 0 || first == 127 || first >= 224) {
      value.refuse(
          network + " is reserved and holds no ordinary hosts; write for example 10.77.0.0/24");
      return Optional.empty();
    }
    return Optional.of(network);
  }

  /** The address in that value, which from now on belongs to {@code owner}. */
  Optional<Integer> claim(YamlValue value, String owner) {
    return read(value)
        .flatMap(address ->
            claim(value, address, owner, Words.quoted(Ipv4.text(address)), "choose another"));
  }

  /** The same for an address that no host has: it may lie outside of the network. */
  Optional<Integer> claimService(YamlValue value, String owner) {
    return read(value)
        .flatMap(address ->
            own(value, address, owner, Words.quoted(Ipv4.text(address)), "choose another"));
  }

  /** The IPv4 address in that value, whoever has it. */
  static Optional<Integer> read(YamlValue value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    OptionalInt address = Ipv4.parse(text.get());
    if (address.isEmpty()) {
      value.refuse(
          Words.quoted(text.get())
              + " is not an IPv4 address; write four numbers from 0 to 255, such as 10.77.0.1");
      return Optional.empty();
    }
    return Optional.of(address.getAsInt());
  }

  /** The n-th host of the network for an owner without an address of its own. */
  Optional<Integer> claimHost(YamlValue place, int n, String owner) {
    // Below no network every address is as good as another: the file is refused anyway.
    int address = network.orElse(ClusterBinder.DEFAULT_NETWORK).host(n);
    String what = "without an address of its own, " + Ipv4.text(address);
    return network.isEmpty()
        ? Optional.of(address)
        : claim(place, address, owner, what, "write an address, or a larger network");
  }

  private Optional<Integer> claim(
      YamlValue place, int address, String owner, String what, String advice) {
    if (network.isPresent()) {
      Network net = network.get();
      if (!net.hasHost(address)) {
        place.refuse(what + " is not a host of " + net + "; " + advice + hosts(net));
        return Optional.empty();
      }
      if (address == net.lastHost()) {
        place.refuse(
            what
                + " is the network's last host, which belongs to the client; "
                + advice
                + hosts(net));
        return Optional.empty();
      }
    }
    return own(place, address, owner, what, advice);
  }

  private Optional<Integer> own(
      YamlValue place, int address, String owner, String what, String advice) {
    String other = owners.putIfAbsent(address, owner);
    if (other != null) {
      place.refuse(what + " belongs to " + other + " already; " + advice);
      return Optional.empty();
    }
    return Optional.of(address);
  }

  private static String hosts(Network net) {
    return " (" + Ipv4.text(net.host(1)) + " to " + Ipv4.text(net.lastHost() - 1) + ")";
  }
}
