// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.runtime.Cancellation;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.OwnSandbox;
import dev.understudy.core.protocol.GenerationId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** A server's state moves to a second sandbox, from there to a third generation, and back. */
public final class MirrorScenario {
  private static Optional<Generation> base = Optional.empty();

  private MirrorScenario() {}

  public static void main(String[] args) throws Exception {
    Stage stage = new Stage(args[0], args[1]);
    HostFacts facts = stage.facts();
    OwnSandbox active = stage.sandbox("a", "count");
    OwnSandbox standby = stage.sandbox("b", "count");
    try (active;
        standby) {
      Copy copy = stage.start(active, "perl", "-e", Stage.SERVER);
      Stage.check(stage.ask(active).equals("1 1"), "the program answers");
      for (int i = 1; i <= 5; i++) {
        Generation generation = Stage.captured(Capture.capture(active, copy, Stage.id(i), facts));
        Stage.check(
            generation.manifest().logPipes().equals(List.of(active.log().key())), "log pipe found");
        Generation.deleteOlder(active.places().generations("count"), Stage.id(i));
      }
      Stage.check(stage.ask(active).equals("2 1 2"), "the program goes on after a capture");
      Stage.check(!leftRemaps(copy), "no link of CRIU stays behind");
      mirror(stage, active, copy, standby, facts);
    }
    Stage.check(
        !Files.exists(active.directory()) && !Files.exists(standby.directory()),
        "nothing of the sandbox stays");
    Stage.check(
        !Files.readString(Path.of("/proc/self/mountinfo")).contains("/run/us/a/"), "no mount");
    Stage.check(!Files.readString(Path.of("/proc/net/dev")).contains("us-"), "no device");
  }

  private static void mirror(
      Stage stage, OwnSandbox active, Copy copy, OwnSandbox standby, HostFacts facts)
      throws Exception {
    Stage.check(copy.tree().freeze() && copy.tree().stopped(), "the program freezes");
    Stage.check(
        Capture.capture(active, copy, Stage.id(6), facts) instanceof CaptureResult.CheckpointFailed,
        "a frozen program is not captured");
    copy.tree().thaw();
    Generation six =
        shipped(Stage.captured(Capture.capture(active, copy, Stage.id(6), facts)), standby);
    HeldCopy former = Stage.held(Hold.hold(standby, six, facts));
    Stage.check(stage.ask(active).startsWith("3 1"), "the active is not disturbed by a held copy");
    base = Optional.of(six);
    Generation seven =
        shipped(Stage.captured(Capture.capture(active, copy, Stage.id(7), facts)), standby);
    HeldCopy held = Stage.held(Hold.hold(standby, seven, facts));
    for (Copy one : List.of(copy, former.copy(), held.copy())) {
      Stage.check(
          Stage.memoryLimit(one) == standby.spec().memoryLimitBytes(),
          "a copy has its own limit, also beside another");
    }
    standby.discard(former.copy());
    Stage.check(held.copy().tree().stopped(), "the held copy stands");
    active.discard(copy);
    long before = System.nanoTime();
    Stage.check(held.wake(), "the copy takes the signal");
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
    Stage.check(again.wake(), "the copy takes the signal");
    Stage.check(stage.ask(standby).equals("5 1 2 3 4 5"), "a woken copy can be captured again");
  }

  /** Sends a generation to the standby's agent over loopback. */
  private static Generation shipped(Generation generation, OwnSandbox standby) throws Exception {
    byte[] key = new byte[32];
    BlockingQueue<Generation> arrived = new ArrayBlockingQueue<>(1);
    Receiver receiver =
        new Receiver() {
          @Override
          public Answer offered(String workload, GenerationId id) {
            return new Answer.Accept(
                standby.places().generations(workload),
                standby.spec().generationLimitBytes(),
                1,
                base);
          }

          @Override
          public Optional<String> complete(Generation whole, long offeredBootNanos) {
            arrived.add(whole);
            return Optional.empty();
          }
        };
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ShipServer server = ShipServer.listen(any, key, receiver)) {
      InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
      switch (ShipClient.send(to, key, generation, new Cancellation())) {
        case ShipResult.Shipped(var sent, var reused, var nanos) ->
            Stage.say(
                "shipped %d bytes, reused %d, in %.2f ms".formatted(sent, reused, nanos / 1e6));
        case ShipResult.Refused(var reason) -> throw new IllegalStateException(reason);
        case ShipResult.ShipFailed(var reason) -> throw new IllegalStateException(reason);
      }
    }
    return arrived.take();
  }

  private static boolean leftRemaps(Copy copy) throws Exception {
    try (var walk = Files.walk(copy.files().upper())) {
      return walk.anyMatch(path -> path.getFileName().toString().startsWith("link_remap."));
    }
  }
}
