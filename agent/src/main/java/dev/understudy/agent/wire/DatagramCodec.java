// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.Row;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;

/**
 * Writes and reads datagrams. For one thread.
 *
 * <pre>
 * offset size
 *      0    4  magic "UND2": protocol and its version
 *      4    8  digest of the cluster's node and workload names: what follows are positions in them
 *     12    1  sender    13  1  receiver    14  1  flags (1: answer)    15  1  number of rows
 *     16    8  sender incarnation           24  8  receiver incarnation
 *     32    8  sequence                     40  8  sent at
 *     48    8  ceiling
 *     56   97  each row: workload 2, stand 1, epoch 9, highest 9, released 9, held 17, standby 1,
 *              echo epoch 9, echo sent at 8, echo nanos 8, yes to 8, ask nanos 8, reign from 8
 *    end   16  first half of HMAC-SHA256 over everything before
 * </pre>
 *
 * An epoch is its counter and the node's position; 254 stands for no node, 255 for the floor of a
 * restarted node, which sorts above every name.
 */
public final class DatagramCodec {
  /** The longest datagram that is ever written: 64 workloads. */
  public static final int BYTES_MOST = 56 + 64 * 97 + 16;

  private static final int MAGIC = 0x554E4432;
  private static final int HEADER = 56;
  private static final int ROW = 97;
  private static final int TAG = 16;
  private static final int NO_NODE = 254;
  private static final int FLOOR = 255;
  private static final String FLOOR_NAME = "~";

  private final List<String> nodes;
  private final List<String> workloads;
  private final Map<String, Integer> nodeIndex = new TreeMap<>();
  private final Map<String, Integer> workloadIndex = new TreeMap<>();
  private final long digest;
  private final Mac mac;
  private final byte[] scratch = new byte[BYTES_MOST];
  private final byte[] tag = new byte[32];
  private long dropped;

  /** A codec for that cluster; both sides need equal lists in equal order. */
  public DatagramCodec(ClusterKey key, List<String> nodes, List<String> workloads) {
    this.nodes = List.copyOf(nodes);
    this.workloads = List.copyOf(workloads);
    for (String node : nodes) {
      nodeIndex.put(node, nodeIndex.size());
    }
    for (String workload : workloads) {
      workloadIndex.put(workload, workloadIndex.size());
    }
    if (nodes.size() >= NO_NODE || workloads.size() > 64) {
      throw new IllegalArgumentException(
          nodes.size() + " nodes and " + workloads.size() + " workloads are too many");
    }
    this.mac = ClusterKey.mac(key.derive("beats"));
    byte[] names =
        (String.join(",", nodes) + "/" + String.join(",", workloads))
            .getBytes(StandardCharsets.UTF_8);
    this.digest = ByteBuffer.wrap(ClusterKey.mac(key.derive("names")).doFinal(names)).getLong();
  }

  /** How many datagrams were refused since the start: forged, foreign, torn or malformed. */
  public long dropped() {
    return dropped;
  }

  /** Puts the datagram at the start of the buffer and flips it. */
  public void encode(Datagram datagram, ByteBuffer to) {
    ByteBuffer out = ByteBuffer.wrap(scratch);
    out.putInt(MAGIC).putLong(digest);
    out.put((byte) nodeCode(datagram.sender())).put((byte) nodeCode(datagram.receiver()));
    out.put((byte) (datagram.answer() ? 1 : 0)).put((byte) datagram.rows().size());
    out.putLong(datagram.senderIncarnation()).putLong(datagram.receiverIncarnation());
    out.putLong(datagram.sequence()).putLong(datagram.sentAt()).putLong(datagram.ceiling());
    for (Row row : datagram.rows()) {
      putRow(row, out);
    }
    int length = out.position();
    sign(length);
    to.clear();
    to.put(scratch, 0, length).put(tag, 0, TAG).flip();
  }

  private void putRow(Row row, ByteBuffer out) {
    Integer index = workloadIndex.get(row.workload());
    if (index == null) {
      throw new IllegalArgumentException("not a workload of this cluster: " + row.workload());
    }
    out.putShort((short) (int) index).put((byte) row.stand().code());
    putEpoch(row.epoch(), out);
    putEpoch(row.highest(), out);
    putEpoch(row.released(), out);
    putEpoch(row.held().epoch(), out);
    out.putLong(row.held().sequence()).put((byte) nodeCode(row.standby()));
    putEpoch(row.echoEpoch(), out);
    out.putLong(row.echoSentAt()).putLong(row.echoNanos()).putLong(row.yesTo());
    out.putLong(row.askNanos()).putLong(row.reignFrom());
  }

