// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.NetlinkMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One nftables transaction in the kernel's binary form (include/uapi/linux/netfilter/nf_tables.h):
 * all of it happens, or nothing. Families are those of include/uapi/linux/netfilter.h.
 */
public final class NftablesBatch {
  static final int GET_SET_ELEMENT = 13;
  static final int ELEMENTS_OF_LIST = 3;

  private static final int SUBSYSTEM = 10;
  private static final int BATCH_BEGIN = 16;
  private static final int BATCH_END = 17;
  private static final int NEW_TABLE = 0;
  private static final int DELETE_TABLE = 2;
  private static final int NEW_CHAIN = 3;
  private static final int NEW_RULE = 6;
  private static final int DELETE_RULE = 8;
  private static final int NEW_SET = 9;
  private static final int NEW_SET_ELEMENT = 12;
  private static final int DELETE_SET_ELEMENT = 14;

  private static final int POLICY_DROP = 0;
  private static final int POLICY_ACCEPT = 1;
  private static final int VERDICT_DROP = 0;
  private static final int VERDICT_ACCEPT = 1;
  private static final int SET_WITH_TIMEOUTS = 0x10;
  private static final int DATATYPE_IFINDEX = 20;
  private static final int META_IIF = 4;
  private static final int META_IIF_NAME = 6;
  private static final int META_OIF_NAME = 7;
  private static final int META_L4_PROTOCOL = 16;
  private static final int PAYLOAD_NETWORK = 1;
  private static final int PAYLOAD_TRANSPORT = 2;
  private static final int IPV4_DESTINATION_AT = 16;
  private static final int TCP_DESTINATION_AT = 2;
  private static final int TCP = 6;
  private static final int NAT_DESTINATION = 1;
  private static final int COMPARE_EQUAL = 0;
  private static final int COMPARE_LESS = 2;
  private static final int NUMBER_RANDOM = 1;
  private static final int TO_NETWORK_ORDER = 1;
  private static final int INTERFACE_NAME_BYTES = 16;
  private static final int APPEND = 0x800;
  private static final int REGISTER_VERDICT = 0;
  private static final int REGISTER_1 = 1;
  private static final int REGISTER_2 = 2;
  private static final int VALUE = 1;
  private static final int LIST_ELEMENT = 1;

  /** The family of IPv4 (include/uapi/linux/netfilter.h). */
  public static final int IPV4 = 2;

  private static final int BATCH_BYTES = 32_768;

  private final NetlinkMessage message = new NetlinkMessage(BATCH_BYTES);
  private int sequence;

  /** Begins a transaction. */
  public NftablesBatch() {
    message.begin(BATCH_BEGIN, NetlinkMessage.REQUEST, ++sequence);
    generalPart(0, SUBSYSTEM).end();
  }

