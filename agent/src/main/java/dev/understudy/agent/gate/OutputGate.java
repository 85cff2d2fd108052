// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.LinuxException;

/**
 * Lets what a workload sends pass until a deadline and drops every frame from then on, whether the
 * agent lives, stalls or is dead. Attaching one shuts it at once, whatever an earlier agent had
 * allowed. Methods may be called from any thread.
 *
 * <p>It hangs on the ingress of the outer end of the workload's veth pair, in the agent's network
 * namespace, which comes before the bridge. So it is out of the workload's reach, and what skips
 * the inner end's traffic control (PACKET_QDISC_BYPASS, packet(7)) meets it too. A frame meets it
 * after the sender's call has handed it over, most often before that call returns.
 *
 * <p>It holds a workload without CAP_NET_ADMIN, such as every one is. With that, frames could come
 * by an ifb device, which marks them as classified (drivers/net/ifb.c); the mark survives the veth
 * pair and skips all ingress hooks.
 */
public sealed interface OutputGate extends AutoCloseable permits EbpfGate, NftablesGate {

  /**
   * Replaces the deadline; one in the past shuts the gate.
   *
   * @param bootNanos absolute, on the scale of {@link dev.understudy.agent.linux.Clock#bootNanos()}
   * @throws LinuxException when the kernel does not take it; the former deadline holds then
   */
  void openUntil(long bootNanos) throws LinuxException;

  /** Shuts the gate; when this returns, frames sent afterwards do not pass. */
  void shut() throws LinuxException;

  /**
   * Asks the kernel whether the gate stands and is shut. False also when somebody took the gate
   * away, since frames pass then. The calling thread must be in the device's network namespace.
   */
  boolean isShut() throws LinuxException;

  /** Which mechanism it is: "ebpf" or "nftables". */
  String kind();

  /**
   * Shuts the gate and lets go of it. It stays in the kernel, shut, as long as the device; of a
   * gate whose device is gone already nothing stays.
   */
  @Override
  void close() throws LinuxException;
}
