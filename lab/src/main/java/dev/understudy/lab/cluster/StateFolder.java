// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import dev.understudy.agent.runtime.Trees;
import dev.understudy.api.control.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A lab's folder: {@code lab.json}, {@code cluster.yaml}, {@code key}, {@code lock}, scripts, and
 * per node {@code nodes/NODE/disk} and {@code nodes/NODE/agent.log}.
 *
 * @param root where all labs have their folders
 * @param lab the lab's name
 */
public record StateFolder(Path root, String lab) {
  private static final String NAME = "[a-z0-9][a-z0-9-]{0,31}";
  private static final List<String> SCRIPTS = List.of("keeper.sh", "enter.sh", "client.sh");

  /** The folder of a lab, whether it is there or not. */
  public static StateFolder of(Path root, String lab) throws LabException {
    if (!lab.matches(NAME)) {
      throw LabException.input(
          "\"" + lab + "\" is no name for a lab: use up to 32 small letters, digits and hyphens.");
    }
    return new StateFolder(root.toAbsolutePath().normalize(), lab);
  }

  /** The names of all folders that may be labs', sorted. */
  static List<String> names(Path root) throws LabException {
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(e -> Files.exists(e.resolve("lock")))
          .map(e -> e.getFileName().toString())
          .filter(name -> name.matches(NAME))
          .sorted()
          .toList();
    } catch (NoSuchFileException absent) {
      return List.of();
    } catch (IOException e) {
      throw unusable("read", root, e);
    }
  }

  /** The name of its cgroups: two labs of one name in two places must not share them. */
  public String group() {
    boolean usual = root.equals(LabOptions.USUAL_ROOT);
    return usual ? lab : lab + "." + Integer.toHexString(root.toString().hashCode());
  }

  /** The folder itself. */
  public Path path() {
    return root.resolve(lab);
  }

  /** A file in it. */
  public Path file(String name) {
    return path().resolve(name);
  }

  Path nodeFolder(String node) {
    return path().resolve("nodes").resolve(node);
  }

  Path agentLog(String node) {
    return nodeFolder(node).resolve("agent.log");
  }

  /** Takes the lock, making the folder if it is not there. */
  public LabLock lock() throws LabException {
    try {
      if (Files.isDirectory(path()) && !Files.exists(file("lock")) && !empty(path())) {
        throw LabException.input(
            path() + " exists and is not a lab's folder: remove it or set UNDERSTUDY_STATE.");
      }
      Files.createDirectories(path());
      Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rwx------"));
      return LabLock.take(lab, file("lock"));
    } catch (IOException e) {
      throw unusable("make and lock", path(), e);
    }
  }

  /** Whether anything was ever written for this lab. */
  public boolean exists() {
    return Files.exists(file("lock"));
  }

  /** Whether a lab has left more here than its lock. */
  public boolean used() throws LabException {
    try (Stream<Path> entries = Files.list(path())) {
      return entries.anyMatch(e -> !e.equals(file("lock")));
    } catch (IOException e) {
      throw unusable("read", path(), e);
    }
  }

  /** Writes what does not change during a lab's life; a key is made. */
  void prepare(String clusterYaml, List<String> nodes) throws LabException {
    try {
      Files.writeString(file("cluster.yaml"), clusterYaml);
      byte[] key = new byte[32];
      new SecureRandom().nextBytes(key);
      Files.createFile(
          file("key"),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(file("key"), key);
      writeScripts();
      Files.write(file("node.sh"), resource("node.sh"));
      for (String node : nodes) {
        Files.createDirectories(nodeFolder(node).resolve("disk"));
        Files.createDirectories(nodeFolder(node).resolve("run"));
        Files.createFile(agentLog(node));
      }
    } catch (IOException e) {
      throw unusable("write to", path(), e);
    }
  }

  /** Writes the scripts that every kind of lab starts with. */
  public void writeScripts() throws LabException {
    try {
      for (String script : SCRIPTS) {
        Files.write(file(script), resource(script));
      }
    } catch (IOException e) {
      throw unusable("write to", path(), e);
    }
  }

  byte[] key() throws LabException {
    try {
      return Files.readAllBytes(file("key"));
    } catch (IOException e) {
      throw unusable("read", file("key"), e);
    }
  }

  /** What the running or last lab remembered; empty when it never came that far. */
  Optional<LabRecord> record() throws LabException {
    try {
      return Optional.of(
          Json.mapper().readValue(Files.readString(file("lab.json")), LabRecord.class));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException e) {
      throw unusable("read", file("lab.json"), e);
    }
  }

  /** Replaces the record in one step, so that a kill leaves the former or the new one. */
  void write(LabRecord record) throws LabException {
    Path whole = file("lab.json");
    Path part = file("lab.json.part");
    try {
      byte[] text = Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(record);
      Files.write(part, text);
      Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unusable("write", whole, e);
    }
  }

  /** Removes everything in the folder but the lock. */
  public void empty() throws LabException {
    try (Stream<Path> entries = Files.list(path())) {
      for (Path entry : entries.toList()) {
        if (!entry.equals(file("lock"))) {
          Trees.delete(entry);
        }
      }
    } catch (NoSuchFileException absent) {
      // Nothing to remove.
    } catch (IOException e) {
      throw unusable("remove what is in", path(), e);
    }
  }

  /** Removes the folder; the caller has the lock, and has called {@link #empty()}. */
  public void remove() throws LabException {
    try {
      Files.deleteIfExists(file("lock"));
      Files.deleteIfExists(path());
    } catch (IOException e) {
      throw unusable("remove", path(), e);
    }
  }

  /** The last lines of a log, for a sentence about a failure; empty when there are none. */
  public static String tail(Path log, int lines) {
    try {
      List<String> all =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip().lines().toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (IOException e) {
      return "(" + log + " cannot be read: " + e.getMessage() + ")";
    }
  }

  private static boolean empty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = StateFolder.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks the script " + name);
      }
      return in.readAllBytes();
    }
  }

  /** The sentence for a file of a lab that cannot be used. */
  public static LabException unusable(String verb, Path file, IOException e) {
    return LabException.failed(
        "Cannot "
            + verb
            + " "
            + file
            + ": "
            + reason(e)
            + "; make room there or set UNDERSTUDY_STATE to a folder that can be written.",
        e);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return e.getClass().getSimpleName() + (message == null ? "" : " " + message);
  }
}
