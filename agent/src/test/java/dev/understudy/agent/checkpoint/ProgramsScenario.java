// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.OwnSandbox;
import dev.understudy.agent.runtime.Program;
import dev.understudy.agent.runtime.RuncStart;
import dev.understudy.agent.runtime.StartResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/** Other shapes of programs: several processes, another user, a Java virtual machine. */
public final class ProgramsScenario {
  private static final List<String> FAMILY =
      List.of("sh", "-c", "(while :; do sleep 1; done) & sleep 1000 & exec perl -e '%s'");

  private ProgramsScenario() {}

  public static void main(String[] args) throws Exception {
    Stage stage = new Stage(args[0], args[1]);
    String family = FAMILY.getLast().formatted(Stage.SERVER.replace("'", "\""));
    moves(stage, 0, "1 1", "2 1 2", FAMILY.get(0), FAMILY.get(1), family);
    moves(stage, 65534, "1 1", "2 1 2", "perl", "-e", Stage.SERVER);
    String java = Path.of(System.getProperty("java.home"), "bin", "jwebserver").toString();
    moves(
        stage,
        0,
        "HTTP/1.1 200",
        "HTTP/1.1 200",
        java,
        "-b",
        "0.0.0.0",
        "-p",
        "8080",
        "-d",
        "/etc/ssl");
  }

  /** Starts it, moves it from one sandbox to another, and asks it before and after. */
  private static void moves(Stage stage, int user, String first, String second, String... command)
      throws Exception {
    try (OwnSandbox active = stage.sandbox("a", "count");
        OwnSandbox standby = stage.sandbox("b", "count")) {
      TreeMap<String, String> environment = new TreeMap<>();
      environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
      Program program = new Program(List.of(command), environment, "/", user, user);
      Copy copy =
          switch (RuncStart.start(active, program)) {
            case StartResult.Started(var started) -> started;
            case StartResult.StartFailed(var reason, var lines) ->
                throw new IOException(reason + lines);
          };
      String what = command[0] + " as user " + user;
      String answer = answers(stage, active);
      Stage.check(
          answer.startsWith(first), what + " answers: " + answer + active.log().lastLines());
      HostFacts facts = stage.facts();
      Generation generation = Stage.captured(Capture.capture(active, copy, Stage.id(1), facts));
      int processes = copy.tree().refresh().length;
      HeldCopy held = Stage.held(Hold.hold(standby, generation, facts));
      Stage.check(held.processes() == processes, processes + " processes are held");
      active.discard(copy);
      Stage.check(active.cgroup().pids().length == 0, "the former tree is dead, all of it");
      Stage.check(held.wake(), "the copy takes the signal");
      Stage.check(answers(stage, standby).startsWith(second), what + " goes on");
    }
  }

  /** Asks until it listens, for Java needs a moment. */
  private static String answers(Stage stage, OwnSandbox sandbox) throws IOException {
    long end = System.nanoTime() + 10_000_000_000L;
    while (true) {
      try {
        return stage.ask(sandbox);
      } catch (IOException notYet) {
        if (System.nanoTime() > end) {
          throw new IOException(notYet.getMessage() + " " + sandbox.log().lastLines(), notYet);
        }
      }
    }
  }
}
