// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Row;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;

/**
 * Writes and reads datagrams. For one thread. Each datagram has one form only: what is read without
 * complaint would be written with the same bytes.
 *
 * <pre>
 * offset size
 *      0    3  magic "UND"       3  1  version, of everything that follows
 *      4    4  digest of the cluster's key
 *      8    8  digest of the names and of the {@link Configuration}: what follows are positions in
 *              the names, and promises for the times
 *     16    2  length of the whole datagram
 *     18    1  sender           19  1  receiver
 *     20    1  flags (1: answer)  21  1  number of rows
 *     22    8  sender incarnation           30  8  receiver incarnation
 *     38    8  sequence                     46  8  sent at
 *     54    8  ceiling                      62  8  the latest time in the rows, 0 without any
 *     70       the rows, see {@link RowCodec}
 *    end   16  first half of HMAC-SHA256 over everything before
 * </pre>
 */
public final class DatagramCodec {
  /** Most workloads of a cluster, and so most rows. */
  public static final int ROWS_MOST = 64;

  private static final int HEADER = 70;
  private static final int TAG = 16;

  /** No datagram can be longer, whatever its numbers; usual ones are a fifth of it. */
  public static final int BYTES_MOST = HEADER + ROWS_MOST * RowCodec.BYTES_MOST + TAG;

  private static final int NODES_MOST = 253;
  private static final int MAGIC = 0x554E44;
  private static final int VERSION = 4;
  private static final int KEY_AT = 4;
  private static final int CONFIGURATION_AT = 8;
  private static final int LENGTH_AT = 16;
  private static final int FIELDS_AT = 18;

  private final Names nodes;
  private final Names workloads;
  private final RowCodec rows;
  private final int keyDigest;
  private final long configurationDigest;
  private final Mac mac;
  private final byte[] scratch = new byte[BYTES_MOST];
  private final byte[] tag = new byte[32];
  private final byte[] claimed = new byte[TAG];
  private final byte[] actual = new byte[TAG];

  /**
   * A codec for that cluster; both sides need equal lists in equal order, and one configuration.
   */
  public DatagramCodec(
      ClusterKey key, List<String> nodes, List<String> workloads, Configuration configuration) {
    if (nodes.size() > NODES_MOST || workloads.size() > ROWS_MOST) {
      throw new IllegalArgumentException(
          nodes.size() + " nodes and " + workloads.size() + " workloads are too many");
    }
    this.nodes = new Names(nodes);
    this.workloads = new Names(workloads);
    this.rows = new RowCodec(this.nodes, this.workloads);
    this.mac = ClusterKey.mac(key.derive("beats"));
    this.keyDigest = ByteBuffer.wrap(key.derive("cluster")).getInt();
    String all = this.nodes.joined() + "/" + this.workloads.joined() + "/" + configuration.text();
    byte[] whole = all.getBytes(StandardCharsets.UTF_8);
    this.configurationDigest =
        ByteBuffer.wrap(ClusterKey.mac(key.derive("configuration")).doFinal(whole)).getLong();
  }

  /** Puts the datagram at the start of the buffer and flips it. */
  public void encode(Datagram datagram, ByteBuffer to) {
    ByteBuffer out = ByteBuffer.wrap(scratch);
    long latest = RowCodec.latest(datagram.rows());
    out.putInt(MAGIC << 8 | VERSION).putInt(keyDigest).putLong(configurationDigest);
    out.position(FIELDS_AT);
    out.put((byte) nodes.position(datagram.sender()));
    out.put((byte) nodes.position(datagram.receiver()));
    out.put((byte) (datagram.answer() ? 1 : 0)).put((byte) datagram.rows().size());
    putNatural(datagram.senderIncarnation(), out);
    putNatural(datagram.receiverIncarnation(), out);
    putNatural(datagram.sequence(), out);
    putNatural(datagram.sentAt(), out);
    putNatural(datagram.ceiling(), out);
    putNatural(latest, out);
    for (Row row : datagram.rows()) {
      rows.put(row, latest, out);
    }
    int length = out.position();
    out.putShort(LENGTH_AT, (short) (length + TAG));
    sign(length);
    to.clear();
    to.put(scratch, 0, length).put(tag, 0, TAG).flip();
  }

