// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.api.cluster.Ipv4;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The pinned namespaces of a sandbox, and the device in them that carries the virtual address.
 *
 * <p>Order: the device is born down, gets its address and its closed gate, and only then goes up;
 * so no frame leaves before the gate is there.
 */
public final class SandboxNetwork implements AutoCloseable {
  /** The name of the inner end, in the pinned network namespace. */
  public static final String DEVICE = "eth0";

  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** IPv6 is off before any device exists: no router solicitation, no link-local address. */
  private static final String INSIDE =
      """
      hostname "$1"
      for at in all default lo; do
        if [ -e /proc/sys/net/ipv6/conf/$at ]; then
          echo 1 > /proc/sys/net/ipv6/conf/$at/disable_ipv6
        fi
      done
      ip link set lo up
      """;

  private final Path directory;
  private final String outer;
  private final AutoCloseable gate;

  private SandboxNetwork(Path directory, String outer, AutoCloseable gate) {
    this.directory = directory;
    this.outer = outer;
    this.gate = gate;
  }

  static SandboxNetwork create(
      SandboxSpec spec, String bridge, Path directory, GateAttachment attachment)
      throws IOException {
    String outer = deviceName(directory);
    removeDevice(outer);
    Files.createDirectories(directory);
    for (String kind : List.of("net", "ipc", "uts")) {
      Files.createFile(directory.resolve(kind));
    }
    try {
      Command.of(
              "unshare", "--net=" + directory.resolve("net"), "--ipc=" + directory.resolve("ipc"),
              "--uts=" + directory.resolve("uts"), "sh", "-ec", INSIDE, "sandbox", spec.workload())
          .must("making the namespaces of " + spec.workload(), LIMIT);
      Path net = directory.resolve("net");
      ip("link", "add", outer, "type", "veth", "peer", "name", DEVICE, "netns", net.toString());
      String address = Ipv4.text(spec.address()) + "/" + spec.prefix();
      inside(net, "addr", "add", address, "brd", "+", "dev", DEVICE);
      AutoCloseable gate = attachment.attach(net, DEVICE);
      inside(net, "link", "set", DEVICE, "up");
      ip("link", "set", outer, "master", bridge, "up");
      return new SandboxNetwork(directory, outer, gate);
    } catch (IOException e) {
      removeDevice(outer);
      MountTable.unmountBelow(directory);
      throw e;
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
    removeDevice(outer);
    MountTable.unmountBelow(directory);
    try {
      gate.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("closing the gate on " + outer + " failed: " + e.getMessage(), e);
    }
  }

  /** An interface name has at most 15 characters, so what is unique on the node is hashed. */
  private static String deviceName(Path directory) {
    CRC32 hash = new CRC32();
    hash.update(directory.toString().getBytes(StandardCharsets.UTF_8));
    return "us-%08x".formatted(hash.getValue());
  }

  private static void removeDevice(String name) throws IOException {
    if (Files.exists(Path.of("/proc/self/net/dev"))
        && Files.readString(Path.of("/proc/self/net/dev")).contains(name + ":")) {
      ip("link", "delete", name);
    }
  }

  private static void ip(String... arguments) throws IOException {
    run(List.of("ip"), arguments);
  }

  private static void inside(Path net, String... arguments) throws IOException {
    run(List.of("nsenter", "--net=" + net, "--", "ip"), arguments);
  }

  private static void run(List<String> before, String... arguments) throws IOException {
    List<String> argv = new java.util.ArrayList<>(before);
    argv.addAll(List.of(arguments));
    Command.of(argv).must("ip " + String.join(" ", arguments), LIMIT);
  }
}
