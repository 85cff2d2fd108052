// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.Netlink;
import dev.understudy.agent.linux.NetlinkMessage;
import dev.understudy.agent.linux.NetlinkSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A gate for hosts without eBPF: a chain that drops everything but what leaves by a device whose
 * number is in a set, and an element with a time-out in that set.
 *
 * <p>Time-outs are relative and counted in ticks, so each one is two ticks shorter than the time to
 * the deadline, and one whose setting took the agent longer than a tick is replaced at once.
 * Between the reading of the clock and the transaction a stalled agent can still open it late,
 * until it runs again; and whoever flushes the ruleset opens it. {@link EbpfGate} has neither
 * weakness.
 */
public final class NftablesGate implements OutputGate {
  private static final String TABLE_PREFIX = "understudy_gate_";
  private static final String CHAIN = "egress";
  private static final String SET = "open";
  private static final int SAFETY_TICKS = 2;

  /** Where the chain hangs. */
  enum Hook {
    /** At the device itself, Linux 5.16: sees every frame. */
    EGRESS,
    /** At what this host's own IP and ARP send: misses frames from packet sockets. */
    OUTPUT
  }

  /** A table: its family (include/uapi/linux/netfilter.h), and the hook's number within it. */
  private record Family(int number, int hook, boolean perDevice) {
    static List<Family> of(Hook hook) {
      return switch (hook) {
        case EGRESS -> List.of(new Family(5, 1, true));
        case OUTPUT -> List.of(new Family(1, 3, false), new Family(3, 1, false));
      };
    }
  }

  private final NetlinkSocket socket;
  private final Hook hook;
  private final String device;
  private final String table;
  private final long tickNanos;
  private final NetlinkMessage opening;
  private final int[] timeoutsAt;
  private final NetlinkMessage shutting;
  private final String openingText;
  private final String shuttingText;
  private boolean open = true;

  private NftablesGate(NetlinkSocket socket, Hook hook, String device, int ifindex)
      throws LinuxException {
    this.socket = socket;
    this.hook = hook;
    this.device = device;
    this.table = TABLE_PREFIX + device;
    this.tickNanos = Clock.tickNanos();
    this.openingText = "nftables: open the gate of " + device;
    this.shuttingText = "nftables: shut the gate of " + device;
    List<Family> families = Family.of(hook);
    NftablesBatch openBatch = new NftablesBatch();
    NftablesBatch shutBatch = new NftablesBatch();
    this.timeoutsAt = new int[families.size()];
    for (int i = 0; i < timeoutsAt.length; i++) {
      int family = families.get(i).number;
      openBatch.emptySet(family, table, SET);
      timeoutsAt[i] = openBatch.addTimed(family, table, SET, ifindex);
      shutBatch.emptySet(family, table, SET);
    }
    this.opening = openBatch.finished();
    this.shutting = shutBatch.finished();
  }

  /**
   * Makes a shut gate, in place of one that an earlier agent left.
   *
   * @param netns file of the device's network namespace
   */
  public static NftablesGate attach(Path netns, String device) throws IOException {
    try {
      return attach(netns, device, Hook.EGRESS);
    } catch (LinuxException e) {
      if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EINVAL) {
        throw e;
      }
      return attach(netns, device, Hook.OUTPUT);
    }
  }

  static NftablesGate attach(Path netns, String device, Hook hook) throws IOException {
    return Namespaces.callIn(
        netns,
        () -> {
          int ifindex;
          try (Netlink netlink = Netlink.open()) {
            ifindex = netlink.index(device);
          }
          NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);
          try {
            NftablesGate gate = new NftablesGate(socket, hook, device, ifindex);
            gate.setUp(ifindex);
            return gate;
          } catch (LinuxException e) {
            socket.close();
            throw e;
          }
        });
  }

  private void setUp(int ifindex) throws LinuxException {
    NftablesBatch batch = new NftablesBatch();
    for (Family family : Family.of(hook)) {
      int number = family.number;
      batch.freshTable(number, table);
      String bound = family.perDevice ? device : "";
      batch.droppingChain(number, table, CHAIN, family.hook, bound);
      batch.timedSet(number, table, SET);
      if (!family.perDevice) {
        batch.acceptOtherDevices(number, table, CHAIN, ifindex);
      }
      batch.acceptWhenInSet(number, table, CHAIN, SET);
    }
    String where = hook == Hook.EGRESS ? "at its egress" : "at the host's output";
    socket.transact(batch.finished(), "nftables: set up the gate of " + device + " " + where);
  }

  @Override
  public synchronized void openUntil(long bootNanos) throws LinuxException {
    requireOpen();
    long before;
    do {
      before = Clock.bootNanos();
      long left = bootNanos - before - SAFETY_TICKS * tickNanos;
      // Less than a tick would be rounded to "no time-out at all" by older kernels.
      if (left < tickNanos) {
        shut();
        return;
      }
      for (int at : timeoutsAt) {
        opening.patchNetworkOrder(at, left / 1_000_000L);
      }
      socket.transact(opening, openingText);
      // A thread that was held up in between has set a time-out that ends too late: replace it.
    } while (Clock.bootNanos() - before > tickNanos);
  }

  @Override
  public synchronized void shut() throws LinuxException {
    requireOpen();
    socket.transact(shutting, shuttingText);
  }

  @Override
  public synchronized boolean isShut() throws LinuxException {
    requireOpen();
    boolean[] occupied = {false};
    for (Family family : Family.of(hook)) {
      NetlinkMessage request = NftablesBatch.elementsOf(family.number, table, SET);
      try {
        socket.dump(
            request,
            "nftables: read the gate of " + device,
            (type, bytes, from, to) -> {
              int generalPart = 4;
              int list = NftablesBatch.ELEMENTS_OF_LIST;
              int at = NetlinkMessage.find(bytes, from + generalPart, to, list);
              occupied[0] |= at >= 0 && bytes.getShort(at - 4) > 4;
            });
      } catch (LinuxException e) {
        if (e.errno() == Errno.ENOENT) {
          return false;
        }
        throw e;
      }
    }
    return !occupied[0];
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the gate of " + device + " was let go of before");
    }
  }

  @Override
  public String kind() {
    return "nftables";
  }

  @Override
  public synchronized void close() throws LinuxException {
    if (open) {
      try {
        shut();
      } finally {
        open = false;
        socket.close();
      }
    }
  }

  @Override
  public String toString() {
    return hook == Hook.EGRESS
        ? "nftables gate at the egress of " + device
        : "nftables gate at the host's IP and ARP output to " + device;
  }
}
