// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Two fresh network namespaces joined by a veth pair: the host that is fenced, with 10.99.0.1/24 on
 * the inner end "v0", and its neighbour, with 10.99.0.2/24 on the outer end "v1".
 */
public final class Link implements AutoCloseable {
  public static final int HOST = 10 << 24 | 99 << 16 | 1;
  public static final int NEIGHBOUR = HOST + 1;
  public static final String HOST_DEVICE = "v0";
  public static final String NEIGHBOUR_DEVICE = "v1";

  private final Path folder;

  private Link(Path folder) {
    this.folder = folder;
  }

  /** Makes both, everything up. */
  public static Link create(Path folder) throws IOException {
    Link link = new Link(folder);
    link.pin("host");
    link.pin("neighbour");
    Namespaces.runIn(
        link.host(),
        () -> {
          try (Netlink netlink = Netlink.open()) {
            netlink.createVeth(HOST_DEVICE, NEIGHBOUR_DEVICE, link.neighbour());
            netlink.addAddress(HOST_DEVICE, HOST, 24);
            netlink.setUp(HOST_DEVICE);
          }
        });
    Namespaces.runIn(
        link.neighbour(),
        () -> {
          try (Netlink netlink = Netlink.open()) {
            netlink.addAddress(NEIGHBOUR_DEVICE, NEIGHBOUR, 24);
            netlink.setUp(NEIGHBOUR_DEVICE);
          }
        });
    return link;
  }

  private void pin(String name) throws IOException {
    Path at = folder.resolve(name);
    Namespaces.pinNew(at.resolve("net"), at.resolve("ipc"), at.resolve("uts"), name);
  }

  /** Namespace of the fenced side. */
  public Path host() {
    return folder.resolve("host/net");
  }

  /** Namespace of the other side. */
  public Path neighbour() {
    return folder.resolve("neighbour/net");
  }

  /** A socket of the fenced side. */
  public UdpSocket hostSocket(int port) throws IOException {
    return Namespaces.callIn(host(), () -> UdpSocket.bind(HOST, port));
  }

  /** A socket of the other side. */
  public UdpSocket neighbourSocket(int port) throws IOException {
    return Namespaces.callIn(neighbour(), () -> UdpSocket.bind(NEIGHBOUR, port));
  }

  /** The neighbour's ARP entry of the host, as /proc/net/arp prints it; empty without one. */
  public String arpEntryOfHost() throws IOException {
    return Namespaces.callIn(
        neighbour(),
        () ->
            Files.readAllLines(Path.of("/proc/thread-self/net/arp")).stream()
                .filter(line -> line.startsWith("10.99.0.1 "))
                .findFirst()
                .orElse(""));
  }

  @Override
  public void close() throws IOException {
    for (String name : new String[] {"host", "neighbour"}) {
      for (String kind : new String[] {"net", "ipc", "uts"}) {
        Namespaces.unpin(folder.resolve(name).resolve(kind));
      }
    }
  }
}
