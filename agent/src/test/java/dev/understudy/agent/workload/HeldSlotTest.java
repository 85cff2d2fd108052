// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.HeldCopy;
import dev.understudy.agent.checkpoint.HoldResult;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.checkpoint.Manifest;
import dev.understudy.agent.checkpoint.Receiver;
import dev.understudy.agent.control.Journal;
import dev.understudy.agent.duty.ExitWatch;
import dev.understudy.agent.duty.Mailbox;
import dev.understudy.agent.linux.EventFd;
import dev.understudy.agent.linux.Poller;
import dev.understudy.agent.records.RecordJournal;
import dev.understudy.agent.runtime.Cancellation;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.ProcessTree;
import dev.understudy.agent.runtime.RootFiles;
import dev.understudy.api.records.CriuRestore;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A failover meets the former copy or the new one; this thread is the duty cycle. */
class HeldSlotTest {
  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final GenerationId FIRST = id(1);
  private static final GenerationId SECOND = id(2);

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final List<Copy> removed = new CopyOnWriteArrayList<>();
  private final List<Input> told = new ArrayList<>();
  private Journal journal;
  private RecordJournal records;
  private Mailbox mailbox;
  private HeldSlot slot;
  private boolean active;

  /** What CRIU does; by itself, a copy that stands. */
  private volatile Restoring restoring = (generation, _) -> stands(generation);

  /** What the protocol does when it hears that. */
  private Consumer<Input> protocol = _ -> {};

  private interface Restoring {
    HoldResult hold(Generation generation, Cancellation cancellation);
  }

