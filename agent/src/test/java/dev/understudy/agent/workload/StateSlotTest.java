// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.checkpoint.Manifest;
import dev.understudy.agent.checkpoint.Receiver;
import dev.understudy.agent.control.Journal;
import dev.understudy.agent.duty.Mailbox;
import dev.understudy.agent.linux.EventFd;
import dev.understudy.agent.records.RecordJournal;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program told is offered until there is something newer; this thread decides. */
class StateSlotTest {
  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final long MOST_BYTES = 1 << 20;

  @TempDir Path folder;
  private final List<Input> told = new ArrayList<>();
  private Journal journal;
  private RecordJournal records;
  private Mailbox mailbox;
  private StateSlot slot;
  private boolean active;

  @BeforeEach
  void empty() throws IOException {
    journal = Journal.open(folder.resolve("events.jsonl"), "b", 1);
    mailbox = new Mailbox(EventFd.open());
    records = RecordJournal.open(folder.resolve("records"), "b", 1);
    Reports reports = new Reports("count", journal, mailbox, records);
    slot = new StateSlot(folder.resolve("g"), MOST_BYTES, reports, () -> active);
  }

  @AfterEach
  void end() throws IOException {
    journal.close();
    records.close();
  }

  @Test
  void newerStateReplacesOlderAndNothingElseDoes() {
    assertThat(slot.ageNanos(100)).isEqualTo(-1);
    assertThat(received(1)).isEmpty();
    assertThat(received(2)).isEmpty();
    assertThat(received(1)).contains("1@a/2 is held, which is not older");
    assertThat(slot.find(id(1))).isEmpty();
    assertThat(slot.find(id(2))).isPresent();
    // Offered at 50, told within 10 ns on a node whose clock is another one.
    assertThat(slot.ageNanos(100)).isEqualTo(60);
    assertThat(told).containsExactly(held(1), held(2));
    assertThat(onReceiver(() -> slot.offered(id(3))))
        .isInstanceOfSatisfying(
            Receiver.Answer.Accept.class,
            accept -> {
              assertThat(accept.mostBytes()).isEqualTo(MOST_BYTES);
              assertThat(accept.base()).contains(generation(2));
            });
  }

  @Test
  void nothingIsTakenWhereTheProgramRuns() {
    active = true;
    assertThat(received(1)).contains("this node is active itself");
    assertThat(onReceiver(() -> slot.offered(id(1))))
        .isEqualTo(new Receiver.Answer.Decline("this node is active itself"));
    assertThat(told).isEmpty();
  }

  @Test
  void whatAProgramTookIsOfferedAgainWhenItEnds() {
    received(1);
    told.clear();
    slot.offerAgain();
    drain();
    assertThat(told).containsExactly(held(1));
    assertThat(slot.find(id(1))).isPresent();
  }

  @Test
  void whatItTellsHereIsOfferedOnceItHasEnded() {
    slot.offerAgain();
    active = true;
    slot.keep(generation(4));
    slot.keep(generation(3));
    drain();
    assertThat(told).isEmpty();
    active = false;
    slot.offerAgain();
    drain();
    assertThat(told).containsExactly(held(4));
    slot.keep(generation(5));
    drain();
    assertThat(told).containsExactly(held(4), held(5));
  }

  private Optional<String> received(long sequence) {
    return onReceiver(() -> slot.receive(generation(sequence), 50));
  }

  private Generation generation(long sequence) {
    HostFacts facts = new HostFacts("amd64", "6.1.0", "v", List.of(), "4.2", "host");
    return new Generation(
        folder, new Manifest(1, "count", 1, "a", sequence, 1, 10, 0, facts, List.of(), List.of()));
  }

  private <T> T onReceiver(Supplier<T> question) {
    CompletableFuture<T> result = CompletableFuture.supplyAsync(question);
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!result.isDone() && System.nanoTime() < end) {
      drain();
    }
    drain();
    return result.join();
  }

  private void drain() {
    mailbox.drain(mail -> {
      switch (mail) {
        case Mailbox.Mail.Task(var task) -> task.run();
        case Mailbox.Mail.Told(var maker) -> told.add(maker.apply(0));
      }
    });
  }

  private static Input held(long sequence) {
    return new Input.CopyHeld(0, "count", id(sequence));
  }

  private static GenerationId id(long sequence) {
    return new GenerationId(new Epoch(1, "a"), sequence);
  }
}
