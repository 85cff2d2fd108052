// SPDX-License-Identifier: Apache-2.0
package dev.understudy.tidy;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** The text files of this repository, without what is generated. */
final class Repository {
  private static final List<String> SKIPPED_FOLDERS =
      List.of("target", ".git", ".cache", ".idea", ".vscode", "node_modules", ".cifuzz-corpus");
  private static final List<String> BINARY_ENDINGS =
      List.of(".png", ".svg", ".jpg", ".gif", ".tar", ".gz", ".class", ".jar", ".bin");

  private Repository() {}

  /** A file: its path relative to the root, with slashes, and its content. */
  record TextFile(String path, String text) {
    List<String> lines() {
      return text.lines().toList();
    }

    boolean isJava() {
      return path.endsWith(".java");
    }

    boolean isTest() {
      return path.contains("/src/test/");
    }

    /** The first folder of the path; empty for files at the root. */
    String module() {
      int slash = path.indexOf('/');
      return slash < 0 ? "" : path.substring(0, slash);
    }

    String folder() {
      return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
    }

    String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("ARCHITECTURE.md"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("no ARCHITECTURE.md above " + Path.of("").toAbsolutePath());
      }
    }
    return folder;
  }

  static List<TextFile> files() throws IOException {
    Path root = root();
    List<TextFile> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return SKIPPED_FOLDERS.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String path = root.relativize(file).toString();
            // In a linked worktree .git is a file.
            boolean text = BINARY_ENDINGS.stream().noneMatch(path::endsWith);
            if (attributes.isRegularFile() && text && !path.equals(".git")) {
              files.add(new TextFile(path, Files.readString(file)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    if (files.isEmpty()) {
      throw new IllegalStateException("no files below " + root);
    }
    return files;
  }
}
