// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the key {@code nodes}. */
final class NodesBinder {
  static final int NODES_MOST = 16;

  private final Addresses addresses;
  private final Names names = new Names();

  NodesBinder(Addresses addresses) {
    this.addresses = addresses;
  }

  /** All nodes, if every one of them is right and they are enough. */
  Optional<List<NodeSpec>> bind(YamlValue value) {
    int before = value.problems().count();
    List<YamlValue> items = value.list().orElse(List.of());
    List<NodeSpec> nodes = new ArrayList<>();
    for (int i = 0; i < Math.min(items.size(), NODES_MOST); i++) {
      int n = i + 1;
      items.get(i).object().flatMap(object -> node(object, n)).ifPresent(nodes::add);
    }
    if (items.size() > NODES_MOST) {
      value.refuse(items.size() + " nodes are too many; write at most " + NODES_MOST);
    }
    if (value.problems().count() == before) {
      refuseTooFew(value, nodes);
    }
    return value.problems().count() == before ? Optional.of(nodes) : Optional.empty();
  }

  private Optional<NodeSpec> node(YamlObject object, int n) {
    Optional<String> name = object.required("name", "a name such as name: a").flatMap(names::claim);
    Optional<YamlValue> ownAddress = object.optional("address");
    String owner = name.map(known -> "node " + known).orElse(object.self().path());
    Optional<Integer> address =
        ownAddress.isPresent()
            ? addresses.claim(ownAddress.get(), owner)
            : addresses.claimHost(object.self(), n, owner);
    boolean witness = object.optional("witness").flatMap(YamlValue::flag).orElse(false);
    object.refuseUnknownKeys();
    return name.flatMap(known -> address.map(at -> new NodeSpec(known, at, witness)));
  }

  private static void refuseTooFew(YamlValue value, List<NodeSpec> nodes) {
    long runners = nodes.stream().filter(node -> !node.witnessOnly()).count();
    if (runners < 2) {
      value.refuse(
          "only "
              + runners
              + " of "
              + nodes.size()
              + " nodes can run workloads, so none can take over; write at least 2 that are not"
              + " witnesses");
    }
  }
}
