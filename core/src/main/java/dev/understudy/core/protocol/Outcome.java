// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.List;
import java.util.Optional;

/**
 * What one step wants done, in the only legal order of the fields.
 *
 * @param persistFirst to be written; nothing of this outcome depends on it, but the new ceiling is
 *     used only after {@link Input.Persisted}, so that no failover waits for a disk
 * @param thenSend datagrams, in order
 * @param thenAnnounce news to subscribers, which no safety depends on
 * @param thenRun commands, in order
 * @param wakeAtNanos when to come back with a {@link Input.Tick} at the latest
 * @param verdicts what was decided and why
 */
public record Outcome(
    Optional<DurableState> persistFirst,
    List<Datagram> thenSend,
    List<Announcement> thenAnnounce,
    List<Command> thenRun,
    long wakeAtNanos,
    List<Verdict> verdicts) {}
