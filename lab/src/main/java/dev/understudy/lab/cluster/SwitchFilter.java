// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.gate.NftablesBatch;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.agent.linux.NetlinkSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the switch does not forward: rules of nftables between its ports. A frame that is dropped
 * here has come in at its port all the same, where an observer sees it.
 */
final class SwitchFilter implements AutoCloseable {
  private static final int BRIDGE_FAMILY = 7;
  private static final int FORWARD = 2;
  private static final String TABLE = "understudy_lab";
  private static final String CHAIN = "forward";
  private static final int ALL_PERCENT = 100;

  private final NetlinkSocket socket;
  private final List<Rule> rules = new ArrayList<>();

  /**
   * Some of what comes in at one port is not sent out at another.
   *
   * @param in a port; empty for any
   * @param out a port; empty for any
   * @param percent how many frames of a hundred
   */
  record Rule(String in, String out, int percent) {
    /** Nothing passes from a port to another one. */
    static Rule cut(String in, String out) {
      return new Rule(in, out, ALL_PERCENT);
    }
  }

  private SwitchFilter(NetlinkSocket socket) {
    this.socket = socket;
  }

  static SwitchFilter of(ProcessMark keeper) throws LabException {
    try {
      return new SwitchFilter(
          Namespaces.callIn(
              Switch.netns(keeper), () -> NetlinkSocket.open(NetlinkSocket.NETFILTER)));
    } catch (IOException e) {
      throw LabException.failed("Cannot reach the switch's filter: " + e.getMessage() + ".", e);
    }
  }

  /** Puts rules in force, all at once. */
  synchronized void add(List<Rule> more) throws LabException {
    rules.addAll(more);
    write();
  }

  /** Takes rules back, all at once. */
  synchronized void remove(List<Rule> former) throws LabException {
    rules.removeAll(former);
    write();
  }

  private void write() throws LabException {
    NftablesBatch batch = new NftablesBatch();
    if (rules.isEmpty()) {
      batch.noTable(BRIDGE_FAMILY, TABLE);
    } else {
      batch.freshTable(BRIDGE_FAMILY, TABLE);
      batch.passingChain(BRIDGE_FAMILY, TABLE, CHAIN, FORWARD);
      for (Rule rule : rules) {
        batch.drop(BRIDGE_FAMILY, TABLE, CHAIN, rule.in(), rule.out(), rule.percent());
      }
    }
    try {
      socket.transact(batch.finished(), "nftables: filter of the switch");
    } catch (LinuxException e) {
      throw LabException.failed("Cannot change the switch's filter: " + e.getMessage() + ".", e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