  private void putEpoch(Epoch epoch, ByteBuffer out) {
    out.putLong(epoch.counter()).put((byte) nodeCode(epoch.node()));
  }

  private int nodeCode(String name) {
    if (name.isEmpty()) {
      return NO_NODE;
    }
    if (name.equals(FLOOR_NAME)) {
      return FLOOR;
    }
    Integer index = nodeIndex.get(name);
    if (index == null) {
      throw new IllegalArgumentException("not a node of this cluster: " + name);
    }
    return index;
  }

  /** The datagram between position and limit, if it is authentic and well-formed. */
  public Optional<Datagram> decode(ByteBuffer from) {
    int length = from.remaining() - TAG;
    boolean sized =
        length >= HEADER && from.remaining() <= BYTES_MOST && (length - HEADER) % ROW == 0;
    if (!sized) {
      dropped++;
      return Optional.empty();
    }
    from.get(from.position(), scratch, 0, length + TAG);
    byte[] claimed = java.util.Arrays.copyOfRange(scratch, length, length + TAG);
    sign(length);
    boolean authentic = MessageDigest.isEqual(claimed, java.util.Arrays.copyOf(tag, TAG));
    ByteBuffer in = ByteBuffer.wrap(scratch, 0, length);
    if (!authentic || in.getInt() != MAGIC || in.getLong() != digest) {
      dropped++;
      return Optional.empty();
    }
    try {
      return Optional.of(read(in));
    } catch (MalformedDatagram e) {
      // Only a holder of the cluster key can get here: another build that lays rows out otherwise.
      dropped++;
      return Optional.empty();
    }
  }

  private Datagram read(ByteBuffer in) throws MalformedDatagram {
    String sender = realNode(in.get());
    String receiver = realNode(in.get());
    boolean answer = in.get() == 1;
    int count = in.get() & 255;
    if (in.capacity() < HEADER || in.limit() != HEADER + count * ROW) {
      throw new MalformedDatagram();
    }
    long senderIncarnation = in.getLong();
    long receiverIncarnation = in.getLong();
    long sequence = in.getLong();
    long sentAt = in.getLong();
    long ceiling = in.getLong();
    List<Row> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      rows.add(readRow(in));
    }
    return new Datagram(
        sender,
        receiver,
        senderIncarnation,
        receiverIncarnation,
        sequence,
        sentAt,
        answer,
        ceiling,
        rows);
  }

  private Row readRow(ByteBuffer in) throws MalformedDatagram {
    int index = in.getShort() & 0xFFFF;
    int stand = in.get();
    if (index >= workloads.size() || stand < 0 || stand >= STANDS.size()) {
      throw new MalformedDatagram();
    }
    return new Row(
        workloads.get(index),
        STANDS.get(stand),
        readEpoch(in),
        readEpoch(in),
        readEpoch(in),
        new GenerationId(readEpoch(in), in.getLong()),
        node(in.get()),
        readEpoch(in),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong());
  }

  private static final List<Row.Stand> STANDS =
      List.of(
          Row.Stand.PASSIVE,
          Row.Stand.ASKING,
          Row.Stand.CANDIDATE,
          Row.Stand.ACTIVE,
          Row.Stand.CLOSING);

  private Epoch readEpoch(ByteBuffer in) throws MalformedDatagram {
    long counter = in.getLong();
    String name = node(in.get());
    if (counter < 0 || (counter == 0) != name.isEmpty()) {
      throw new MalformedDatagram();
    }
    return counter == 0 ? Epoch.NONE : new Epoch(counter, name);
  }

  private String node(byte code) throws MalformedDatagram {
    int index = code & 255;
    return switch (index) {
      case NO_NODE -> "";
      case FLOOR -> FLOOR_NAME;
      default -> realNode(code);
    };
  }

  private String realNode(byte code) throws MalformedDatagram {
    int index = code & 255;
    if (index >= nodes.size()) {
      throw new MalformedDatagram();
    }
    return nodes.get(index);
  }

  private void sign(int length) {
    mac.update(scratch, 0, length);
    try {
      mac.doFinal(tag, 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException("HMAC-SHA256 has 32 bytes", e);
    }
  }

  /** Well authenticated, but not in this layout. */
  private static final class MalformedDatagram extends Exception {
    MalformedDatagram() {
      super(null, null, false, false);
    }
  }
}
