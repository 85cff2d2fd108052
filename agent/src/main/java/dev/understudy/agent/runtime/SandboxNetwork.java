// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Netlink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The pinned namespaces of a sandbox, and the device in them that carries the virtual address.
 *
 * <p>Order: the device is born down, gets its address, its outer end gets the closed gate, and only
 * then both ends go up; so no frame passes before the gate is there.
 */
public final class SandboxNetwork implements AutoCloseable {
  /** The name of the inner end, in the pinned network namespace. */
  public static final String DEVICE = "eth0";

  private final Path directory;
  private final String outer;
  private AutoCloseable gate =
      () -> {
        // Not attached yet.
      };

  private SandboxNetwork(Path directory, String outer) {
    this.directory = directory;
    this.outer = outer;
  }

  static SandboxNetwork create(
      SandboxSpec spec, String bridge, Path directory, GateAttachment attachment)
      throws IOException {
    String outer = deviceName(directory);
    Path net = directory.resolve("net");
    SandboxNetwork made = new SandboxNetwork(directory, outer);
    made.removeDevice();
    try {
      Namespaces.pinNew(net, directory.resolve("ipc"), directory.resolve("uts"), spec.workload());
      // Before any device exists.
      Namespaces.runIn(net, Namespaces::disableIpv6);
      try (Netlink here = Netlink.open()) {
        here.createVeth(outer, DEVICE, net);
        Namespaces.runIn(net, () -> address(spec));
        made.gate = attachment.attach(outer);
        Namespaces.runIn(net, SandboxNetwork::up);
        here.setMaster(outer, bridge);
        here.setUp(outer);
      }
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /**
   * Takes over what an earlier agent made, untouched.
   *
   * @throws IOException when a part of it is missing
   */
  static SandboxNetwork adopt(Path directory, GateAttachment attachment) throws IOException {
    SandboxNetwork found = new SandboxNetwork(directory, deviceName(directory));
    try (Netlink here = Netlink.open()) {
      if (!here.exists(found.outer)) {
        throw new IOException("the device " + found.outer + " is gone");
      }
    }
    found.gate = attachment.attach(found.outer);
    return found;
  }

  private static void address(SandboxSpec spec) throws IOException {
    try (Netlink inside = Netlink.open()) {
      inside.addAddress(DEVICE, spec.address(), spec.prefix());
    }
  }

  private static void up() throws IOException {
    try (Netlink inside = Netlink.open()) {
      inside.setUp(DEVICE);
    }
  }

  /** The pinned network namespace. */
  public Path net() {
    return directory.resolve("net");
  }

  /** The pinned IPC namespace. */
  public Path ipc() {
    return directory.resolve("ipc");
  }

  /** The pinned UTS namespace, whose host name is the workload's name. */
  public Path uts() {
    return directory.resolve("uts");
  }

  /** Name of the outer end, which is in the bridge. */
  public String outerDevice() {
    return outer;
  }

  /** The arguments that start a program inside the three namespaces: put them before its own. */
  public List<String> enter() {
    return List.of("nsenter", "--net=" + net(), "--ipc=" + ipc(), "--uts=" + uts(), "--");
  }

  @Override
  public void close() throws IOException {
    removeDevice();
    for (Path pin : List.of(net(), ipc(), uts())) {
      Namespaces.unpin(pin);
    }
    try {
      gate.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("closing the gate on " + outer + " failed: " + Failures.text(e), e);
    }
  }

  /** An interface name has at most 15 characters, so what is unique on the node is hashed. */
  private static String deviceName(Path directory) {
    CRC32 hash = new CRC32();
    hash.update(directory.toString().getBytes(StandardCharsets.UTF_8));
    return "us-%08x".formatted(hash.getValue());
  }

  private void removeDevice() throws IOException {
    try (Netlink here = Netlink.open()) {
      if (here.exists(outer)) {
        here.delete(outer);
      }
    }
  }
}
