// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

/**
 * What came to a node's port for beats and votes since its agent started. Those that were dropped
 * got no answer and changed nothing; the rest was handed to the protocol.
 *
 * @param received all that came
 * @param forged dropped: the tag does not fit the cluster's key
 * @param malformed dropped: cut off, too long, or laid out otherwise
 * @param foreign dropped: of another version, of a cluster with another key, or meant for another
 *     node
 * @param configuration dropped: of a node of this cluster whose cluster file has other nodes,
 *     groups or times
 * @param stale dropped: of an older start of its sender's agent, or older than any use
 * @param repeated dropped: taken before
 */
public record DatagramCounts(
    long received,
    long forged,
    long malformed,
    long foreign,
    long configuration,
    long stale,
    long repeated) {}
