// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.Kernel;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Memory;
import dev.understudy.agent.linux.Netlink;
import dev.understudy.agent.linux.Syscall;
import java.io.IOException;

/**
 * A gate whose deadline is absolute and in the kernel: an eBPF program at the ingress of the device
 * (TCX, Linux 6.6) and a map with at most one entry, the deadline. A stalled agent can neither
 * leave it open nor open it late. A renewal is one bpf(2) call and allocates nothing.
 *
 * <p>The program is attached without a link descriptor, because such a link ends with the process
 * that holds it, which would open the gate.
 */
public final class EbpfGate implements OutputGate {
  /** Name of program and map: by it a later agent knows what an earlier one left. */
  static final String NAME = "understudy_gate";

  private static final int MAP_HASH = 1;
  private static final int ELEMENT_BYTES = 32;

  /** A deletion names a key; the kernel refuses it when a value follows. */
  private static final int KEY_BYTES = 16;

  private final String device;
  private final int ifindex;
  private final int map;
  private final int programId;
  private final long hostOffsetNanos = Clock.hostBootOffsetNanos();
  private final Memory key = Memory.ofSize(4);
  private final Memory value = Memory.ofSize(8);
  private final Memory attr = Memory.ofSize(ELEMENT_BYTES);
  private boolean open = true;

  private EbpfGate(String device, int ifindex, int map, int programId) {
    this.device = device;
    this.ifindex = ifindex;
    this.map = map;
    this.programId = programId;
    attr.bytes().putInt(0, map).putLong(8, key.address()).putLong(16, value.address());
  }

  /**
   * Attaches a shut gate in the calling thread's network namespace; one of this kind that an
   * earlier agent left is taken away afterwards, so that output is shut throughout.
   *
   * @param device the outer end of a veth pair
   * @throws LinuxException when the kernel refuses, with the verifier's log if it has one; nothing
   *     is attached then
   * @throws IOException of no other kind when a program that nobody opens any more may be left
   *     there: it would drop everything behind another gate, too
   */
  public static EbpfGate attach(String device) throws IOException {
    int ifindex;
    try (Netlink netlink = Netlink.open()) {
      ifindex = netlink.index(device);
    }
    // A hash and not an array: only in a hash "no entry" exists, and means shut.
    int map = Bpf.createMap(MAP_HASH, 4, 8, 1, NAME);
    try {
      int program = Bpf.loadProgram(GateProgram.instructions(map), NAME);
      try {
        int id = Bpf.describeProgram(program).id();
        Bpf.attachToIngress(program, ifindex);
        replaceEarlier(device, ifindex, program, id);
        return new EbpfGate(device, ifindex, map, id);
      } finally {
        // Attached programs live without a descriptor.
        Kernel.close(program);
      }
    } catch (IOException e) {
      Kernel.close(map);
      throw e;
    }
  }

  /** Whether an earlier agent has left a gate on that device. */
  static boolean standsAt(String device) throws LinuxException {
    int ifindex;
    try (Netlink netlink = Netlink.open()) {
      ifindex = netlink.index(device);
    }
    for (int id : Bpf.programsAtIngress(ifindex)) {
      int program = Bpf.openProgram(id);
      try {
        if (Bpf.describeProgram(program).name().equals(NAME)) {
          return true;
        }
      } finally {
        Kernel.close(program);
      }
    }
    return false;
  }

  /** Takes earlier programs away; where that fails, the new one as well. */
  private static void replaceEarlier(String device, int ifindex, int program, int id)
      throws IOException {
    try {
      detachEarlier(ifindex, id);
    } catch (LinuxException e) {
      IOException stuck =
          new IOException(
              "a gate of a former agent cannot be detached from %s: %s; delete the device"
                  .formatted(device, e.getMessage()),
              e);
      try {
        Bpf.detachFromIngress(program, ifindex);
      } catch (LinuxException own) {
        stuck.addSuppressed(own);
      }
      throw stuck;
    }
  }

