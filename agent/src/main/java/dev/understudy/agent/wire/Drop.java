// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

/** Why a datagram that arrived is not handed on. */
public enum Drop {
  /** Cut off, too long, or not laid out as this build writes it. */
  MALFORMED,
  /** Of another version, of a cluster with another key, or for another node. */
  FOREIGN,
  /** Written by a holder of the cluster's key, whose names, groups or times are others. */
  CONFIGURATION,
  /** It claims to be of this cluster, but its tag does not fit: written or changed by others. */
  FORGED,
  /** Of an older start of its sender's agent, or farther back than anything useful can come. */
  STALE,
  /** Taken before. */
  REPEATED
}
