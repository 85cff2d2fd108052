// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A server's state moves to a second sandbox, from there to a third generation, and back. */
public final class MirrorScenario {
  private MirrorScenario() {}

  public static void main(String[] args) throws Exception {
    Stage stage = new Stage(args[0], args[1]);
    HostFacts facts = stage.facts();
    Sandbox active = stage.sandbox("a", "count");
    Sandbox standby = stage.sandbox("b", "count");
    try (active;
        standby) {
      Copy copy = stage.start(active, "perl", "-e", Stage.SERVER);
      Stage.check(stage.ask(active).equals("1 1"), "the program answers");
      for (int i = 1; i <= 5; i++) {
        Generation generation = Stage.captured(Capture.capture(active, copy, Stage.id(i), facts));
        Stage.check(
            generation.manifest().logPipes().equals(List.of(active.log().key())), "log pipe found");
      }
      Stage.check(stage.ask(active).equals("2 1 2"), "the program goes on after a capture");
      Stage.check(!leftRemaps(copy), "no link of CRIU stays behind");
      mirror(stage, active, copy, standby, facts);
    }
    Stage.check(!Files.exists(active.directory()) && !Files.exists(standby.directory()), "nothing of the sandbox stays");
    Stage.check(!Files.readString(Path.of("/proc/self/mountinfo")).contains("/run/us/a/"), "no mount");
    Stage.check(!Files.readString(Path.of("/proc/net/dev")).contains("us-"), "no device");
  }

  private static void mirror(Stage stage, Sandbox active, Copy copy, Sandbox standby, HostFacts facts)
      throws Exception {
    Generation six = Stage.captured(Capture.capture(active, copy, Stage.id(6), facts));
    HeldCopy former = Stage.held(Hold.hold(standby, six, facts));
    Stage.check(stage.ask(active).startsWith("3 1"), "the active is not disturbed by a held copy");
    Generation seven = Stage.captured(Capture.capture(active, copy, Stage.id(7), facts));
    HeldCopy held = Stage.held(Hold.hold(standby, seven, facts));
    standby.discard(former.copy());
    Stage.check(held.copy().tree().stopped(), "the held copy stands");
    active.discard(copy);
    long before = System.nanoTime();
    held.wake();
    String answer = stage.ask(standby);
    Stage.say("woken and answered after %.2f ms".formatted((System.nanoTime() - before) / 1e6));
    Stage.check(answer.equals("4 1 2 3 4"), "the state went on: " + answer);
    Stage.check(
        Files.readString(held.copy().files().rootfs().resolve("var/tmp/us-data/journal"))
            .equals("1\n2\n3\n4\n"),
        "its file went on");
    Stage.check(
        Files.readString(held.copy().files().shm().resolve("us-count")).equals("4\n"),
        "its shared memory went on");
    Stage.check(standby.log().lastLines().getLast().equals("served 4"), "its output went on");
    Generation eight = Stage.captured(Capture.capture(standby, held.copy(), Stage.id(8), facts));
    HeldCopy again = Stage.held(Hold.hold(standby, eight, facts));
    standby.discard(held.copy());
    again.wake();
    Stage.check(stage.ask(standby).equals("5 1 2 3 4 5"), "a woken copy can be captured again");
  }

  private static boolean leftRemaps(Copy copy) throws Exception {
    try (var walk = Files.walk(copy.files().upper())) {
      return walk.anyMatch(path -> path.getFileName().toString().startsWith("link_remap."));
    }
  }
}
