// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.LinuxException;
import java.io.IOException;

/** Chooses the best gate that a host allows. */
public final class OutputGates {
  private OutputGates() {}

  /**
   * A gate, and in one sentence which it is and why.
   *
   * @param gate attached and shut, or adopted as it was
   * @param adopted whether an earlier agent attached it
   * @param why for people
   */
  public record Choice(OutputGate gate, boolean adopted, String why) {}

  /** Takes over the eBPF gate of an earlier agent, open or shut as it is. */
  public static Choice adopt(String device) throws IOException {
    EbpfGate gate = EbpfGate.adopt(device);
    return new Choice(gate, true, gate + ": taken over from the former agent");
  }

  /**
   * Attaches an eBPF gate, or an nftables gate where the kernel refuses that, in the calling
   * thread's network namespace. What an earlier agent left on a device of that name is taken away,
   * so that it cannot hold the new gate down.
   *
   * @param device the outer end of a veth pair, not yet up
   * @throws IOException with both refusals when there can be no gate at all, or when something is
   *     left on the device that would shut any gate for good; a workload must not run then
   */
  public static Choice choose(String device) throws IOException {
    return choose(device, () -> ebpf(device), () -> NftablesGate.attach(device));
  }

  /**
   * The same for a workload that runs already and that nobody has guarded so far: its gate stands
   * open until the first deadline is set. One that an earlier agent had attached is shut.
   */
  public static Choice chooseOpen(String device) throws IOException {
    boolean first = !EbpfGate.standsAt(device);
    Choice choice = choose(device);
    if (first && choice.gate() instanceof EbpfGate gate) {
      gate.openUntil(Long.MAX_VALUE / 2);
    }
    return choice;
  }

  /** A chain of an agent that ran before on a host without eBPF binds to the device's name. */
  private static OutputGate ebpf(String device) throws IOException {
    EbpfGate gate = EbpfGate.attach(device);
    try {
      NftablesGate.removeLeftOver(device);
      return gate;
    } catch (LinuxException e) {
      gate.close();
      throw new IOException(
          "what an earlier agent left on " + device + " cannot be removed: " + e.getMessage(), e);
    }
  }

  /** One way to a gate. */
  @FunctionalInterface
  interface Way {
    /** Attaches it. */
    OutputGate attach() throws IOException;
  }

  static Choice choose(String device, Way ebpf, Way nftables) throws IOException {
    LinuxException refused;
    try {
      OutputGate gate = ebpf.attach();
      return new Choice(gate, false, gate + ": absolute deadline");
    } catch (LinuxException e) {
      refused = e;
    }
    try {
      OutputGate gate = nftables.attach();
      return new Choice(gate, false, gate + ", because eBPF is refused: " + refused.getMessage());
    } catch (LinuxException e) {
      IOException neither =
          new IOException(
              "no output gate on "
                  + device
                  + ", needed is Linux 6.6 with CAP_BPF and CAP_NET_ADMIN, or nftables: "
                  + refused.getMessage()
                  + "; "
                  + e.getMessage(),
              e);
      neither.addSuppressed(refused);
      throw neither;
    }
  }
}
