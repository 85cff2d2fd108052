// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

/** Processor architectures by the names that images use. */
final class Architecture {
  private Architecture() {}

  /** This machine's, for example {@code amd64}. */
  static String ours() {
    String java = System.getProperty("os.arch", "");
    return switch (java) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> java;
    };
  }
}
