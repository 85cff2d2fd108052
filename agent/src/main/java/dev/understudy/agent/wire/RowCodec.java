// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Membership;
import dev.understudy.core.protocol.Membership.Member;
import dev.understudy.core.protocol.Row;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes and reads the rows of a datagram, and the positions of names. For one thread.
 *
 * <p>A row is, in this order: workload (1 byte), stand and flags (1), highest, epoch, released,
 * held epoch, held sequence, standby (1), echo epoch, echo time, time of the question that gets a
 * yes, and those of echo nanos, ask nanos + 1, reign from, membership that a flag announces,
 * because they are not the usual zero. A membership is its epoch, its number, and its members and
 * former members: how many (1), then for each the node (1) and since when. Numbers are {@link
 * Numbers}:
 *
 * <ul>
 *   <li>An epoch is 0 for none, 1 for the row's highest, otherwise its counter + 1 and the node
 *       (1): most rows name one epoch several times.
 *   <li>A sequence is 0, 1 for the living process, otherwise itself + 1.
 *   <li>A time is 0 for none, otherwise 1 + how much earlier it is than the latest one of all rows,
 *       which stands in the header: most rows echo one beat.
 * </ul>
 */
final class RowCodec {
  /** Longest membership: epoch, number, and two sets. */
  static final int MEMBERSHIP_MOST =
      2 * (Numbers.BYTES_MOST + 1) + 1 + 2 * Membership.MEMBERS_MOST * (Numbers.BYTES_MOST + 1);

  /** Longest row: workload, stand, standby, five epochs, sequence, two times, four of a flag. */
  static final int BYTES_MOST =
      3 + 5 * (Numbers.BYTES_MOST + 1) + 6 * Numbers.BYTES_MOST + MEMBERSHIP_MOST;

  private static final int NO_NODE = 254;

  /** The floor of a restarted node, which sorts above every name. */
  private static final int FLOOR = 255;

  private static final String FLOOR_NAME = "~";
  private static final List<Row.Stand> STANDS = List.of(Row.Stand.values());
  private static final int NONE = 0;
  private static final int HIGHEST = 1;
  private static final int LIVE = 1;

  private static final int STAND_BITS = 7;
  private static final int ECHO_NANOS = 8;
  private static final int ASK_NANOS = 16;
  private static final int REIGN_FROM = 32;
  private static final int MEMBERSHIP = 64;

  private final Names nodes;
  private final Names workloads;
  private Epoch highest = Epoch.NONE;

  RowCodec(Names nodes, Names workloads) {
    this.nodes = nodes;
    this.workloads = workloads;
    for (Row.Stand stand : STANDS) {
      if (STANDS.indexOf(stand) != stand.code()) {
        throw new IllegalStateException("broken: stands are listed by code, not so " + stand);
      }
    }
  }

  /** The latest time in these rows, 0 without any. */
  static long latest(List<Row> rows) {
    long latest = 0;
    for (Row row : rows) {
      latest = Math.max(latest, Math.max(row.echoSentAt(), row.yesTo()));
    }
    return latest;
  }

  void put(Row row, long latest, ByteBuffer out) {
    highest = Epoch.NONE;
    int flags =
        (row.echoNanos() == Row.ORDINARY ? 0 : ECHO_NANOS)
            | (row.askNanos() == Row.ORDINARY ? 0 : ASK_NANOS)
            | (row.reignFrom() == 0 ? 0 : REIGN_FROM)
            | (row.membership().equals(Membership.NONE) ? 0 : MEMBERSHIP);
    out.put((byte) workloads.position(row.workload())).put((byte) (row.stand().code() | flags));
    putEpoch(row.highest(), out);
    highest = row.highest();
    putEpoch(row.epoch(), out);
    putEpoch(row.released(), out);
    putEpoch(row.held().epoch(), out);
    putSequence(row.held().sequence(), out);
    out.put((byte) (row.standby().isEmpty() ? NO_NODE : nodes.position(row.standby())));
    putEpoch(row.echoEpoch(), out);
    putTime(row.echoSentAt(), latest, out);
    putTime(row.yesTo(), latest, out);
    putFlagged(row.echoNanos(), ECHO_NANOS, flags, out);
    putFlagged(row.askNanos() + 1, ASK_NANOS, flags, out);
    putFlagged(row.reignFrom(), REIGN_FROM, flags, out);
    if ((flags & MEMBERSHIP) != 0) {
      putMembership(row.membership(), out);
    }
  }

