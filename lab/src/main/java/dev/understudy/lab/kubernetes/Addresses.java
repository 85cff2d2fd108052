// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.api.cluster.Ipv4;
import dev.understudy.lab.cluster.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who has which address. The networks exist in the lab's namespaces only, so that they collide with
 * nothing, and no route leads out of them.
 */
final class Addresses {
  /** The nodes, in order. */
  static final List<String> NODES = List.of("n1", "n2", "n3");

  /** Where the API server and etcd are. */
  static final String CONTROL = "10.10.0.10";

  static final String CLIENT = "10.10.0.100";
  static final String PODS = "10.244.0.0/16";
  static final String SERVICES = "10.96.0.0/16";

  /** The first Service is the API server itself. */
  static final String API_SERVICE = "10.96.0.1";

  private static final int NODES_PREFIX = 24;
  private static final int PODS_PREFIX = 24;
  private static final int SERVICES_PREFIX = 16;

  private Addresses() {}

  static String api() {
    return "https://" + CONTROL + ":6443";
  }

  static String node(String name) {
    return "10.10.0." + (11 + index(name));
  }

  /** The network of a node's Pods. */
  static String pods(String node) {
    return podNetwork(node) + "/" + PODS_PREFIX;
  }

  private static String podNetwork(String node) {
    return "10.244." + (1 + index(node)) + ".0";
  }

  /** What leads from an address to the switch, with routes to all Pods but its own and Services. */
  static Uplink uplink(String address) {
    List<Uplink.Route> routes = new ArrayList<>();
    for (String node : NODES) {
      if (!node(node).equals(address)) {
        OptionalInt gateway = OptionalInt.of(number(node(node)));
        routes.add(new Uplink.Route(number(podNetwork(node)), PODS_PREFIX, gateway));
      }
    }
    // kube-proxy changes the destination later, but the kernel wants a way to the first one.
    routes.add(new Uplink.Route(number("10.96.0.0"), SERVICES_PREFIX, OptionalInt.empty()));
    return new Uplink(Optional.empty(), number(address), NODES_PREFIX, routes);
  }

  private static int index(String node) {
    int index = NODES.indexOf(node);
    if (index < 0) {
      throw new IllegalArgumentException("no node " + node + " among " + NODES);
    }
    return index;
  }

  private static int number(String address) {
    return Ipv4.parse(address).orElseThrow(() -> new IllegalArgumentException(address));
  }
}
