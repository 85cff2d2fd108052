// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.bench;

import dev.understudy.agent.linux.Namespaces;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.lab.cluster.Crash;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.cluster.LabOptions;
import dev.understudy.lab.probe.Fault;
import dev.understudy.lab.probe.Probe;
import dev.understudy.lab.probe.Samples;
import dev.understudy.lab.tools.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A lab of this machine as a stage, with a probe in its client's network namespace. */
public final class LabStage implements Stage {
  private static final int LOG_LINES = 8;

  private final Lab lab;
  private final WorkloadSpec workload;
  private @Nullable ProbeClient client;

  private LabStage(Lab lab, WorkloadSpec workload) {
    this.lab = lab;
    this.workload = workload;
  }

  /** Makes stages of labs that end with this process, each with the name of its cluster. */
  public static Opener opener(Tools tools, Consumer<String> progress) {
    return cluster -> {
      LabOptions options =
          LabOptions.of(cluster.name(), tools.criu(), tools.runc())
              .boundToThisProcess()
              .progress(progress);
      return open(cluster, options);
    };
  }

  /** A running lab; whoever closes the stage closes the lab. */
  public static LabStage of(Lab lab, WorkloadSpec workload) {
    return new LabStage(lab, workload);
  }

  private static LabStage open(Cluster cluster, LabOptions options) throws TrialException {
    try {
      return new LabStage(Lab.up(cluster, options), cluster.workloads().getFirst());
    } catch (LabException e) {
      throw failed(e);
    }
  }

  @Override
  public List<String> nodes() {
    return lab.cluster().nodes().stream().map(NodeSpec::name).toList();
  }

  @Override
  public Optional<NodeStatus> status(String node) {
    try {
      return Optional.of(lab.status(node));
    } catch (LabException silent) {
      return Optional.empty(); // crashed, or not up yet: whoever waits for it has a limit
    }
  }

  @Override
  public List<NodeEvent> events(String node, long afterSequence) throws TrialException {
    try {
      return lab.events(node, afterSequence);
    } catch (LabException e) {
      throw failed(e);
    }
  }

  @Override
  public long hostBootNanos(String node, long nodeBootNanos) throws TrialException {
    try {
      return lab.hostBootNanos(node, nodeBootNanos);
    } catch (LabException e) {
      throw failed(e);
    }
  }

  @Override
  public Fault crash(String node) throws TrialException {
    try {
      Crash crash = lab.crash(node);
      return new Fault(node, crash.beginNanos(), crash.killedNanos());
    } catch (LabException e) {
      throw failed(e);
    }
  }

  @Override
  public void start(String node) throws TrialException {
    try {
      lab.start(node);
    } catch (LabException e) {
      throw failed(e);
    }
  }

  @Override
  public long agentPid(String node) throws TrialException {
    try {
      return lab.agentPid(node);
    } catch (LabException e) {
      throw new TrialException(String.valueOf(e.getMessage()), logTail(node));
    }
  }

  @Override
  public List<String> logTail(String node) {
    try {
      Path log = lab.agentLog(node);
      String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
      List<String> lines = text.lines().toList();
      return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
    } catch (LabException | IOException e) {
      return List.of("its log cannot be read: " + e.getMessage());
    }
  }

  @Override
  public Client client() throws TrialException {
    ProbeClient started = client;
    if (started == null) {
      started = new ProbeClient(startProbe());
      client = started;
    }
    return started;
  }

  private Probe startProbe() throws TrialException {
    try {
      Path netns = lab.clientNetns();
      return Probe.start(
          workload.address(), workload.port(), body -> Namespaces.callIn(netns, body));
    } catch (LabException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() throws TrialException {
    if (client != null) {
      client.probe().close();
    }
    try {
      lab.close();
    } catch (LabException e) {
      throw failed(e);
    }
  }

  private static TrialException failed(LabException e) {
    return new TrialException(String.valueOf(e.getMessage()), e);
  }

  /** The probe, by the names that a trial knows. */
  private record ProbeClient(Probe probe) implements Client {
    @Override
    public Samples samples() {
      return probe.samples();
    }

    @Override
    public void forget() {
      probe.forget();
    }

    @Override
    public long lastGoodNanos() {
      return probe.lastGoodNanos();
    }

    @Override
    public long lastCounter() {
      return probe.lastCounter();
    }
  }
}
