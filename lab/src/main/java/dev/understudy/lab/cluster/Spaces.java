// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command lines that make and enter the namespaces of a lab. */
public final class Spaces {
  private Spaces() {}

  /** Starts the keeper: PID 1 of everything, in a network namespace that becomes the switch. */
  public static List<String> keeperCommand(StateFolder folder) {
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(unshare("--net", "--ipc"));
    command.addAll(List.of("sh", folder.file("keeper.sh").toString()));
    return command;
  }

  /** Starts the outside client, which only holds its namespaces. */
  public static List<String> clientCommand(StateFolder folder, ProcessMark keeper) {
    List<String> command = below(keeper);
    command.addAll(unshare("--net"));
    command.addAll(List.of("sh", folder.file("client.sh").toString()));
    return command;
  }

  /** What the client's script has to know. */
  public static Map<String, String> clientEnvironment(StateFolder folder) {
    return Map.of("US_STATE", folder.path().toString());
  }

  /** Puts a command below the keeper, so that it ends with it; more is to be appended. */
  public static List<String> below(ProcessMark keeper) {
    return new ArrayList<>(
        List.of(
            "setsid",
            "nsenter",
            "--target",
            Long.toString(keeper.pid()),
            "--mount",
            "--net",
            "--ipc",
            "--pid",
            "--"));
  }

  /** Gives a command a PID and a mount namespace, and others; it dies with whoever started it. */
  public static List<String> unshare(String... kinds) {
    List<String> all = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork"));
    all.add("--kill-child=KILL");
    all.addAll(List.of(kinds));
    return all;
  }

  /**
   * A command that runs inside all namespaces of a node or of the client. The shell that waits for
   * it outlives the terminal's signals, which nsenter would not: what they mean is the command's to
   * say. What it catches, the command does not inherit. Only what the shell starts is in the node's
   * PID namespace, so it must not do anything itself, as it would for a builtin such as kill.
   */
  public static List<String> inside(ProcessMark init, String folder, List<String> command) {
    List<String> all =
        new ArrayList<>(List.of("nsenter", "--target", Long.toString(init.pid()), "--all"));
    String wait = "trap : INT QUIT; cd \"$1\" && shift && (exec \"$@\"); exit $?";
    all.addAll(List.of("--no-fork", "--", "sh", "-c", wait, "sh", folder));
    all.addAll(command);
    return all;
  }
}
