// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.agent.checkpoint.Generation;
import dev.understudy.agent.checkpoint.HostFacts;
import dev.understudy.agent.checkpoint.ShipClient;
import dev.understudy.agent.checkpoint.ShipServer;
import dev.understudy.agent.control.ControlServer;
import dev.understudy.agent.control.Journal;
import dev.understudy.agent.gate.OutputGates;
import dev.understudy.agent.linux.Attempt;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.EventFd;
import dev.understudy.agent.linux.GratuitousArp;
import dev.understudy.agent.linux.LinuxWarmup;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.UdpSocket;
import dev.understudy.agent.runtime.CgroupPlaces;
import dev.understudy.agent.runtime.Program;
import dev.understudy.agent.runtime.Sandbox;
import dev.understudy.agent.runtime.SandboxNetwork;
import dev.understudy.agent.runtime.SandboxPlaces;
import dev.understudy.agent.runtime.SandboxSpec;
import dev.understudy.agent.runtime.ToolPaths;
import dev.understudy.agent.wire.ClusterKey;
import dev.understudy.agent.wire.DatagramCodec;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.ClusterFileException;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.ControlToken;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.FailoverNode;
import dev.understudy.core.protocol.GroupConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The parts of one agent, put together. */
final class Agent implements AutoCloseable {
  private static final int SHIP_PORT = 7401;

  private final NodeSpec self;
  private final Cluster cluster;
  private final Journal journal;
  private final DutyCycle cycle;
  private final NodeExecutor executor;
  private final long incarnation;
  private final List<AutoCloseable> closing = new ArrayList<>();
  private String gateKind = "";

  private Agent(
      NodeSpec self,
      Cluster cluster,
      Journal journal,
      DutyCycle cycle,
      NodeExecutor executor,
      long incarnation) {
    this.self = self;
    this.cluster = cluster;
    this.journal = journal;
    this.cycle = cycle;
    this.executor = executor;
    this.incarnation = incarnation;
  }
}
