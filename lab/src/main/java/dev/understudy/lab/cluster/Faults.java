// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.gate.NftablesBatch;
import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.NetlinkSocket;
import dev.understudy.agent.linux.PidFd;
import dev.understudy.agent.linux.ProcessFacts;
import dev.understudy.agent.linux.Signals;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.lab.tools.HostPrograms;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Breaks what a {@link FaultSpec} describes, and keeps what repairs it. */
final class Faults {
  /** A hog that was forgotten ends by itself: the limit of its processor time. */
  private static final String HOG = "ulimit -t 600; while :; do :; done";

  private static final int LOOKS_MOST = 2_000;
  private static final File DEVNULL = new File("/dev/null");

  private final Lab lab;
  private final LabParts parts;
  private final OngoingFault ongoing;

  private Faults(Lab lab, LabParts parts, OngoingFault ongoing) {
    this.lab = lab;
    this.parts = parts;
    this.ongoing = ongoing;
  }

  /** Begins a fault; when one part of it cannot be done, the parts before are repaired. */
  static OngoingFault begin(Lab lab, LabParts parts, FaultSpec spec) throws LabException {
    for (String node : spec.nodes()) {
      parts.init(node);
    }
    if (spec.peer().isPresent()) {
      parts.node(spec.peer().get());
    }
    OngoingFault ongoing = new OngoingFault(Clock.bootNanos());
    // With a lab that ends with this process there is nothing to be repaired.
    if (parts.record().life() == LabRecord.Life.PERSISTENT) {
      ongoing.guard();
    }
    boolean done = false;
    try {
      new Faults(lab, parts, ongoing).strike(spec);
      ongoing.inForce(Clock.bootNanos());
      done = true;
      return ongoing;
    } catch (IOException e) {
      throw LabException.failed("Cannot " + spec.text() + ": " + e.getMessage() + ".", e);
    } finally {
      if (!done) {
        ongoing.close();
      }
    }
  }

  private void strike(FaultSpec spec) throws LabException, IOException {
    List<String> nodes = spec.nodes();
    switch (spec.kind()) {
      case CRASH -> crash(nodes);
      case ISOLATE -> {
        for (String node : nodes) {
          ongoing.strike(() -> {
            lab.isolate(node);
            return () -> lab.heal(node);
          });
        }
      }
      case PARTITION -> filter(cuts(nodes, others(nodes, spec), true, true));
      case DEAF -> filter(cuts(nodes, others(nodes, spec), true, false));
      case MUTE -> filter(cuts(nodes, others(nodes, spec), false, true));
      case LOSS -> filter(losses(nodes, spec.lossPercent()));
      case DELAY -> {
        for (String node : nodes) {
          delay(node, spec);
        }
      }
      case KILL_AGENT -> signal(nodes, Signals.SIGKILL);
      case STOP_AGENT -> signal(nodes, Signals.SIGSTOP);
      case HOG -> {
        for (String node : nodes) {
          hog(node);
        }
      }
      case FLUSH_FILTERS -> {
        for (String node : nodes) {
          flush(node);
        }
      }
    }
  }

  private void crash(List<String> nodes) throws LabException, IOException {
    // Repairs come in the other order: first everything is started, then waited for.
    for (String node : nodes) {
      ongoing.strike(() -> () -> lab.awaitAgent(node));
    }
    for (String node : nodes) {
      ongoing.strike(() -> {
        lab.crash(node);
        return () -> lab.start(node);
      });
    }
  }

  private List<String> others(List<String> nodes, FaultSpec spec) {
    return spec.peer().isPresent()
        ? List.of(spec.peer().get())
        : lab.cluster().nodes().stream()
            .map(NodeSpec::name)
            .filter(n -> !nodes.contains(n))
            .toList();
  }

  private List<SwitchFilter.Rule> cuts(
      List<String> nodes, List<String> others, boolean in, boolean out) throws LabException {
    List<SwitchFilter.Rule> rules = new ArrayList<>();
    for (String node : nodes) {
      String port = parts.node(node).port();
      for (String other : others) {
        String far = parts.node(other).port();
        if (in) {
          rules.add(SwitchFilter.Rule.cut(far, port));
        }
        if (out) {
          rules.add(SwitchFilter.Rule.cut(port, far));
        }
      }
    }
    return rules;
  }

