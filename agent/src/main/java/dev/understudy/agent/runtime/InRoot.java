// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Names inside a root folder, as a process would see them that has it as its root: no name and no
 * symbolic link leads out. Nobody else may change the folder meanwhile.
 */
record InRoot(Path root) {
  private static final int MOST_LINKS = 40;

  /** Where a name's parent folder really is, with the name's last part added and not followed. */
  Path locate(String name) throws IOException {
    Deque<String> parts = parts(name);
    if (parts.isEmpty()) {
      return root;
    }
    String last = parts.removeLast();
    return resolve(parts).resolve(last);
  }

  /** Where a name leads when the last part is followed too. */
  Path follow(String name) throws IOException {
    return resolve(parts(name));
  }

  /** The parts of a name that archives may have; "..", which only attackers use, is refused. */
  private static Deque<String> parts(String name) throws IOException {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        throw new IOException("the name " + name + " leads out of the image");
      }
      if (part.indexOf(0) >= 0) {
        throw new IOException("a name with a zero byte");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return parts;
  }

  private Path resolve(Deque<String> parts) throws IOException {
    Path at = root;
    int links = 0;
    while (!parts.isEmpty()) {
      String part = parts.removeFirst();
      if (part.equals("..")) {
        at = at.equals(root) ? root : parent(at);
        continue;
      }
      Path next = child(at, part);
      if (!Files.isSymbolicLink(next)) {
        at = next;
        continue;
      }
      if (++links > MOST_LINKS) {
        throw new IOException("too many symbolic links at " + root.relativize(next));
      }
      String target = Files.readSymbolicLink(next).toString();
      at = target.startsWith("/") ? root : at;
      String[] more = target.split("/", -1);
      for (int i = more.length - 1; i >= 0; i--) {
        if (!more[i].isEmpty() && !more[i].equals(".")) {
          parts.addFirst(more[i]);
        }
      }
    }
    return at;
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalStateException("no parent of " + path);
    }
    return parent;
  }

  private static Path child(Path folder, String name) throws IOException {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      throw new IOException("not a file name: " + name, e);
    }
  }
}