  @BeforeEach
  void empty() throws IOException {
    journal = Journal.open(folder.resolve("events.jsonl"), "b", 1);
    mailbox = new Mailbox(EventFd.open());
    records = RecordJournal.open(folder.resolve("records"), "b", 1);
    Reports reports = new Reports("count", journal, mailbox, records);
    ExitWatch exits = new ExitWatch(new Poller(8));
    slot =
        new HeldSlot(
            folder.resolve("g"), 1 << 20, new TestRestorer(), reports, exits, () -> active);
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    journal.close();
    records.close();
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  private final class TestRestorer implements HeldSlot.Restorer {
    @Override
    public HoldResult hold(Generation generation, Cancellation cancellation) {
      return restoring.hold(generation, cancellation);
    }

    @Override
    public void remove(Copy copy) {
      removed.add(copy);
    }

    @Override
    public void removeLater(Copy copy) {
      removed.add(copy);
    }
  }

  @Test
  void theNewCopyReplacesTheFormer() {
    assertThat(received(FIRST)).isEmpty();
    Copy former = slot.find(FIRST).orElseThrow().copy();
    assertThat(received(SECOND)).isEmpty();
    assertThat(slot.find(FIRST)).isEmpty();
    assertThat(slot.find(SECOND)).isPresent();
    assertThat(removed).containsExactly(former);
    assertThat(received(FIRST)).contains("1@a/2 is held, which is not older");
  }

  @Test
  void nothingIsRestoredWhereTheProgramRuns() {
    active = true;
    restoring =
        (generation, _) -> {
          throw new IllegalStateException("restored " + generation);
        };
    assertThat(received(FIRST)).contains("this node is active itself");
    assertThat(onReceiver(() -> slot.offered(FIRST)))
        .isEqualTo(new Receiver.Answer.Decline("this node is active itself"));
  }

  @Test
  void aFailoverGivesTheRestoreUp() throws InterruptedException {
    received(FIRST);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    restoring =
        (_, cancellation) -> {
          try (var _ = cancellation.during(ended::countDown)) {
            begun.countDown();
            boolean cancelled = ended.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
            return new HoldResult.HoldFailed(cancelled ? "it was given up" : "nobody ended it");
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    CompletableFuture<Optional<String>> result = receive(SECOND);
    while (begun.getCount() > 0) {
      drain();
    }
    wake(FIRST);
    assertThat(ended.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS)).isTrue();
    assertThat(await(result)).contains("it was given up");
    assertThat(told).containsExactly(new Input.CopyHeld(0, "count", FIRST));
  }

  @Test
  void aCopyThatStandsTooLateIsRefusedAlsoWhenTheReignIsOver() {
    received(FIRST);
    restoring =
        (generation, _) -> {
          CompletableFuture<Boolean> failover = new CompletableFuture<>();
          mailbox.post(() -> {
            wake(FIRST);
            active = false;
            failover.complete(true);
          });
          failover.join();
          return stands(generation);
        };
    assertThat(received(SECOND)).contains("a failover came between");
    assertThat(removed).hasSize(1);
    assertThat(slot.find(SECOND)).isEmpty();
    assertThat(told).containsExactly(new Input.CopyHeld(0, "count", FIRST));
  }

  @Test
  void theFormerCanBeWokenUntilTheProtocolKnowsTheNewOne() {
    received(FIRST);
    protocol = input -> wake(FIRST);
    assertThat(received(SECOND)).contains("this node is active itself");
    assertThat(removed).hasSize(1);
    assertThat(slot.find(SECOND)).isEmpty();
    assertThat(told)
        .containsExactly(
            new Input.CopyHeld(0, "count", FIRST),
            new Input.CopyHeld(0, "count", SECOND),
            new Input.CopyLost(0, "count", SECOND));
  }

  @Test
  void theNewOneCanBeWokenAsSoonAsTheProtocolKnowsIt() {
    received(FIRST);
    Copy former = slot.find(FIRST).orElseThrow().copy();
    protocol = input -> wake(SECOND);
    assertThat(received(SECOND)).isEmpty();
    assertThat(removed).containsExactly(former);
    assertThat(slot.find(FIRST)).isEmpty();
    assertThat(slot.find(SECOND)).isEmpty();
  }

  /** As the host does it; the second news of a wake-up concerns nothing any more. */
  private void wake(GenerationId id) {
    protocol = _ -> {};
    HeldCopy copy = slot.find(id).orElseThrow();
    assertThat(slot.giveAway(copy, 5)).isNotEqualTo(-1);
    active = true;
    slot.giveUpRestore();
  }

  private HoldResult stands(Generation generation) {
    try {
      Process process = new ProcessBuilder("sleep", "60").start();
      processes.add(process);
      Copy copy =
          new Copy(
              RootFiles.in(folder.resolve("copies-" + generation.id().sequence())),
              new ProcessTree(Math.toIntExact(process.pid())),
              Optional.empty());
      return new HoldResult.Held(new HeldCopy(generation, copy, 1), 1, CriuRestore.UNKNOWN);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Optional<String> received(GenerationId id) {
    return await(receive(id));
  }

  private CompletableFuture<Optional<String>> receive(GenerationId id) {
    HostFacts facts = new HostFacts("amd64", "6.1.0", "v", List.of(), "4.2", "host");
    Manifest manifest =
        new Manifest(1, "count", 1, "a", id.sequence(), 1, 1, 1, facts, List.of(), List.of());
    Generation generation = new Generation(folder, manifest);
    return CompletableFuture.supplyAsync(() -> slot.receive(generation, 1));
  }

  private <T> T onReceiver(java.util.function.Supplier<T> question) {
    return await(CompletableFuture.supplyAsync(question));
  }

  private <T> T await(CompletableFuture<T> result) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!result.isDone() && System.nanoTime() < end) {
      drain();
    }
    return result.join();
  }

  private void drain() {
    mailbox.drain(mail -> {
      switch (mail) {
        case Mailbox.Mail.Task(var task) -> task.run();
        case Mailbox.Mail.Told(var maker) -> {
          Input input = maker.apply(0);
          told.add(input);
          protocol.accept(input);
        }
      }
    });
  }

  private static GenerationId id(long sequence) {
    return new GenerationId(new Epoch(1, "a"), sequence);
  }
}
