// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.chaos;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.core.timing.Timing;
import dev.understudy.lab.bench.LabStage;
import dev.understudy.lab.bench.Time;
import dev.understudy.lab.bench.TrialException;
import dev.understudy.lab.bench.Waits;
import dev.understudy.lab.cluster.FaultKind;
import dev.understudy.lab.cluster.FaultSpec;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.cluster.OngoingFault;
import dev.understudy.lab.observer.Burst;
import dev.understudy.lab.observer.Observer;
import dev.understudy.lab.observer.Overlap;
import dev.understudy.lab.observer.Reigns;
import dev.understudy.lab.probe.Probe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One workload of a lab under load and under observation. Failovers that nobody asked for are no
 * failure: a busy machine causes them.
 */
public final class Watch implements AutoCloseable {
  /** Enough for the start of several agents on a busy machine, and a checkpoint after it. */
  public static final long RECOVERY_NANOS = 60_000_000_000L;

  private static final int CONNECT_MILLIS = 2_000;
  private static final int READ_MILLIS = 2_000;

  private final Lab lab;
  private final WorkloadSpec workload;
  private final Observer observer;
  private final Probe probe;
  private final Waits waits;

  private Watch(Lab lab, WorkloadSpec workload, Observer observer, Probe probe) {
    this.lab = lab;
    this.workload = workload;
    this.observer = observer;
    this.probe = probe;
    this.waits = new Waits(LabStage.of(lab, workload), Time.HOST, workload.name());
  }

  /** Starts load and observation; the lab stays the caller's. */
  public static Watch start(Lab lab, WorkloadSpec workload) throws LabException, IOException {
    Path client = lab.clientNetns();
    Observer observer = Observer.start(lab);
    Probe probe =
        Probe.start(workload.address(), workload.port(), body -> Namespaces.callIn(client, body));
    return new Watch(lab, workload, observer, probe);
  }

  /** Waits until every node is there and the workload is protected and answers. */
  public Waits.Active awaitWhole(String when) throws TrialException, InterruptedException {
    Waits.Active active = waits.untilWhole(when, RECOVERY_NANOS);
    waits.until(
        "workload " + workload.name() + " did not answer " + when,
        RECOVERY_NANOS,
        () -> answers() ? Optional.of(true) : Optional.empty());
    return active;
  }

  /** Any answer will do: what programs say is their own business. */
  private boolean answers() {
    try {
      return Namespaces.callIn(lab.clientNetns(), this::ask);
    } catch (IOException | LabException silence) {
      return false; // asked again until a limit
    }
  }

  private boolean ask() throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(READ_MILLIS);
      socket.connect(
          new InetSocketAddress(Ipv4.text(workload.address()), workload.port()), CONNECT_MILLIS);
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read() >= 0;
    }
  }

  /**
   * Breaks something for a time, repairs it, waits until all is well and checks. The workload must
   * be whole before.
   *
   * @param active the workload's active node
   * @param role what the struck nodes are, for people
   */
  public Strike strike(FaultSpec fault, String active, String role, long holdNanos)
      throws LabException, TrialException, InterruptedException {
    probe.forget();
    OngoingFault ongoing = lab.begin(fault);
    try (ongoing) {
      Time.HOST.pause(holdNanos);
    }
    long repaired = Clock.bootNanos();
    double held = (repaired - ongoing.inForceNanos()) / 1e6;
    List<String> problems = new ArrayList<>();
    @Nullable Double recovered = null;
    try {
      awaitWhole("after " + fault.text());
      recovered = (Clock.bootNanos() - repaired) / 1e6;
    } catch (TrialException e) {
      problems.add(e.getMessage() + "\n" + String.join("\n", e.evidence()));
    }
    OptionalDouble output = OptionalDouble.empty();
    if (endsLease(fault, active)) {
      output = outputMillis(active, ongoing.inForceNanos());
      double lease = leaseMillis();
      if (output.isPresent() && output.getAsDouble() > lease) {
        problems.add(
            "node %s sent until %.3f ms after the fault, with a lease of %.0f ms"
                .formatted(active, output.getAsDouble(), lease));
      }
    }
    if (keepsState(fault, active)) {
      problems.addAll(coldStarts(ongoing.beginNanos()));
    }
    return new Strike(
        fault.text(),
        role,
        held,
        output.isPresent() ? output.getAsDouble() : null,
        recovered,
        String.join("\n", problems));
  }

  /** Whether the active can renew its lease no more. */
  private static boolean endsLease(FaultSpec fault, String active) {
    return fault.nodes().contains(active)
        && switch (fault.kind()) {
          case CRASH, ISOLATE, PARTITION, KILL_AGENT, STOP_AGENT -> true;
          case DEAF, MUTE -> fault.peer().isEmpty();
          case LOSS, DELAY, HOG, FLUSH_FILTERS -> false;
        };
  }

  /** Whether somebody who survives has the state. */
  private boolean keepsState(FaultSpec fault, String active) {
    return workload.strategy().keepsState()
        && (fault.kind() != FaultKind.CRASH
            || fault.nodes().size() == 1
            || !fault.nodes().contains(active));
  }

  /**
   * When the active's output ended, until its next reign if it has one. A frame that passed the
   * gate in time and then waited because the machine stood still is not late.
   */
  private OptionalDouble outputMillis(String active, long inForceNanos)
      throws LabException, InterruptedException {
    long next = reigns().nextOf(active, inForceNanos);
    long last = observer.lastFrame(active, workload.address(), next);
    if (last == Long.MIN_VALUE) {
      return OptionalDouble.empty();
    }
    Timing timing = lab.cluster().timing();
    long shut = inForceNanos + timing.leaseNanos() - timing.gateMarginNanos();
    return OptionalDouble.of((last - inForceNanos - observer.stoodStill(shut, last)) / 1e6);
  }

  private List<String> coldStarts(long sinceNanos) throws LabException {
    List<String> found = new ArrayList<>();
    for (NodeSpec node : lab.cluster().nodes()) {
      for (NodeEvent event : lab.journal(node.name())) {
        if (event.kind().equals(NodeEvent.STARTED)
            && event.workload().equals(workload.name())
            && lab.hostBootNanos(node.name(), event.bootNanos()) > sinceNanos) {
          found.add(
              "the state is lost: started anew on node " + node.name() + " " + event.details());
        }
      }
    }
    return found;
  }

  /** The lease of the lab's profile. */
  public double leaseMillis() {
    return lab.cluster().timing().leaseNanos() / 1e6;
  }

  /** All reigns until now. */
  public Reigns reigns() throws LabException {
    return Reigns.read(lab, workload.name());
  }

  /** All that was seen until now. */
  public List<Burst> bursts() throws InterruptedException {
    return observer.bursts().stream().filter(b -> b.address() == workload.address()).toList();
  }

  /** What must never be. */
  public List<Overlap> overlaps() throws LabException, InterruptedException {
    // First the frames: so each of them has its reign in the journals.
    List<Burst> bursts = bursts();
    return Overlap.find(bursts, reigns());
  }

  @Override
  public void close() {
    probe.close();
    observer.close();
  }
}
