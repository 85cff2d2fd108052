// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Lays one layer over a root folder (OCI image specification, "Image Layer Filesystem Changeset").
 * Whiteouts concern only the layers below, so they are done in a pass of their own.
 */
final class ImageLayer {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  private final InRoot root;
  private final Budget budget;
  private final byte[] buffer = new byte[64 * 1024];

  /** What an image may take, over all its layers. */
  static final class Budget {
    private long bytes;
    private long entries;

    Budget(long bytes, long entries) {
      this.bytes = bytes;
      this.entries = entries;
    }

    private void take(long size) throws IOException {
      bytes -= size;
      entries--;
      if (bytes < 0 || entries < 0) {
        throw new IOException("the image is larger than allowed");
      }
    }
  }

  ImageLayer(Path root, Budget budget) {
    this.root = new InRoot(root);
    this.budget = budget;
  }

  private interface Pass {
    void read() throws IOException;
  }

  /** What an archive says may be no name here, and what is read from a folder may fail late. */
  private static void checked(Pass pass) throws IOException {
    try {
      pass.read();
    } catch (InvalidPathException e) {
      throw new IOException("a name that no file here can have: " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** First pass: removes what the layer hides; reads the stream to its end. */
  void hide(InputStream layer) throws IOException {
    checked(() -> hideAll(layer));
  }

  private void hideAll(InputStream layer) throws IOException {
    TarReader tar = new TarReader(layer);
    for (Optional<TarReader.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
      budget.take(next.get().size());
      String name = next.get().name();
      String last = lastPart(name);
      if (last.equals(OPAQUE)) {
        empty(root.locate(folderOf(name)));
      } else if (last.startsWith(WHITEOUT)) {
        String hidden = last.substring(WHITEOUT.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
          throw new IOException("a whiteout without a name: " + name);
        }
        Trees.delete(root.locate(folderOf(name) + "/" + hidden));
      }
    }
    // What follows the end of the archive belongs to the digest.
    layer.transferTo(OutputStream.nullOutputStream());
  }

  /** Second pass: makes what the layer holds. */
  void make(InputStream layer) throws IOException {
    checked(() -> makeAll(layer));
  }

  private void makeAll(InputStream layer) throws IOException {
    TarReader tar = new TarReader(layer);
    for (Optional<TarReader.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
      TarReader.Entry entry = next.get();
      if (lastPart(entry.name()).startsWith(WHITEOUT)) {
        continue;
      }
      Path path = root.locate(entry.name());
      if (path.equals(root.root()) && entry.type() != '5') {
        throw new IOException("the root of the image is not a folder");
      }
      makeParents(path);
      switch (entry.type()) {
        case '5' -> folder(path, entry);
        case '2' -> {
          Trees.delete(path);
          Files.createSymbolicLink(path, Path.of(entry.link()));
          own(path, entry);
        }
        case '1' -> hardLink(path, entry);
        case '6' -> fifo(path, entry);
        case '3', '4' -> device(entry);
        default -> file(path, entry, tar);
      }
    }
  }

  private void file(Path path, TarReader.Entry entry, TarReader tar) throws IOException {
    if (!entry.isFile()) {
      throw new IOException(entry.name() + " is of an unknown kind " + (int) entry.type());
    }
    Trees.delete(path);
    try (OutputStream out =
        Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
        out.write(buffer, 0, n);
      }
    }
    own(path, entry);
    Files.setAttribute(path, "unix:mode", entry.mode());
    Files.setLastModifiedTime(path, FileTime.from(entry.modifiedSeconds(), TimeUnit.SECONDS));
  }

  private static void folder(Path path, TarReader.Entry entry) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      Trees.delete(path);
      Files.createDirectory(path);
    }
    own(path, entry);
    Files.setAttribute(path, "unix:mode", entry.mode());
  }

  private void hardLink(Path path, TarReader.Entry entry) throws IOException {
    Path target = root.locate(entry.link());
    if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(target)) {
      throw new IOException(entry.name() + " links to " + entry.link() + ", which is no file");
    }
    if (!target.equals(path)) {
      Trees.delete(path);
      Files.createLink(path, target);
    }
  }

  private static void fifo(Path path, TarReader.Entry entry) throws IOException {
    Trees.delete(path);
    Command.of("mkfifo", "--", path.toString())
        .must("making the FIFO " + entry.name(), Duration.ofSeconds(5));
    own(path, entry);
    Files.setAttribute(path, "unix:mode", entry.mode());
  }

  /** The workload gets a /dev of its own, so those there are not missed; others are not trusted. */
  private static void device(TarReader.Entry entry) throws IOException {
    String name = entry.name().replaceFirst("^(\\./|/)+", "");
    if (!name.startsWith("dev/")) {
      throw new IOException("the image holds a device node, " + entry.name());
    }
  }

  private static void own(Path path, TarReader.Entry entry) throws IOException {
    Files.setAttribute(path, "unix:uid", entry.uid(), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", entry.gid(), LinkOption.NOFOLLOW_LINKS);
  }

  private static void makeParents(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      return;
    }
    try {
      Files.createDirectories(parent);
    } catch (NotDirectoryException | java.nio.file.FileAlreadyExistsException e) {
      throw new IOException("a file stands where a folder is needed: " + parent, e);
    }
  }

  private static void empty(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> list = Files.list(folder)) {
        for (Path child : list.toList()) {
          Trees.delete(child);
        }
      }
    }
  }

  private static String lastPart(String name) {
    String plain = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    return plain.substring(plain.lastIndexOf('/') + 1);
  }

  private static String folderOf(String name) {
    String plain = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    return plain.substring(0, Math.max(0, plain.lastIndexOf('/')));
  }
}