  private static void putNatural(long number, ByteBuffer out) {
    if (number < 0) {
      throw new IllegalArgumentException("broken: negative on the wire: " + number);
    }
    out.putLong(number);
  }

  /**
   * The datagram between position and limit, which are left alone, if it is of this cluster,
   * authentic and well-formed; otherwise why not.
   */
  public Decoded decode(ByteBuffer from) {
    int length = from.remaining();
    if (length < KEY_AT || from.getInt(from.position()) >>> 8 != MAGIC) {
      return new Decoded.Dropped(Drop.MALFORMED);
    }
    if ((from.get(from.position() + KEY_AT - 1) & 255) != VERSION) {
      return new Decoded.Dropped(Drop.FOREIGN);
    }
    if (length < HEADER + TAG || length > BYTES_MOST) {
      return new Decoded.Dropped(Drop.MALFORMED);
    }
    from.get(from.position(), scratch, 0, length);
    ByteBuffer in = ByteBuffer.wrap(scratch, 0, length - TAG);
    if (in.getInt(KEY_AT) != keyDigest) {
      return new Decoded.Dropped(Drop.FOREIGN);
    }
    if ((in.getShort(LENGTH_AT) & 0xFFFF) != length) {
      return new Decoded.Dropped(Drop.MALFORMED);
    }
    if (!authentic(length - TAG)) {
      return new Decoded.Dropped(Drop.FORGED);
    }
    if (in.getLong(CONFIGURATION_AT) != configurationDigest) {
      return new Decoded.Dropped(Drop.CONFIGURATION);
    }
    try {
      return new Decoded.Authentic(read(in.position(FIELDS_AT)));
    } catch (MalformedDatagram e) {
      // Only a holder of the cluster key can get here: another build that lays rows out otherwise.
      return new Decoded.Dropped(Drop.MALFORMED);
    }
  }

  private boolean authentic(int length) {
    System.arraycopy(scratch, length, claimed, 0, TAG);
    sign(length);
    System.arraycopy(tag, 0, actual, 0, TAG);
    return MessageDigest.isEqual(claimed, actual);
  }

  private Datagram read(ByteBuffer in) throws MalformedDatagram {
    String sender = nodes.at(in.get());
    String receiver = nodes.at(in.get());
    int flags = in.get();
    int count = in.get() & 255;
    if (flags < 0 || flags > 1 || count > workloads.size()) {
      throw new MalformedDatagram();
    }
    long senderIncarnation = readNatural(in);
    long receiverIncarnation = readNatural(in);
    long sequence = readNatural(in);
    long sentAt = readNatural(in);
    long ceiling = readNatural(in);
    List<Row> read = readRows(count, in);
    return new Datagram(
        sender,
        receiver,
        senderIncarnation,
        receiverIncarnation,
        sequence,
        sentAt,
        flags == 1,
        ceiling,
        read);
  }

  private List<Row> readRows(int count, ByteBuffer in) throws MalformedDatagram {
    long latest = readNatural(in);
    List<Row> read = new ArrayList<>(count);
    long workloadsSeen = 0;
    for (int i = 0; i < count; i++) {
      Row row = rows.read(latest, in);
      long bit = 1L << workloads.position(row.workload());
      if ((workloadsSeen & bit) != 0) {
        throw new MalformedDatagram();
      }
      workloadsSeen |= bit;
      read.add(row);
    }
    if (in.hasRemaining() || RowCodec.latest(read) != latest) {
      throw new MalformedDatagram();
    }
    return read;
  }

  private static long readNatural(ByteBuffer in) throws MalformedDatagram {
    long number = in.getLong();
    if (number < 0) {
      throw new MalformedDatagram();
    }
    return number;
  }

  private void sign(int length) {
    mac.update(scratch, 0, length);
    try {
      mac.doFinal(tag, 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException("HMAC-SHA256 has 32 bytes", e);
    }
  }
}
