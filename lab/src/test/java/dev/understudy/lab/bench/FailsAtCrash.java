// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.lab.bench.ScriptedStage.Mishap;
import dev.understudy.lab.probe.Fault;
import java.util.List;
import java.util.Optional;

/** A scripted stage on which nobody takes over after the n-th crash. */
final class FailsAtCrash implements Stage {
  private final ScriptedStage stage;
  private final int failing;
  private int crashes;

  FailsAtCrash(ScriptedStage stage, int failing) {
    this.stage = stage;
    this.failing = failing;
  }

  @Override
  public Fault crash(String node) {
    crashes++;
    stage.mishap = crashes == failing ? Mishap.NO_ANSWER : Mishap.NONE;
    return stage.crash(node);
  }

  @Override
  public List<String> nodes() {
    return stage.nodes();
  }

  @Override
  public Optional<NodeStatus> status(String node) {
    return stage.status(node);
  }

  @Override
  public List<NodeEvent> events(String node, long afterSequence) {
    return stage.events(node, afterSequence);
  }

  @Override
  public long hostBootNanos(String node, long nodeBootNanos) {
    return stage.hostBootNanos(node, nodeBootNanos);
  }

  @Override
  public void start(String node) {
    stage.start(node);
  }

  @Override
  public long agentPid(String node) {
    return stage.agentPid(node);
  }

  @Override
  public List<String> logTail(String node) {
    return stage.logTail(node);
  }

  @Override
  public Client client() {
    return stage.client();
  }

  @Override
  public void close() {
    stage.close();
  }
}
