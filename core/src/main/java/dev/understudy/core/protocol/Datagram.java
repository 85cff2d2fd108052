// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.List;

/**
 * One message between two nodes, with a row for each workload that both share.
 *
 * @param sender its name
 * @param receiver whom it is for
 * @param senderIncarnation which start of the sender's agent wrote it
 * @param receiverIncarnation the receiver's incarnation as the sender knows it; 0 when it does not.
 *     Echoes and votes count only for the incarnation that they name.
 * @param sequence increases with every datagram of one incarnation to one peer
 * @param sentAt the sender's own CLOCK_BOOTTIME, to be handed back in echoes
 * @param answer whether it answers a datagram; answers are not answered
 * @param ceiling the sender's persisted ceiling of epoch counters
 * @param rows at most one for each workload
 */
public record Datagram(
    String sender,
    String receiver,
    long senderIncarnation,
    long receiverIncarnation,
    long sequence,
    long sentAt,
    boolean answer,
    long ceiling,
    List<Row> rows) {}
