// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.runtime.Trees;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A generation on its way in: chunks are checked as they come, and the directory gets its manifest
 * and its final name only when all are there. Closed without a commit, it leaves nothing.
 */
final class Arrival implements AutoCloseable {
  /** Where one chunk belongs, or lies. */
  private record Place(int number, Path file, long size, int index, String hash) {
    long position() {
      return (long) index * Chunks.BYTES;
    }

    int length() {
      return Chunks.length(size, index);
    }
  }

  private final Manifest manifest;
  private final Path partial;
  private final List<Place> places;
  private final BitSet lacking = new BitSet();
  private final Map<Path, FileChannel> channels = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(Chunks.BYTES);
  private final int[] sums;
  private boolean committed;

  private Arrival(Manifest manifest, Path partial) {
    this.manifest = manifest;
    this.partial = partial;
    this.places = places(manifest, partial);
    this.sums = new int[places.size()];
  }

  /** Makes the files and fills in what a former generation has already. */
  static Arrival begin(Manifest manifest, Path generations, Optional<Generation> base)
      throws IOException {
    Arrival arrival = new Arrival(manifest, Generation.newPartial(generations, manifest.id()));
    try {
      arrival.layOut(base);
      return arrival;
    } catch (IOException e) {
      arrival.close();
      throw e;
    }
  }

  private void layOut(Optional<Generation> base) throws IOException {
    for (FileEntry entry : manifest.files()) {
      Path file = partial.resolve(entry.name());
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      channels.put(file, channel);
    }
    if (base.isEmpty()) {
      lacking.set(0, places.size());
      return;
    }
    Map<String, Place> known = new HashMap<>();
    for (Place place : places(base.get().manifest(), base.get().directory())) {
      known.putIfAbsent(place.hash(), place);
    }
    Map<Path, FileChannel> open = new HashMap<>();
    try {
      for (Place wanted : places) {
        Place found = known.get(wanted.hash());
        if (found == null || !copied(found, base.get().sums(), wanted, open)) {
          lacking.set(wanted.number());
        }
      }
    } finally {
      close(open);
    }
  }

  /** The base may be damaged: its bytes count only when they are still what they were. */
  private boolean copied(Place from, ChunkSums known, Place to, Map<Path, FileChannel> open)
      throws IOException {
    if (from.length() != to.length()) {
      return false;
    }
    FileChannel in = open.get(from.file());
    if (in == null) {
      in = FileChannel.open(from.file(), StandardOpenOption.READ);
      open.put(from.file(), in);
    }
    buffer.clear().limit(from.length());
    Chunks.read(in, buffer, from.position());
    int sum = Chunks.sum(buffer.flip());
    boolean whole =
        known.has(from.number())
            ? known.of(from.number()) == sum
            : Chunks.hash(buffer.duplicate()).equals(to.hash());
    if (whole) {
      write(to, buffer, sum);
    }
    return whole;
  }

  /** The chunks that must be sent, by their number in the manifest. */
  BitSet lacking() {
    return (BitSet) lacking.clone();
  }

  /**
   * Takes chunks until the sender says that there are no more.
   *
   * @return what is wrong with them, as one sentence; empty when all came whole
   */
  String takeChunks(ShipChannel channel) throws IOException {
    String damage = "";
    while (true) {
      ShipChannel.Frame frame = channel.receive();
      if (frame.type() == ShipMessages.END) {
        return !damage.isEmpty() || lacking.isEmpty()
            ? damage
            : lacking.cardinality() + " chunks were not sent";
      }
      if (frame.type() != ShipMessages.CHUNK || frame.payload().remaining() < 4) {
        throw new IOException("a frame of kind " + frame.type() + " in place of a chunk");
      }
      if (damage.isEmpty()) {
        damage = take(frame.payload().getInt(), frame.payload().slice());
      }
    }
  }

  private String take(int number, ByteBuffer bytes) throws IOException {
    if (number < 0 || number >= places.size() || !lacking.get(number)) {
      return "chunk " + number + " was not asked for";
    }
    Place place = places.get(number);
    String name = place.file().getFileName() + " of generation " + manifest.id();
    if (bytes.remaining() != place.length()
        || !Chunks.hash(bytes.duplicate()).equals(place.hash())) {
      return "chunk " + place.index() + " of " + name + " is damaged";
    }
    write(place, bytes, Chunks.sum(bytes));
    lacking.clear(number);
    return "";
  }

  private void write(Place place, ByteBuffer bytes, int sum) throws IOException {
    sums[place.number()] = sum;
    FileChannel channel = channels.get(place.file());
    if (channel == null) {
      throw new IllegalStateException("no file is open for " + place);
    }
    long at = place.position();
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** Gives the generation its manifest and name. */
  Generation commit() throws IOException {
    closeFiles();
    Generation generation = Generation.commit(partial, manifest, new ChunkSums(sums));
    committed = true;
    return generation;
  }

  private static List<Place> places(Manifest manifest, Path directory) {
    List<Place> all = new ArrayList<>();
    for (FileEntry entry : manifest.files()) {
      Path file = directory.resolve(entry.name());
      for (int i = 0; i < entry.chunks().size(); i++) {
        all.add(new Place(all.size(), file, entry.size(), i, entry.chunks().get(i)));
      }
    }
    return all;
  }

  private void closeFiles() throws IOException {
    close(channels);
  }

  private static void close(Map<Path, FileChannel> open) throws IOException {
    for (FileChannel channel : open.values()) {
      channel.close();
    }
    open.clear();
  }

  @Override
  public void close() throws IOException {
    closeFiles();
    if (!committed) {
      Trees.delete(partial);
    }
  }
}
