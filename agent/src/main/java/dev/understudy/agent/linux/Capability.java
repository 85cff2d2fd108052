// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

/** Capabilities that matter here, with their numbers in capabilities(7). */
public enum Capability {
  CAP_NET_ADMIN(12),
  CAP_NET_RAW(13),
  CAP_IPC_LOCK(14),
  CAP_SYS_PTRACE(19),
  CAP_SYS_ADMIN(21),
  CAP_SYS_NICE(23),
  CAP_SYS_RESOURCE(24),
  CAP_BPF(39),
  CAP_CHECKPOINT_RESTORE(40);

  private final int number;

  Capability(int number) {
    this.number = number;
  }

  /** Whether a set has it, as {@link ProcessFacts#capabilities()} gives one. */
  public boolean in(long set) {
    return (set >>> number & 1) == 1;
  }
}
