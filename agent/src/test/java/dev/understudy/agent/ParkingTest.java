// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.duty.Mailbox;
import dev.understudy.agent.linux.EventFd;
import dev.understudy.agent.workload.ParkedWorkload;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.ParkedReign;
import dev.understudy.core.protocol.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParkingTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Epoch EPOCH = new Epoch(3, "a");

  private final Mailbox mailbox;
  private final Map<String, String> objections = new TreeMap<>();
  private final Parking parking;
  private final CompletableFuture<Parking.Answer> answer = new CompletableFuture<>();

  ParkingTest() throws IOException {
    mailbox = new Mailbox(EventFd.open());
    parking = new Parking(mailbox, w -> Optional.ofNullable(objections.get(w)));
  }

  @Test
  void endsWhenAllReignsAreWrittenDown() {
    parking.ask(List.of(view("x", true), view("y", false), view("z", true)), SECOND, 5, answer);
    assertThat(told())
        .containsExactly(
            new Input.MaintenanceAsked(7, "x", SECOND), new Input.MaintenanceAsked(7, "z", SECOND));
    parking.decide(granted("z"));
    assertThat(answer).isNotDone();
    assertThat(parking.parked()).isFalse();
    assertThat(parking.reigns()).isEmpty();
    parking.decide(granted("x"));
    assertThat(answer).isCompletedWithValue(new Parking.Answer.Ends(List.of("x", "z")));
    assertThat(parking.parked()).isTrue();
    assertThat(parking.reigns()).containsOnlyKeys("x", "z");
  }

  @Test
  void oneRefusalEndsAllAndAnotherTryIsFree() {
    parking.ask(List.of(view("x", true), view("z", true)), SECOND, 5, answer);
    told();
    parking.decide(granted("z"));
    parking.decide(new Verdict.MaintenanceRefused("x", "no majority is there"));
    assertThat(answer).isCompletedWithValue(new Parking.Answer.Refused("x: no majority is there"));
    assertThat(told())
        .containsExactly(
            new Input.MaintenanceCancelled(7, "z"), new Input.MaintenanceCancelled(7, "x"));
    assertThat(parking.parked()).isFalse();
    CompletableFuture<Parking.Answer> second = new CompletableFuture<>();
    parking.ask(List.of(view("x", true)), SECOND, 9, second);
    parking.decide(granted("x"));
    assertThat(second).isCompletedWithValue(new Parking.Answer.Ends(List.of("x")));
  }

  @Test
  void aReignThatEndsOrNobodysAnswerIsARefusal() {
    parking.ask(List.of(view("x", true)), SECOND, 5, answer);
    parking.decide(new Verdict.Lapsed("x", EPOCH, 1));
    assertThat(answer.join()).isInstanceOf(Parking.Answer.Refused.class);
    CompletableFuture<Parking.Answer> second = new CompletableFuture<>();
    parking.ask(List.of(view("x", true)), SECOND, 5, second);
    long until = parking.due(6);
    assertThat(second).isNotDone();
    assertThat(parking.due(until)).isEqualTo(Long.MAX_VALUE);
    assertThat(second.join()).isInstanceOf(Parking.Answer.Refused.class);
  }

  @Test
  void whatCannotGoOnIsNotEvenAsked() {
    objections.put("x", "the program does not run yet");
    parking.ask(List.of(view("x", true)), SECOND, 5, answer);
    assertThat(answer)
        .isCompletedWithValue(new Parking.Answer.Refused("x: the program does not run yet"));
    assertThat(told()).isEmpty();
  }

  @Test
  void aNodeWithoutReignsJustEnds() {
    parking.ask(List.of(view("y", false)), SECOND, 5, answer);
    assertThat(answer).isCompletedWithValue(new Parking.Answer.Ends(List.of()));
    assertThat(parking.parked()).isTrue();
  }

  @Test
  @Tag("FO-41")
  void whatWasLeftIsTakenOnceAndOnlyByTheSameConfiguration(@TempDir Path run) throws IOException {
    ParkedReign reign = new ParkedReign("x", EPOCH, new Epoch(2, "a"), 4, 123_456_789_012L, 17);
    ParkedWorkload left = new ParkedWorkload(reign, EPOCH, "/c/1", 4711, 99, "", 12, "pipe:[5]");
    new ParkedAgent("the file", List.of(left)).write(run);
    ParkedAgent read = ParkedAgent.take(run);
    assertThat(read.workload("x", "the file")).contains(left);
    assertThat(read.workload("x", "another file")).isEmpty();
    assertThat(read.workload("y", "the file")).isEmpty();
    assertThat(ParkedAgent.take(run).workload("x", "the file")).isEmpty();
    assertThat(run).isEmptyDirectory();
  }

  @Test
  void aProcessIsKnownByItsStart() throws IOException {
    int own = (int) ProcessHandle.current().pid();
    ParkedReign reign = new ParkedReign("x", EPOCH, EPOCH, 4, 1, 1);
    dev.understudy.agent.runtime.Copy copy =
        new ParkedWorkload(reign, EPOCH, "/c/1", own, 0, "", 1, "").copy();
    ParkedWorkload left = ParkedWorkload.of(reign, EPOCH, copy, 1, "pipe:[5]");
    assertThat(left.runs()).isTrue();
    assertThat(
            new ParkedWorkload(reign, EPOCH, "/c/1", own, left.rootStartTicks() + 1, "", 1, "")
                .runs())
        .isFalse();
  }

  private static Verdict granted(String workload) {
    return new Verdict.MaintenanceGranted(
        workload, new ParkedReign(workload, EPOCH, EPOCH, 1, 100, 5));
  }

  private static GroupView view(String workload, boolean leading) {
    return new GroupView(
        workload, "", leading, EPOCH, "a", "", GenerationId.NONE, GenerationId.NONE, 1);
  }

  private List<Input> told() {
    List<Input> inputs = new ArrayList<>();
    mailbox.drain(mail -> {
      if (mail instanceof Mailbox.Mail.Told(var input)) {
        inputs.add(input.apply(7));
      }
    });
    return inputs;
  }

  @Test
  void whoGaveUpWaitingHasWithdrawnTheWish() {
    answer.cancel(false);
    parking.ask(List.of(view("x", true)), SECOND, 5, answer);
    assertThat(told()).isEmpty();

    CompletableFuture<Parking.Answer> second = new CompletableFuture<>();
    parking.ask(List.of(view("x", true)), SECOND, 5, second);
    told();
    second.cancel(false);
    parking.decide(granted("x"));
    assertThat(parking.parked()).isFalse();
    assertThat(told()).containsExactly(new Input.MaintenanceCancelled(7, "x"));

    CompletableFuture<Parking.Answer> third = new CompletableFuture<>();
    parking.ask(List.of(view("x", true)), SECOND, 9, third);
    parking.decide(granted("x"));
    assertThat(third).isCompletedWithValue(new Parking.Answer.Ends(List.of("x")));
  }
}