  /**
   * Takes over the gate that an earlier agent left on a device, open or shut as it is.
   *
   * @throws LinuxException when there is none, or more than one
   */
  public static EbpfGate adopt(String device) throws LinuxException {
    int ifindex;
    try (Netlink netlink = Netlink.open()) {
      ifindex = netlink.index(device);
    }
    int map = -1;
    int programId = 0;
    boolean adopted = false;
    try {
      for (int id : Bpf.programsAtIngress(ifindex)) {
        int program = Bpf.openProgram(id);
        try {
          if (Bpf.describeProgram(program).name().equals(NAME)) {
            if (map >= 0) {
              throw new LinuxException("bpf", "find the one gate of " + device, Errno.EEXIST);
            }
            map = Bpf.openMapOf(program);
            programId = id;
          }
        } finally {
          Kernel.close(program);
        }
      }
      if (map < 0) {
        throw new LinuxException("bpf", "find the gate of " + device, Errno.ENOENT);
      }
      adopted = true;
      return new EbpfGate(device, ifindex, map, programId);
    } finally {
      if (!adopted && map >= 0) {
        Kernel.close(map);
      }
    }
  }

  /**
   * The deadline as the kernel has it, on the scale of {@link Clock#bootNanos()}; the least number
   * when there is none.
   */
  public synchronized long deadline() throws LinuxException {
    requireOpen();
    long result = element(Bpf.MAP_LOOKUP);
    if (result == -Errno.ENOENT) {
      return Long.MIN_VALUE;
    }
    Kernel.succeeded(result, Syscall.BPF, "read the gate's deadline");
    return value.bytes().getLong(0) + hostOffsetNanos;
  }

  /** Lets go of the gate as it is: the kernel watches its deadline. */
  public synchronized void leave() {
    if (open) {
      open = false;
      Kernel.close(map);
    }
  }

  private static void detachEarlier(int ifindex, int ownId) throws LinuxException {
    for (int id : Bpf.programsAtIngress(ifindex)) {
      if (id == ownId) {
        continue;
      }
      int program = Bpf.openProgram(id);
      try {
        if (Bpf.describeProgram(program).name().equals(NAME)) {
          Bpf.detachFromIngress(program, ifindex);
        }
      } finally {
        Kernel.close(program);
      }
    }
  }

  @Override
  public synchronized void openUntil(long bootNanos) throws LinuxException {
    requireOpen();
    long hostNanos = bootNanos - hostOffsetNanos;
    // The kernel compares unsigned numbers: a negative deadline would never come.
    value.bytes().putLong(0, Math.max(0, hostNanos));
    Kernel.succeeded(element(Bpf.MAP_UPDATE), Syscall.BPF, "move the gate's deadline");
  }

  @Override
  public synchronized void shut() throws LinuxException {
    requireOpen();
    long result = element(Bpf.MAP_DELETE);
    if (result != -Errno.ENOENT) {
      Kernel.succeeded(result, Syscall.BPF, "delete the gate's deadline");
    }
  }

  @Override
  public boolean isShut() throws LinuxException {
    return isPast() && Bpf.programsAtIngress(ifindex).contains(programId);
  }

  private boolean isPast() throws LinuxException {
    return deadline() <= Clock.bootNanos();
  }

  private long element(int command) {
    int length = command == Bpf.MAP_DELETE ? KEY_BYTES : ELEMENT_BYTES;
    long result = Kernel.call(Syscall.BPF, command, attr.address(), length, 0);
    attr.keep();
    key.keep();
    value.keep();
    return result;
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the gate of " + device + " was let go of before");
    }
  }

  @Override
  public String kind() {
    return "ebpf";
  }

  @Override
  public synchronized void close() throws LinuxException {
    if (open) {
      try {
        shut();
      } finally {
        open = false;
        Kernel.close(map);
      }
    }
  }

  @Override
  public String toString() {
    return "ebpf gate at the ingress of " + device + " (" + ifindex + ")";
  }
}
