// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.lab.probe.Fault;
import java.util.List;
import java.util.Optional;

/** What demo and bench need of a running cluster: a lab, or a script of one. */
public interface Stage extends AutoCloseable {

  /** Makes stages. */
  interface Opener {
    /** Starts that cluster; everything of it ends with the stage. */
    Stage open(Cluster cluster) throws TrialException;
  }

  /** Names of all nodes, alive or not. */
  List<String> nodes();

  /** What a node's agent says about itself; empty while it does not answer. */
  Optional<NodeStatus> status(String node);

  /** A node's events with a higher sequence number, oldest first. */
  List<NodeEvent> events(String node, long afterSequence) throws TrialException;

  /** An instant of a node's own clock on the host's CLOCK_BOOTTIME. */
  long hostBootNanos(String node, long nodeBootNanos) throws TrialException;

  /** Cuts a node's link, then kills all of it. */
  Fault crash(String node) throws TrialException;

  /** Starts a crashed node again; returns when its start is under way. */
  void start(String node) throws TrialException;

  /** The agent's process as the host numbers it. */
  long agentPid(String node) throws TrialException;

  /** The newest lines of a node's log, for people who ask why. */
  List<String> logTail(String node);

  /** The outside client, which begins to ask at the first call. */
  Client client() throws TrialException;

  /** Takes all of it away. */
  @Override
  void close() throws TrialException;
}
