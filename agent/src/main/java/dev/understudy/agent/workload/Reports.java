// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.workload;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.control.Journal;
import dev.understudy.agent.duty.Mailbox;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.records.RecordJournal;
import dev.understudy.api.records.Figures;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongFunction;

/** What the parts of one workload say: events for people, inputs for the protocol. Any thread. */
public final class Reports {
  private final String workload;
  private final Journal journal;
  private final Mailbox mailbox;
  private final RecordJournal records;
  private volatile String lastError = "";

  /** What one workload has to say, to the journals and to the duty cycle. */
  public Reports(String workload, Journal journal, Mailbox mailbox, RecordJournal records) {
    this.workload = workload;
    this.journal = journal;
    this.mailbox = mailbox;
    this.records = records;
  }

  String workload() {
    return workload;
  }

  /** Journals something that happens now; details are names and values in turn. */
  public void record(String kind, String... details) {
    journal.record(Clock.bootNanos(), workload, kind, details);
  }

  /** Keeps what was measured of something that began at that time; never waits. */
  void keep(long beganBootNanos, Figures figures) {
    records.keep(workload, beganBootNanos, figures);
  }

  /** Hands an input to the protocol. */
  void tell(LongFunction<Input> input) {
    mailbox.tell(input);
  }

  /** Has something done on the duty cycle. */
  void post(Runnable task) {
    mailbox.post(task);
  }

  /** Something went wrong; the status says so until something works. */
  void complain(String why) {
    lastError = why;
  }

  /** Deletes the workload's generations that are older; one that stays is complained of. */
  void keepOnly(Path generations, GenerationId newest) {
    try {
      Generation.deleteOlder(generations, newest);
    } catch (IOException e) {
      complain("old generations stay: " + e.getMessage());
    }
  }

  /** What was complained of may be over: a program runs, or a copy is held. */
  void works() {
    lastError = "";
  }

  /** The newest complaint; empty for none. */
  String lastError() {
    return lastError;
  }
}
