// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Netlink;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The network between all nodes and the client: a bridge in the keeper's network namespace. It is
 * changed through a netlink socket that stays open there, so that cutting a port takes one call.
 */
public final class Switch implements AutoCloseable {
  private static final String BRIDGE = "sw0";
  private static final int NAME_MOST = 15;

  /**
   * The port of the outside client. No node's port has this name: theirs have a hyphen or digit.
   */
  public static final String CLIENT_PORT = "client";

  private final Netlink netlink;
  private boolean open = true;

  private Switch(Netlink netlink) {
    this.netlink = netlink;
  }

  /** Makes the bridge in the network namespace of a keeper that was just started. */
  public static void make(ProcessMark keeper) throws LabException {
    try {
      Namespaces.runIn(
          netns(keeper),
          () -> {
            Namespaces.disableIpv6();
            Namespaces.disableBridgeDetour();
            try (Netlink inside = Netlink.open()) {
              inside.setUp("lo");
              inside.createBridge(BRIDGE);
              inside.setUp(BRIDGE);
            }
          });
    } catch (IOException e) {
      throw LabException.failed("Cannot make the lab's switch: " + e.getMessage() + ".", e);
    }
  }

  /** The switch of a running keeper. */
  public static Switch of(ProcessMark keeper) throws LabException {
    try {
      Path netns = netns(keeper);
      Switch opened = Namespaces.callIn(netns, () -> new Switch(Netlink.open()));
      // The first change costs milliseconds, which a crash must not pay: so make one of nothing.
      opened.restore(BRIDGE);
      return opened;
    } catch (IOException e) {
      throw LabException.failed("Cannot reach the lab's switch: " + e.getMessage() + ".", e);
    }
  }

  /** The file of a process's network namespace. */
  public static Path netns(ProcessMark process) {
    return Path.of("/proc/" + process.pid() + "/ns/net");
  }

  /** The name of a node's port: short enough for the kernel. */
  public static String port(String node, int index) {
    String name = "p-" + node;
    return name.length() <= NAME_MOST ? name : "port" + index;
  }

  /**
   * Connects a process's network namespace, where it gets {@code eth0}, and sets it up there; the
   * port goes up last, so no frame passes before.
   */
  public synchronized void connect(String port, ProcessMark process, Uplink uplink)
      throws LabException {
    try {
      if (netlink.exists(port)) {
        // The kernel takes a dead node's interfaces away in its own time.
        netlink.delete(port);
      }
      netlink.createVeth(port, Uplink.DEVICE, process.pid());
      netlink.setMaster(port, BRIDGE);
      Namespaces.runIn(netns(process), uplink::setUp);
      netlink.setUp(port);
    } catch (IOException e) {
      throw LabException.failed(
          "Cannot connect port " + port + " of the switch: " + e.getMessage() + ".", e);
    }
  }

  /** Takes a port down: no frame passes any more, in either direction, when this returns. */
  public synchronized void cut(String port) throws LinuxException {
    netlink.setDown(port);
  }

  /** Takes a port up again. */
  public synchronized void restore(String port) throws LinuxException {
    netlink.setUp(port);
  }

  /** Whether a port is there and up. */
  public synchronized boolean isUp(String port) throws LinuxException {
    return netlink.exists(port) && netlink.isUp(port);
  }

  /** The end of a detour that lies in the switch, and the end beside the node's port. */
  static String detour(String port, boolean inSwitch) {
    return (inSwitch ? "x" : "y") + port.substring(1);
  }

  /**
   * Takes a port out of the switch and puts one end of a new pair in its place, so that somebody
   * may stand between the other end and the port.
   */
  synchronized void openDetour(String port) throws LinuxException {
    String inside = detour(port, true);
    String beside = detour(port, false);
    netlink.createVeth(inside, beside);
    netlink.setUp(beside);
    netlink.setUp(inside);
    netlink.clearMaster(port);
    netlink.setMaster(inside, BRIDGE);
  }

  /** Puts the port back, if it is out. */
  synchronized void closeDetour(String port) throws LinuxException {
    String inside = detour(port, true);
    if (netlink.exists(inside)) {
      netlink.delete(inside);
      netlink.setMaster(port, BRIDGE);
    }
  }

  @Override
  public synchronized void close() {
    if (open) {
      open = false;
      netlink.close();
    }
  }
}
