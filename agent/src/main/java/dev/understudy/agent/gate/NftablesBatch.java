// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.NetlinkMessage;

/**
 * One nftables transaction in the kernel's binary form (include/uapi/linux/netfilter/nf_tables.h):
 * all of it happens, or nothing.
 */
final class NftablesBatch {
  static final int GET_SET_ELEMENT = 13;
  static final int ELEMENTS_OF_LIST = 3;

  private static final int SUBSYSTEM = 10;
  private static final int BATCH_BEGIN = 16;
  private static final int BATCH_END = 17;
  private static final int NEW_TABLE = 0;
  private static final int DELETE_TABLE = 2;
  private static final int NEW_CHAIN = 3;
  private static final int NEW_RULE = 6;
  private static final int NEW_SET = 9;
  private static final int NEW_SET_ELEMENT = 12;
  private static final int DELETE_SET_ELEMENT = 14;

  private static final int POLICY_DROP = 0;
  private static final int VERDICT_ACCEPT = 1;
  private static final int SET_WITH_TIMEOUTS = 0x10;
  private static final int DATATYPE_IFINDEX = 20;
  private static final int META_IIF = 4;
  private static final int REGISTER_VERDICT = 0;
  private static final int REGISTER_1 = 1;
  private static final int VALUE = 1;
  private static final int LIST_ELEMENT = 1;

  private static final int BATCH_BYTES = 8192;

  private final NetlinkMessage message = new NetlinkMessage(BATCH_BYTES);
  private int sequence;

  /** Begins a transaction. */
  NftablesBatch() {
    message.begin(BATCH_BEGIN, NetlinkMessage.REQUEST, ++sequence);
    generalPart(0, SUBSYSTEM).end();
  }

  /** Ends the transaction; nothing can be added then. */
  NetlinkMessage finished() {
    message.begin(BATCH_END, NetlinkMessage.REQUEST, ++sequence);
    generalPart(0, SUBSYSTEM).end();
    return message;
  }

  private NetlinkMessage begin(int type, int flags, int family) {
    int all = NetlinkMessage.REQUEST | NetlinkMessage.ACK | flags;
    message.begin(SUBSYSTEM << 8 | type, all, ++sequence);
    return generalPart(family, 0);
  }

  /** Family, version 0, and a resource number in network order. */
  private NetlinkMessage generalPart(int family, int resource) {
    return message.int8(family).int8(0).int8(resource >>> 8).int8(resource);
  }

  /** A request for the elements of a set, outside any transaction. */
  static NetlinkMessage elementsOf(int family, String table, String set) {
    NetlinkMessage request = new NetlinkMessage(512);
    int flags = NetlinkMessage.REQUEST | NetlinkMessage.DUMP;
    request.begin(SUBSYSTEM << 8 | GET_SET_ELEMENT, flags, 1);
    request.int8(family).int8(0).int16(0);
    return request.attribute(1, table).attribute(2, set).end();
  }

  /** An empty table, whether there was one of that name or not. */
  void freshTable(int family, String table) {
    noTable(family, table);
    begin(NEW_TABLE, NetlinkMessage.CREATE, family).attribute(1, table).end();
  }

  /** No table, whether there was one of that name or not. */
  void noTable(int family, String table) {
    begin(NEW_TABLE, NetlinkMessage.CREATE, family).attribute(1, table).end();
    deleteTable(family, table);
  }

  /** Deletes a table with all that is in it; it must be there. */
  void deleteTable(int family, String table) {
    begin(DELETE_TABLE, 0, family).attribute(1, table).end();
  }

  /**
   * A chain that drops what no rule accepts.
   *
   * @param device what it is bound to
   */
  void droppingChain(int family, String table, String chain, int hook, String device) {
    begin(NEW_CHAIN, NetlinkMessage.CREATE, family).attribute(1, table).attribute(3, chain);
    int nest = message.nest(4);
    message.attributeNetworkOrder(1, hook).attributeNetworkOrder(2, 0);
    message.attribute(3, device).endNest(nest);
    message.attributeNetworkOrder(5, POLICY_DROP).attribute(7, "filter").end();
  }

  /** A set of interface numbers with time-outs. */
  void timedSet(int family, String table, String set) {
    begin(NEW_SET, NetlinkMessage.CREATE, family).attribute(1, table).attribute(2, set);
    message.attributeNetworkOrder(3, SET_WITH_TIMEOUTS);
    message.attributeNetworkOrder(4, DATATYPE_IFINDEX).attributeNetworkOrder(5, 4);
    message.attributeNetworkOrder(10, 1).end();
  }

  /** A rule that accepts what comes in by a device whose number is in the set. */
  void acceptWhenInSet(int family, String table, String chain, String set) {
    int append = 0x800;
    begin(NEW_RULE, NetlinkMessage.CREATE | append, family);
    message.attribute(1, table).attribute(2, chain);
    int list = message.nest(4);
    int meta = beginExpression("meta");
    message.attributeNetworkOrder(2, META_IIF).attributeNetworkOrder(1, REGISTER_1);
    endExpression(meta);
    int lookup = beginExpression("lookup");
    message.attribute(1, set).attributeNetworkOrder(2, REGISTER_1);
    endExpression(lookup);
    int immediate = beginExpression("immediate");
    message.attributeNetworkOrder(1, REGISTER_VERDICT);
    int data = message.nest(2);
    int verdict = message.nest(2);
    message.attributeNetworkOrder(1, VERDICT_ACCEPT).endNest(verdict).endNest(data);
    endExpression(immediate);
    message.endNest(list).end();
  }

  private int expressionAt;

  private int beginExpression(String name) {
    expressionAt = message.nest(LIST_ELEMENT);
    message.attribute(1, name);
    return message.nest(2);
  }

  private void endExpression(int data) {
    message.endNest(data).endNest(expressionAt);
  }

  /** Takes all elements out of a set; an empty one is no error. */
  void emptySet(int family, String table, String set) {
    begin(DELETE_SET_ELEMENT, 0, family).attribute(1, table).attribute(2, set).end();
  }

  /**
   * Puts a number with a time-out into a set.
   *
   * @return where the time-out in milliseconds stands, to be patched before each use
   */
  int addTimed(int family, String table, String set, int number) {
    begin(NEW_SET_ELEMENT, NetlinkMessage.CREATE, family);
    message.attribute(1, table).attribute(2, set);
    int list = message.nest(ELEMENTS_OF_LIST);
    int element = message.nest(LIST_ELEMENT);
    int key = message.nest(1);
    message.attribute(VALUE, number).endNest(key);
    int timeoutAt = message.position() + 4;
    message.attributeNetworkOrder(4, 1L).endNest(element).endNest(list).end();
    return timeoutAt;
  }
}
