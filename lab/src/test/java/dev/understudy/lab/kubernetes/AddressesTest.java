// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.api.cluster.Ipv4;
import dev.understudy.lab.cluster.Uplink;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressesTest {
  private static List<String> routes(String address) {
    return Addresses.uplink(address).routes().stream()
        .map(r ->
            Ipv4.text(r.network())
                + "/"
                + r.prefix()
                + (r.gateway().isPresent() ? " " + Ipv4.text(r.gateway().getAsInt()) : ""))
        .toList();
  }

  @Test
  void aNodeReachesThePodsOfTheOthersAndServices() {
    assertThat(routes(Addresses.node("n2")))
        .containsExactly("10.244.1.0/24 10.10.0.11", "10.244.3.0/24 10.10.0.13", "10.96.0.0/16");
    assertThat(routes(Addresses.CLIENT)).hasSize(4);
  }

  @Test
  void noRouteLeadsOut() {
    for (String node : Addresses.NODES) {
      assertThat(Addresses.uplink(Addresses.node(node)).routes())
          .extracting(Uplink.Route::prefix)
          .allMatch(prefix -> prefix >= 16);
    }
    assertThatThrownBy(() -> Addresses.node("n4")).isInstanceOf(IllegalArgumentException.class);
  }
}
