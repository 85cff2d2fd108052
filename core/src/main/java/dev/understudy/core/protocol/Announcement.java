// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/**
 * News for somebody who does not vote: a node that steers a service, a dashboard. Or the answer to
 * such news.
 *
 * @param sender who wrote it
 * @param receiver whom it is for
 * @param workload what it is about
 * @param epoch of the reign that is announced; in an answer, the newest that the subscriber knows
 * @param active the node that reigns in that epoch
 * @param answer whether it acknowledges
 */
public record Announcement(
    String sender, String receiver, String workload, Epoch epoch, String active, boolean answer) {}
