// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.wire;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.Row;
import dev.understudy.core.timing.Timing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.crypto.Mac;

/** A cluster of three nodes with as many workloads as there may be, and what they send. */
final class Samples {
  static final List<String> NODES = List.of("a", "b", "w");
  static final List<String> WORKLOADS =
      IntStream.range(0, DatagramCodec.ROWS_MOST).mapToObj(i -> "workload-" + i).toList();

  /** Of the header: version, digests, length; and the tag behind everything. */
  static final int VERSION_AT = 3;

  static final int KEY_AT = 4;
  static final int CONFIGURATION_AT = 8;
  static final int LENGTH_AT = 16;
  static final int TAG = 16;

  static final Configuration CONFIGURATION =
      Configuration.of(Timing.STANDARD, List.of(group(List.of("a", "b", "w"))));

  /** Magic, version and digests of this cluster; length and body are missing. */
  static final byte[] HEADER = Arrays.copyOf(bytes(codec(), datagram(List.of())), LENGTH_AT);

  private static final byte[] BEATS = key(1).derive("beats");

  private Samples() {}

  static ClusterKey key(int fill) {
    byte[] secret = new byte[ClusterKey.BYTES];
    Arrays.fill(secret, (byte) fill);
    try {
      Path file = Files.createTempFile("understudy-", ".key");
      try {
        return ClusterKey.read(Files.write(file, secret));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static DatagramCodec codec() {
    return new DatagramCodec(key(1), NODES, WORKLOADS, CONFIGURATION);
  }

  static GroupConfig group(List<String> members) {
    return new GroupConfig(
        "workload-0", members, List.of("a", "b"), GroupConfig.Quorum.MAJORITY, true, 1);
  }

  static Datagram datagram(List<Row> rows) {
    return new Datagram("a", "w", 4, 9, 77, 5_000_000_000L, true, 2000, rows);
  }

  static Datagram from(String sender, String receiver, long incarnation, long sequence) {
    return new Datagram(
        sender, receiver, incarnation, 1, sequence, 5_000_000_000L, false, 1000, List.of());
  }

  /** The rows of an active and of a follower. */
  static List<Row> mixed() {
    Epoch epoch = new Epoch(7, "a");
    Row active =
        new Row(
            WORKLOADS.get(0),
            Row.Stand.ACTIVE,
            epoch,
            new Epoch(1000, "~"),
            Epoch.NONE,
            new GenerationId(epoch, GenerationId.LIVE),
            "b",
            Epoch.NONE,
            Row.NO_TIME,
            Row.ORDINARY,
            Row.NO_TIME,
            10_000_000_000L,
            3);
    Row passive =
        new Row(
            WORKLOADS.get(1),
            Row.Stand.PASSIVE,
            Epoch.NONE,
            epoch,
            new Epoch(3, "a"),
            new GenerationId(epoch, 12),
            "",
            epoch,
            123_456_789L,
            5_000_000_000L,
            987L,
            Row.KEEP,
            0);
    return List.of(active, passive);
  }

  /** What a follower says of workloads that changed hands often: four epochs each, two days old. */
  static List<Row> eventful(int count) {
    List<Row> rows = new ArrayList<>();
    long day = 86_400_000_000_000L;
    for (int i = 0; i < count; i++) {
      long epoch = 1_000_000 + 10L * i;
      rows.add(
          new Row(
              WORKLOADS.get(i),
              Row.Stand.PASSIVE,
              Epoch.NONE,
              new Epoch(epoch + 3, "w"),
              new Epoch(epoch + 2, "a"),
              new GenerationId(new Epoch(epoch + 1, "b"), 1_000_000),
              "b",
              new Epoch(epoch, "b"),
              60 * day - i * day / 32,
              Row.ORDINARY,
              Row.NO_TIME,
              Row.ORDINARY,
              0));
    }
    return rows;
  }

  /** What an active says of its workloads, or with a follower's echo. */
  static List<Row> ordinary(int count, Row.Stand stand) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Epoch epoch = new Epoch(50_000 + i, "a");
      boolean active = stand == Row.Stand.ACTIVE;
      rows.add(
          new Row(
              WORKLOADS.get(i),
              stand,
              active ? epoch : Epoch.NONE,
              epoch,
              new Epoch(40_000 + i, "b"),
              new GenerationId(epoch, active ? GenerationId.LIVE : 100_000),
              active ? "b" : "",
              active ? Epoch.NONE : epoch,
              active ? Row.NO_TIME : 5_000_000_000L,
              Row.ORDINARY,
              Row.NO_TIME,
              Row.ORDINARY,
              3));
    }
    return rows;
  }

  /** The longest rows that can be written at all. */
  static List<Row> extreme() {
    List<Row> rows = new ArrayList<>();
    for (String workload : WORKLOADS) {
      long most = Long.MAX_VALUE - 1;
      rows.add(
          new Row(
              workload,
              Row.Stand.CANDIDATE,
              new Epoch(most, "a"),
              new Epoch(most, "b"),
              new Epoch(most, "w"),
              new GenerationId(new Epoch(most, "~"), most),
              "w",
              new Epoch(most, "a"),
              rows.isEmpty() ? most : 0,
              Long.MAX_VALUE,
              0,
              most,
              Long.MAX_VALUE));
    }
    return rows;
  }

  static byte[] bytes(DatagramCodec codec, Datagram datagram) {
    ByteBuffer buffer = ByteBuffer.allocate(DatagramCodec.BYTES_MOST);
    codec.encode(datagram, buffer);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** The same header and body with the right length and a right tag: what a bad colleague sends. */
  static byte[] signed(byte[] datagram) {
    byte[] signed = datagram.clone();
    ByteBuffer.wrap(signed).putShort(LENGTH_AT, (short) signed.length);
    Mac mac = ClusterKey.mac(BEATS);
    mac.update(signed, 0, signed.length - TAG);
    System.arraycopy(mac.doFinal(), 0, signed, signed.length - TAG, TAG);
    return signed;
  }
}