  /** Ends the transaction; nothing can be added then. */
  public NetlinkMessage finished() {
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
  public void freshTable(int family, String table) {
    noTable(family, table);
    table(family, table);
  }

  /** A table, with all that is in it if it is there already. */
  public void table(int family, String table) {
    begin(NEW_TABLE, NetlinkMessage.CREATE, family).attribute(1, table).end();
  }

  /** No table, whether there was one of that name or not. */
  public void noTable(int family, String table) {
    table(family, table);
    deleteTable(family, table);
  }

  /** Deletes a table with all that is in it; it must be there. */
  public void deleteTable(int family, String table) {
    begin(DELETE_TABLE, 0, family).attribute(1, table).end();
  }

  /** Deletes every table of every family, as the command {@code nft flush ruleset} does. */
  public void noTables() {
    begin(DELETE_TABLE, 0, 0).end();
  }

  /** A chain that lets pass what no rule drops. */
  public void passingChain(int family, String table, String chain, int hook) {
    begin(NEW_CHAIN, NetlinkMessage.CREATE, family).attribute(1, table).attribute(3, chain);
    int nest = message.nest(4);
    message.attributeNetworkOrder(1, hook).attributeNetworkOrder(2, 0).endNest(nest);
    message.attributeNetworkOrder(5, POLICY_ACCEPT).attribute(7, "filter").end();
  }

  /**
   * A chain that may change where a connection leads, when its first packet passes.
   *
   * @param priority those with a lower one come first, and the first that changes it decides
   */
  public void natChain(int family, String table, String chain, int hook, int priority) {
    begin(NEW_CHAIN, NetlinkMessage.CREATE, family).attribute(1, table).attribute(3, chain);
    int nest = message.nest(4);
    message.attributeNetworkOrder(1, hook).attributeNetworkOrder(2, priority).endNest(nest);
    message.attributeNetworkOrder(5, POLICY_ACCEPT).attribute(7, "nat").end();
  }

  /** Takes all rules out of a chain; an empty one is no error. */
  public void emptyChain(int family, String table, String chain) {
    begin(DELETE_RULE, 0, family).attribute(1, table).attribute(2, chain).end();
  }

  /** A rule that leads new TCP connections to an IPv4 address and port to another one. */
  public void lead(String table, String chain, int from, int fromPort, int to, int toPort) {
    int list = beginRule(IPV4, table, chain);
    payload(PAYLOAD_NETWORK, IPV4_DESTINATION_AT, 4);
    compare(COMPARE_EQUAL, ByteBuffer.allocate(4).putInt(from).array());
    meta(META_L4_PROTOCOL);
    compare(COMPARE_EQUAL, new byte[] {TCP});
    payload(PAYLOAD_TRANSPORT, TCP_DESTINATION_AT, 2);
    compare(COMPARE_EQUAL, port(fromPort));
    load(REGISTER_1, ByteBuffer.allocate(4).putInt(to).array());
    load(REGISTER_2, port(toPort));
    int nat = beginExpression("nat");
    message.attributeNetworkOrder(1, NAT_DESTINATION).attributeNetworkOrder(2, IPV4);
    message.attributeNetworkOrder(3, REGISTER_1).attributeNetworkOrder(5, REGISTER_2);
    endExpression(nat);
    message.endNest(list).end();
  }

  private static byte[] port(int number) {
    return ByteBuffer.allocate(2).putShort((short) number).array();
  }

  private void payload(int base, int offset, int length) {
    int payload = beginExpression("payload");
    message.attributeNetworkOrder(1, REGISTER_1).attributeNetworkOrder(2, base);
    message.attributeNetworkOrder(3, offset).attributeNetworkOrder(4, length);
    endExpression(payload);
  }

  private void load(int register, byte[] value) {
    int immediate = beginExpression("immediate");
    message.attributeNetworkOrder(1, register);
    int data = message.nest(2);
    message.attribute(VALUE, value).endNest(data);
    endExpression(immediate);
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
    int list = beginRule(family, table, chain);
    meta(META_IIF);
    int lookup = beginExpression("lookup");
    message.attribute(1, set).attributeNetworkOrder(2, REGISTER_1);
    endExpression(lookup);
    verdict(VERDICT_ACCEPT);
    message.endNest(list).end();
  }

  /**
   * A rule that drops some of what passes from a device to a device.
   *
   * @param in name of the device by which a frame comes; empty for any
   * @param out name of the device by which it would leave; empty for any
   * @param percent how many of a hundred frames are dropped, chosen at random
   */
  public void drop(int family, String table, String chain, String in, String out, int percent) {
    int list = beginRule(family, table, chain);
    if (!in.isEmpty()) {
      meta(META_IIF_NAME);
      compare(COMPARE_EQUAL, name(in));
    }
    if (!out.isEmpty()) {
      meta(META_OIF_NAME);
      compare(COMPARE_EQUAL, name(out));
    }
    if (percent < 100) {
      int number = beginExpression("numgen");
      message.attributeNetworkOrder(1, REGISTER_1).attributeNetworkOrder(2, 100);
      message.attributeNetworkOrder(3, NUMBER_RANDOM);
      endExpression(number);
      // Comparing goes by bytes, the first one first.
      int order = beginExpression("byteorder");
      message.attributeNetworkOrder(1, REGISTER_1).attributeNetworkOrder(2, REGISTER_1);
      message.attributeNetworkOrder(3, TO_NETWORK_ORDER);
      message.attributeNetworkOrder(4, 4).attributeNetworkOrder(5, 4);
      endExpression(order);
      compare(COMPARE_LESS, new byte[] {0, 0, 0, (byte) percent});
    }
    verdict(VERDICT_DROP);
    message.endNest(list).end();
  }

  private static byte[] name(String device) {
    return Arrays.copyOf(device.getBytes(StandardCharsets.UTF_8), INTERFACE_NAME_BYTES);
  }

  private int beginRule(int family, String table, String chain) {
    begin(NEW_RULE, NetlinkMessage.CREATE | APPEND, family);
    message.attribute(1, table).attribute(2, chain);
    return message.nest(4);
  }

  /** Loads what is known of the frame into the register. */
  private void meta(int key) {
    int meta = beginExpression("meta");
    message.attributeNetworkOrder(2, key).attributeNetworkOrder(1, REGISTER_1);
    endExpression(meta);
  }

  private void compare(int operation, byte[] value) {
    int compare = beginExpression("cmp");
    message.attributeNetworkOrder(1, REGISTER_1).attributeNetworkOrder(2, operation);
    int data = message.nest(3);
    message.attribute(VALUE, value).endNest(data);
    endExpression(compare);
  }

  private void verdict(int code) {
    int immediate = beginExpression("immediate");
    message.attributeNetworkOrder(1, REGISTER_VERDICT);
    int data = message.nest(2);
    int verdict = message.nest(2);
    message.attributeNetworkOrder(1, code).endNest(verdict).endNest(data);
    endExpression(immediate);
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