  private List<SwitchFilter.Rule> losses(List<String> nodes, int percent) throws LabException {
    List<SwitchFilter.Rule> rules = new ArrayList<>();
    for (String node : nodes) {
      String port = parts.node(node).port();
      rules.add(new SwitchFilter.Rule(port, "", percent));
      rules.add(new SwitchFilter.Rule("", port, percent));
    }
    return rules;
  }

  private void filter(List<SwitchFilter.Rule> rules) throws LabException, IOException {
    ongoing.strike(() -> {
      parts.filter().add(rules);
      return () -> parts.filter().remove(rules);
    });
  }

  private void delay(String node, FaultSpec spec) throws LabException, IOException {
    String port = parts.node(node).port();
    // First, since half a detour is to be healed as well.
    ongoing.strike(() -> () -> lab.heal(node));
    ongoing.strike(() -> {
      parts.wiring().openDetour(port);
      Relay relay =
          Relay.start(
              parts.record().keeper(),
              port,
              Switch.detour(port, false),
              spec.delayLeastNanos(),
              spec.delayMostNanos(),
              spec.seed());
      return relay::close;
    });
  }

  /** Stops or kills agents; both without a process in between, which a busy machine would delay. */
  private void signal(List<String> nodes, int signal) throws LabException, IOException {
    List<PidFd> agents = new ArrayList<>();
    List<Long> pids = new ArrayList<>();
    boolean kept = false;
    try {
      for (String node : nodes) {
        long pid = lab.agentPid(node);
        agents.add(PidFd.open(pid));
        pids.add(pid);
      }
      // All at once, or none of them: an interrupt comes before the first or after the last one.
      ongoing.strike(() -> {
        for (PidFd agent : agents) {
          agent.signal(signal);
        }
        return () -> goOn(agents);
      });
      kept = true;
      for (long pid : pids) {
        awaitStanding(pid);
      }
    } finally {
      if (!kept) {
        goOn(agents);
      }
    }
  }

  /**
   * A signal is in force when the last thread has met it, which may first wait for a processor;
   * until then an agent renews its leases.
   */
  private static void awaitStanding(long agent) throws LabException {
    for (int look = 0; look < LOOKS_MOST; look++) {
      if (ProcessFacts.of(agent).stands()) {
        return;
      }
      Pause.millis(1);
    }
    throw LabException.failed("Agent " + agent + " was told to stand still and goes on.");
  }

  /** Lets go of agents, which go on if they were stopped; a signal to a dead one does nothing. */
  private static void goOn(List<PidFd> agents) throws LabException {
    try {
      for (PidFd agent : agents) {
        agent.signal(Signals.SIGCONT);
      }
    } catch (LinuxException e) {
      throw LabException.failed("Cannot let an agent go on: " + e.getMessage() + ".", e);
    } finally {
      agents.forEach(PidFd::close);
    }
  }

  private void hog(String node) throws LabException, IOException {
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      List<String> command = lab.execCommand(node, List.of("sh", "-c", HOG));
      ProcessBuilder builder =
          HostPrograms.builder(command)
              .redirectInput(Redirect.from(DEVNULL))
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD);
      ongoing.strike(() -> {
        Process hog = builder.start();
        return () -> end(hog);
      });
    }
  }

  private static void end(Process hog) throws LabException {
    List<ProcessHandle> below = hog.descendants().toList();
    below.forEach(ProcessHandle::destroyForcibly);
    hog.destroyForcibly();
    try {
      if (!hog.waitFor(5, TimeUnit.SECONDS)) {
        throw LabException.failed("Process " + hog.pid() + " does not end.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LabException.failed("Interrupted while a program ended.", e);
    }
  }

  private void flush(String node) throws LabException, IOException {
    Path netns = Switch.netns(parts.init(node));
    try (NetlinkSocket socket =
        Namespaces.callIn(netns, () -> NetlinkSocket.open(NetlinkSocket.NETFILTER))) {
      NftablesBatch batch = new NftablesBatch();
      batch.noTables();
      socket.transact(batch.finished(), "nftables: flush the ruleset of node " + node);
    }
  }
}
