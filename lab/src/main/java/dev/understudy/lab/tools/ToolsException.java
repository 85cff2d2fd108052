// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.util.List;
import java.util.Locale;

/** The tools cannot be provided. The message is one sentence: what failed, why, and what to do. */
public final class ToolsException extends Exception {
  private static final long serialVersionUID = 1L;

  private static final List<String> NETWORK_SIGNS =
      List.of(
          "could not resolve",
          "temporary failure resolving",
          "could not connect",
          "cannot initiate the connection",
          "connection refused",
          "connection timed out",
          "network is unreachable",
          "connection failed");

  public ToolsException(String sentence) {
    super(sentence);
  }

  public ToolsException(String sentence, Throwable cause) {
    super(sentence, cause);
  }

  /** The sentence for a program that ended with an error: its own reason, and advice that fits. */
  public static ToolsException failed(String doing, Commands.Output output) {
    String reason = reason(output);
    return new ToolsException(doing + " failed: " + reason + "; " + advice(output.all(), reason));
  }

  private static String advice(String output, String reason) {
    String all = (output + reason).toLowerCase(Locale.ROOT);
    if (all.contains("no space left")) {
      return "make room, or set UNDERSTUDY_CACHE to a folder on a larger disk";
    }
    if (NETWORK_SIGNS.stream().anyMatch(all::contains)) {
      return "check that the package mirror can be reached, then run the command again";
    }
    if (all.contains("does not have a release file") || all.contains("404")) {
      return "set UNDERSTUDY_DEBIAN_MIRROR to a complete mirror, as http://deb.debian.org/debian";
    }
    if (all.contains("gpg") || all.contains("signature") || all.contains("no_pubkey")) {
      return "bring debian-archive-keyring up to date";
    }
    return "run the command again";
  }

  /** apt writes its reasons as "E: ..." and the first one is the cause of the others. */
  private static String reason(Commands.Output output) {
    List<String> lines = output.all().lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    for (String prefix : List.of("E: ", "W: ")) {
      for (String line : lines) {
        if (line.startsWith(prefix)) {
          return line.substring(prefix.length());
        }
      }
    }
    return lines.isEmpty() ? "exit code " + output.exitCode() : lines.getLast();
  }
}
