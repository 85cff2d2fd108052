// SPDX-License-Identifier: Apache-2.0
/**
 * Datagrams between nodes as bytes: {@link dev.understudy.agent.wire.DatagramCodec} draws their
 * layout, and {@link dev.understudy.agent.wire.Reception} lets in what is authentic, of this
 * cluster, for this node and new, and counts the rest; {@link dev.understudy.agent.wire.ClusterKey}
 * is the secret that all nodes share, with a key derived from it for each purpose.
 */
@NullMarked
package dev.understudy.agent.wire;

import org.jspecify.annotations.NullMarked;
