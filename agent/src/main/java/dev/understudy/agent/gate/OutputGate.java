// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.LinuxException;
import java.io.IOException;

/**
 * Lets frames leave a device until a deadline and drops every one from then on, whether the agent
 * lives, stalls or is dead. Attaching one shuts the device's output at once, whatever an earlier
 * agent had allowed. Methods may be called from any thread.
 */
public sealed interface OutputGate extends AutoCloseable permits EbpfGate, NftablesGate {

  /**
   * Replaces the deadline; one in the past shuts the gate.
   *
   * @param bootNanos absolute, on the scale of {@link dev.understudy.agent.linux.Clock#bootNanos()}
   * @throws LinuxException when the kernel does not take it; the former deadline holds then
   */
  void openUntil(long bootNanos) throws LinuxException;

  /** Shuts the gate; when this returns, frames sent afterwards do not leave. */
  void shut() throws LinuxException;

  /**
   * Asks the kernel whether the gate stands and is shut. False also when somebody took the gate
   * away, since frames leave then.
   */
  boolean isShut() throws IOException;

  /** Which mechanism it is: "ebpf" or "nftables". */
  String kind();

  /** Shuts the gate and lets go of it. It stays in the kernel until its network namespace ends. */
  @Override
  void close() throws LinuxException;
}
