// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The cluster file: YAML that says what is protected, on which nodes, within which times. The
 * format is described in {@code docs/cluster-file.md} and {@code docs/cluster.schema.json}.
 */
public final class ClusterFile {
  /** A longer file is refused. */
  public static final int BYTES_MOST = 256 * 1024;

  private ClusterFile() {}

  /**
   * Reads and checks a cluster file, and looks whether the programs and images that it names are on
   * this machine.
   *
   * @param file relative image paths begin at its folder
   * @throws ClusterFileException with everything that is wrong, in the order of the file
   */
  public static Cluster read(Path file) throws ClusterFileException {
    return read(file, true);
  }

  /**
   * Reads a cluster file that was checked when the cluster was made, on one of its nodes: a program
   * that this machine has no more is one workload's trouble, and no reason to run none at all.
   *
   * @throws ClusterFileException with everything that is wrong in the file itself
   */
  public static Cluster readOnNode(Path file) throws ClusterFileException {
    return read(file, false);
  }

  /**
   * Checks a cluster file that was brought to a node, as {@link #readOnNode} does.
   *
   * @param text of at most {@link #BYTES_MOST} bytes
   * @throws ClusterFileException with everything that is wrong
   */
  public static Cluster parseOnNode(String text) throws ClusterFileException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > BYTES_MOST) {
      Problems problems = new Problems();
      problems.add(0, 0, "", "the cluster file is longer than 256 KiB; make it smaller");
      throw new ClusterFileException("plan", problems.inFileOrder());
    }
    return parse(Path.of("/plan"), bytes, false);
  }

  private static Cluster read(Path file, boolean look) throws ClusterFileException {
    Problems problems = new Problems();
    Optional<byte[]> bytes = bytes(file, problems);
    if (bytes.isEmpty()) {
      throw new ClusterFileException(file.toString(), problems.inFileOrder());
    }
    return parse(file, bytes.get(), look);
  }

  /** What {@link #read} does with the content of a file. */
  static Cluster parse(Path file, byte[] bytes) throws ClusterFileException {
    return parse(file, bytes, true);
  }

  private static Cluster parse(Path file, byte[] bytes, boolean look) throws ClusterFileException {
    Problems problems = new Problems();
    Path folder =
        Optional.ofNullable(file.toAbsolutePath().getParent()).orElseGet(() -> Path.of("/"));
    Optional<Cluster> cluster =
        decoded(bytes, problems)
            .flatMap(text -> YamlTree.root(text, problems))
            .flatMap(root -> ClusterBinder.bind(root, new HostFiles(folder, look)));
    if (cluster.isEmpty()) {
      throw new ClusterFileException(file.toString(), problems.inFileOrder());
    }
    return cluster.get();
  }

  /**
   * The cluster as a file in which every value is written out, image paths absolute. {@link #read}
   * gives an equal cluster back, on a machine that has the same programs and images, if the cluster
   * was read from a file; times that no profile has are named custom.
   */
  public static String write(Cluster cluster) {
    return new ClusterWriter().write(cluster);
  }

  private static Optional<byte[]> bytes(Path file, Problems problems) {
    byte[] bytes;
    if (file.toString().isEmpty()) {
      problems.add(0, 0, "", "no cluster file was named; name one");
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(BYTES_MOST + 1);
    } catch (NoSuchFileException e) {
      problems.add(0, 0, "", "the cluster file does not exist; name one that does");
      return Optional.empty();
    } catch (IOException e) {
      String reason = Words.printable(String.valueOf(e.getMessage()));
      problems.add(0, 0, "", "the cluster file cannot be read: " + reason);
      return Optional.empty();
    }
    if (bytes.length > BYTES_MOST) {
      problems.add(0, 0, "", "the cluster file is longer than 256 KiB; make it smaller");
      return Optional.empty();
    }
    return Optional.of(bytes);
  }

  private static Optional<String> decoded(byte[] bytes, Problems problems) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      int line = 1 + Math.toIntExact(text.chars().filter(c -> c == '\n').count());
      int column = text.length() - text.lastIndexOf('\n');
      problems.add(line, column, "", "this is not UTF-8 text from here on; save it as UTF-8");
      return Optional.empty();
    }
    return Optional.of(text);
  }
}