  Row read(long latest, ByteBuffer in) throws MalformedDatagram {
    highest = Epoch.NONE;
    String workload = workloads.at(Numbers.readByte(in));
    int flags = Numbers.readByte(in);
    int stand = flags & STAND_BITS;
    // All eight bits of the byte but the highest are known.
    if (flags < 0 || stand >= STANDS.size()) {
      throw new MalformedDatagram();
    }
    highest = readEpoch(in);
    Epoch epoch = readEpoch(in);
    Epoch released = readEpoch(in);
    GenerationId held = new GenerationId(readEpoch(in), readSequence(in));
    byte standby = Numbers.readByte(in);
    Epoch echoEpoch = readEpoch(in);
    long echoSentAt = readTime(latest, in);
    long yesTo = readTime(latest, in);
    return new Row(
        workload,
        STANDS.get(stand),
        epoch,
        highest,
        released,
        held,
        (standby & 255) == NO_NODE ? "" : nodes.at(standby),
        echoEpoch,
        echoSentAt,
        readFlagged(0, ECHO_NANOS, flags, in),
        yesTo,
        readFlagged(1, ASK_NANOS, flags, in) - 1,
        readFlagged(0, REIGN_FROM, flags, in),
        (flags & MEMBERSHIP) == 0 ? Membership.NONE : readMembership(in));
  }

  private void putMembership(Membership membership, ByteBuffer out) {
    putEpoch(membership.epoch(), out);
    Numbers.put(membership.number(), out);
    putMembers(membership.members(), out);
    putMembers(membership.former(), out);
  }

  private void putMembers(List<Member> members, ByteBuffer out) {
    out.put((byte) members.size());
    for (Member member : members) {
      out.put((byte) nodes.position(member.node()));
      Numbers.put(member.since(), out);
    }
  }

  private Membership readMembership(ByteBuffer in) throws MalformedDatagram {
    Epoch epoch = readEpoch(in);
    long number = Numbers.read(in);
    List<Member> members = readMembers(in);
    List<Member> former = readMembers(in);
    if (epoch.equals(Epoch.NONE) || number == 0 || members.isEmpty()) {
      throw new MalformedDatagram();
    }
    return new Membership(epoch, number, members, former);
  }

  private List<Member> readMembers(ByteBuffer in) throws MalformedDatagram {
    int count = Numbers.readByte(in);
    if (count < 0 || count > Membership.MEMBERS_MOST) {
      throw new MalformedDatagram();
    }
    List<Member> members = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      members.add(new Member(nodes.at(Numbers.readByte(in)), Numbers.read(in)));
    }
    return members;
  }

  private static void putFlagged(long number, int flag, int flags, ByteBuffer out) {
    if ((flags & flag) != 0) {
      Numbers.put(number, out);
    }
  }

  /** What follows if its flag is set, and then differs from the usual number. */
  private static long readFlagged(long usual, int flag, int flags, ByteBuffer in)
      throws MalformedDatagram {
    if ((flags & flag) == 0) {
      return usual;
    }
    long number = Numbers.read(in);
    if (number == usual) {
      throw new MalformedDatagram();
    }
    return number;
  }

  private void putEpoch(Epoch epoch, ByteBuffer out) {
    if (epoch.equals(Epoch.NONE)) {
      Numbers.put(NONE, out);
    } else if (epoch.equals(highest)) {
      Numbers.put(HIGHEST, out);
    } else {
      Numbers.put(Math.addExact(epoch.counter(), 1), out);
      boolean floor = epoch.node().equals(FLOOR_NAME);
      out.put((byte) (floor ? FLOOR : nodes.position(epoch.node())));
    }
  }

  private Epoch readEpoch(ByteBuffer in) throws MalformedDatagram {
    long code = Numbers.read(in);
    if (code == NONE) {
      return Epoch.NONE;
    }
    if (code == HIGHEST) {
      if (highest.equals(Epoch.NONE)) {
        throw new MalformedDatagram();
      }
      return highest;
    }
    byte node = Numbers.readByte(in);
    Epoch epoch = new Epoch(code - 1, (node & 255) == FLOOR ? FLOOR_NAME : nodes.at(node));
    if (epoch.equals(highest)) {
      throw new MalformedDatagram();
    }
    return epoch;
  }

  private static void putSequence(long sequence, ByteBuffer out) {
    if (sequence == 0) {
      Numbers.put(NONE, out);
    } else {
      Numbers.put(sequence == GenerationId.LIVE ? LIVE : Math.addExact(sequence, 1), out);
    }
  }

  private static long readSequence(ByteBuffer in) throws MalformedDatagram {
    long code = Numbers.read(in);
    if (code == NONE) {
      return 0;
    }
    return code == LIVE ? GenerationId.LIVE : code - 1;
  }

  private static void putTime(long time, long latest, ByteBuffer out) {
    Numbers.put(time == Row.NO_TIME ? NONE : Math.addExact(latest - time, 1), out);
  }

  private static long readTime(long latest, ByteBuffer in) throws MalformedDatagram {
    long code = Numbers.read(in);
    if (code == NONE) {
      return Row.NO_TIME;
    }
    long time = latest - (code - 1);
    if (time < 0) {
      throw new MalformedDatagram();
    }
    return time;
  }
}
