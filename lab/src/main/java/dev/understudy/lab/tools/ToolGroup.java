// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.util.List;
import java.util.Locale;

/** What can be asked for: a set of programs with all that they link to. */
public enum ToolGroup {
  /** CRIU and runc: what every node runs. */
  BASE,
  /** Python with its standard library: what the example applications run on. */
  PYTHON,
  /** The Redis server and its client, without a service. */
  REDIS,
  /** What a Kubernetes node runs beside Kubernetes itself: containerd, CNI, packet filters. */
  KUBERNETES,
  /** The compiler with which Kubernetes is built. */
  GO;

  /**
   * An executable of a group.
   *
   * @param name its file name in the package and in the cache
   * @param check arguments with which it prints its version
   * @param versionPattern finds the version in that output, as its first group
   */
  record Program(String name, List<String> check, String versionPattern) {
    Program {
      check = List.copyOf(check);
    }
  }

  List<Program> programs() {
    return switch (this) {
      case BASE ->
          List.of(
              new Program("criu", List.of("--version"), "Version: (\\S+)"),
              new Program("runc", List.of("--version"), "runc version (\\S+)"));
      case PYTHON -> {
        String imports = "import http.server, json, platform, socket, ssl, threading;";
        String print = " print('Python', platform.python_version())";
        yield List.of(new Program("python3.13", List.of("-c", imports + print), "Python (\\S+)"));
      }
      case REDIS ->
          List.of(
              new Program("redis-server", List.of("--version"), "v=(\\S+)"),
              new Program("redis-cli", List.of("--version"), "redis-cli (\\S+)"));
      case KUBERNETES ->
          List.of(
              new Program("containerd", List.of("--version"), "containerd/v2 (\\S+)"),
              new Program("ctr", List.of("--version"), "containerd/v2 (\\S+)"),
              new Program("containerd-shim-runc-v2", List.of("-v"), "Version:\\s+(\\S+)"),
              // Plugins of CNI print which versions of its protocol they speak.
              new Program("ptp", List.of(), "supported: .* (\\S+)"),
              new Program("host-local", List.of(), "supported: .* (\\S+)"),
              new Program("loopback", List.of(), "supported: .* (\\S+)"),
              new Program("portmap", List.of(), "supported: .* (\\S+)"),
              new Program("nft", List.of("--version"), "nftables v(\\S+)"),
              new Program(
                  "xtables-nft-multi", List.of("iptables", "--version"), "iptables v(\\S+)"));
      case GO -> List.of(new Program("go", List.of("version"), "go version go(\\S+)"));
    };
  }

  /** The name of the group in the pin file. */
  String pinName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
