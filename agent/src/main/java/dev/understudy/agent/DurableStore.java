// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.Membership;
import dev.understudy.core.protocol.Membership.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The protocol's durable state in one small file: written beside, forced, renamed over.
 *
 * <pre>
 * offset size
 *      0    4  magic "UNDS"
 *      4    4  CRC-32C of what follows
 *      8    8  incarnation    16  8  ceiling    24  8  longest promise in nanoseconds
 *     32       only if the disk was ever lost or somebody's voters were ever changed:
 *              8  the start that found no disk    4  number of workloads, for each
 *              name, epoch's counter (8) and node, number (8), members, former members
 * </pre>
 *
 * <p>A name is its length (2) and its UTF-8 bytes; members are their number (1) and for each its
 * name and since when it votes (8).
 */
final class DurableStore {
  private static final int MAGIC = 0x554E4453;
  private static final int BYTES_LEAST = 32;
  private static final int BYTES_MOST = 1 << 20;

  private final Path file;

  DurableStore(Path file) {
    this.file = file;
  }

  /**
   * What is on disk; without a file, {@link DurableState#NEW}.
   *
   * @param lost whether a missing file means that the node has lost its disk, instead of that it
   *     never ran: then it does not vote until it is named anew
   */
  DurableState load(boolean lost) throws IOException {
    if (!Files.exists(file)) {
      // Incarnations are counted from 1: seconds since 1970 are above all that there were.
      long seconds = System.currentTimeMillis() / 1_000;
      return lost ? DurableState.lost(seconds) : DurableState.NEW;
    }
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    boolean sized = bytes.length >= BYTES_LEAST && bytes.length <= BYTES_MOST;
    if (!sized || in.getInt() != MAGIC || in.getInt() != checksum(bytes, bytes.length)) {
      // Going on without it could grant an epoch twice: people have to decide.
      throw new IOException(
          file
              + " is damaged ("
              + bytes.length
              + " bytes); restore it, or remove it and start the agent with --history lost");
    }
    return read(in);
  }

  /** Returns when the state is on disk. */
  void save(DurableState state) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(BYTES_MOST);
    out.putInt(MAGIC).putInt(0);
    put(state, out);
    out.putInt(4, checksum(out.array(), out.position())).flip();
    DurableFile.replace(file, out);
  }

  private static void put(DurableState state, ByteBuffer out) {
    out.putLong(state.incarnation()).putLong(state.ceiling());
    out.putLong(state.longestPromiseNanos());
    if (state.lostAt() == 0 && state.memberships().isEmpty()) {
      return;
    }
    out.putLong(state.lostAt()).putInt(state.memberships().size());
    state
        .memberships()
        .forEach((workload, version) -> {
          putName(workload, out);
          out.putLong(version.epoch().counter());
          putName(version.epoch().node(), out);
          out.putLong(version.number());
          putMembers(version.members(), out);
          putMembers(version.former(), out);
        });
  }

  private static DurableState read(ByteBuffer in) {
    long incarnation = in.getLong();
    long ceiling = in.getLong();
    long promise = in.getLong();
    if (!in.hasRemaining()) {
      return new DurableState(incarnation, ceiling, promise);
    }
    long lostAt = in.getLong();
    SortedMap<String, Membership> memberships = new TreeMap<>();
    for (int left = in.getInt(); left > 0; left--) {
      String workload = readName(in);
      Epoch epoch = new Epoch(in.getLong(), readName(in));
      memberships.put(
          workload, new Membership(epoch, in.getLong(), readMembers(in), readMembers(in)));
    }
    return new DurableState(incarnation, ceiling, promise, lostAt, memberships);
  }

  private static void putMembers(List<Member> members, ByteBuffer out) {
    out.put((byte) members.size());
    for (Member member : members) {
      putName(member.node(), out);
      out.putLong(member.since());
    }
  }

  private static List<Member> readMembers(ByteBuffer in) {
    List<Member> members = new ArrayList<>();
    for (int left = in.get(); left > 0; left--) {
      members.add(new Member(readName(in), in.getLong()));
    }
    return members;
  }

  private static void putName(String name, ByteBuffer out) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    out.putShort((short) bytes.length).put(bytes);
  }

  private static String readName(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort()];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 8, length - 8);
    return (int) crc.getValue();
  }
}
