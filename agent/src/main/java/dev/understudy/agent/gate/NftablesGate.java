// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Netlink;
import dev.understudy.agent.linux.NetlinkMessage;
import dev.understudy.agent.linux.NetlinkSocket;

/**
 * A gate for hosts without eBPF: a chain at the ingress of the device (Linux 4.2) that drops
 * everything unless the device's number is in a set, and an element with a time-out in that set.
 * Every device has a table of its own, named for it.
 *
 * <p>Time-outs are relative and counted in ticks, so each one is two ticks shorter than the time to
 * the deadline, and one whose setting took the agent longer than a tick is replaced at once.
 * Between the reading of the clock and the transaction a stalled agent can still open it late,
 * until it runs again; and whoever flushes the ruleset of the agent's network namespace opens it.
 * {@link EbpfGate} has neither weakness.
 */
public final class NftablesGate implements OutputGate {
  /** The family of tables at devices, and its ingress hook (include/uapi/linux/netfilter.h). */
  static final int NETDEV = 5;

  private static final int INGRESS = 0;
  private static final String CHAIN = "ingress";
  private static final String SET = "open";
  private static final int SAFETY_TICKS = 2;

  private final NetlinkSocket socket;
  private final Netlink links;
  private final String device;
  private final String table;
  private final long tickNanos;
  private final NetlinkMessage opening;
  private final int timeoutAt;
  private final NetlinkMessage shutting;
  private final String openingText;
  private final String shuttingText;
  private boolean open = true;

  private NftablesGate(NetlinkSocket socket, Netlink links, String device, int ifindex)
      throws LinuxException {
    this.socket = socket;
    this.links = links;
    this.device = device;
    this.table = table(device);
    this.tickNanos = Clock.tickNanos();
    this.openingText = "nftables: open the gate of " + device;
    this.shuttingText = "nftables: shut the gate of " + device;
    NftablesBatch openBatch = new NftablesBatch();
    openBatch.emptySet(NETDEV, table, SET);
    this.timeoutAt = openBatch.addTimed(NETDEV, table, SET, ifindex);
    this.opening = openBatch.finished();
    NftablesBatch shutBatch = new NftablesBatch();
    shutBatch.emptySet(NETDEV, table, SET);
    this.shutting = shutBatch.finished();
  }

  static String table(String device) {
    return "understudy_gate_" + device;
  }

  /**
   * Makes a shut gate in the calling thread's network namespace, in place of one of this kind that
   * an earlier agent left for a device of that name.
   *
   * @param device the outer end of a veth pair
   * @throws LinuxException when there is no such device, or the kernel refuses
   */
  public static NftablesGate attach(String device) throws LinuxException {
    Netlink links = Netlink.open();
    try {
      int ifindex = links.index(device);
      NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);
      try {
        NftablesGate gate = new NftablesGate(socket, links, device, ifindex);
        gate.setUp();
        return gate;
      } catch (LinuxException e) {
        socket.close();
        throw e;
      }
    } catch (LinuxException e) {
      links.close();
      throw e;
    }
  }

  /**
   * Removes the table of an agent that was killed, if there is one. It outlives the device, and
   * newer kernels bind its chain to the next device of that name.
   */
  static void removeLeftOver(String device) throws LinuxException {
    NftablesBatch batch = new NftablesBatch();
    batch.noTable(NETDEV, table(device));
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
      socket.transact(batch.finished(), "nftables: remove table " + table(device));
    } catch (LinuxException e) {
      // Where there are no tables at all nothing can be left of one.
      if (e.errno() != Errno.EPROTONOSUPPORT
          && e.errno() != Errno.EAFNOSUPPORT
          && e.errno() != Errno.EOPNOTSUPP) {
        throw e;
      }
    }
  }

  private void setUp() throws LinuxException {
    NftablesBatch batch = new NftablesBatch();
    batch.freshTable(NETDEV, table);
    batch.droppingChain(NETDEV, table, CHAIN, INGRESS, device);
    batch.timedSet(NETDEV, table, SET);
    batch.acceptWhenInSet(NETDEV, table, CHAIN, SET);
    socket.transact(batch.finished(), "nftables: set up the gate of " + device);
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
      opening.patchNetworkOrder(timeoutAt, left / 1_000_000L);
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
    NetlinkMessage request = NftablesBatch.elementsOf(NETDEV, table, SET);
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
        if (links.exists(device)) {
          shut();
        } else {
          NftablesBatch batch = new NftablesBatch();
          batch.noTable(NETDEV, table);
          socket.transact(batch.finished(), "nftables: remove the gate of " + device);
        }
      } finally {
        open = false;
        socket.close();
        links.close();
      }
    }
  }

  @Override
  public String toString() {
    return "nftables gate at the ingress of " + device;
  }
}
