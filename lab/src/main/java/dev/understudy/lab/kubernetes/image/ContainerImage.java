// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.understudy.agent.runtime.Digests;
import dev.understudy.api.control.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A container image of one layer, in the format of {@code docker save}, which containerd, CRI-O's
 * tools and Docker all load.
 *
 * @param name with its tag, as {@code lab.local/pause:1}
 * @param entrypoint what runs in it
 * @param environment variables, as {@code NAME=value}
 * @param user as {@code 1000:1000}; empty for root
 * @param files what is in it, by absolute path without the slash in front: a file, or a folder with
 *     everything in it
 */
public record ContainerImage(
    String name,
    List<String> entrypoint,
    List<String> environment,
    String user,
    Map<String, Path> files) {
  private static final List<String> FOLDERS =
      List.of("bin", "dev", "etc", "proc", "run", "sys", "var");
  private static final int EXECUTABLE = 0755;
  private static final int READABLE = 0644;
  private static final int ANYBODYS = 01777;

  public ContainerImage {
    entrypoint = List.copyOf(entrypoint);
    environment = List.copyOf(environment);
    files = Map.copyOf(files);
  }

  /** Packs it into a file, which appears whole or not at all; equal content makes equal bytes. */
  public void write(Path archive) throws IOException {
    Path layer = archive.resolveSibling(archive.getFileName() + ".layer");
    Path draft = archive.resolveSibling(archive.getFileName() + ".new");
    try {
      String digest = writeLayer(layer);
      byte[] config = json(config(digest));
      String configName = HexFormat.of().formatHex(Digests.sha256().digest(config)) + ".json";
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(draft));
          TarFile tar = new TarFile(out)) {
        tar.file(configName, READABLE, config);
        tar.file(digest + ".tar", READABLE, layer);
        tar.file("manifest.json", READABLE, json(manifest(configName, digest + ".tar")));
      }
      Files.move(
          draft, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(layer);
      Files.deleteIfExists(draft);
    }
  }

  /** The layer's SHA-256, in hex. */
  private String writeLayer(Path layer) throws IOException {
    MessageDigest digest = Digests.sha256();
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(layer));
        OutputStream out = new DigestOutputStream(file, digest);
        TarFile tar = new TarFile(out)) {
      for (String folder : FOLDERS) {
        tar.folder(folder, EXECUTABLE);
      }
      tar.folder("tmp", ANYBODYS);
      for (Map.Entry<String, Path> entry : new TreeMap<>(files).entrySet()) {
        add(tar, entry.getKey(), entry.getValue());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(TarFile tar, String name, Path content) throws IOException {
    if (Files.isSymbolicLink(content)) {
      tar.link(name, Files.readSymbolicLink(content).toString());
    } else if (Files.isDirectory(content, LinkOption.NOFOLLOW_LINKS)) {
      tar.folder(name, EXECUTABLE);
      List<Path> children;
      try (Stream<Path> listed = Files.list(content)) {
        children = listed.sorted().toList();
      }
      for (Path child : children) {
        add(tar, name + "/" + child.getFileName(), child);
      }
    } else {
      Set<PosixFilePermission> all = Files.getPosixFilePermissions(content);
      boolean runs = all.contains(PosixFilePermission.OWNER_EXECUTE);
      tar.file(name, runs ? EXECUTABLE : READABLE, content);
    }
  }

  private Map<String, Object> config(String layerDigest) {
    List<String> variables = new ArrayList<>(List.of("PATH=/usr/bin:/bin"));
    variables.addAll(environment);
    return new TreeMap<>(
        Map.of(
            "architecture",
            "amd64",
            "os",
            "linux",
            "config",
            new TreeMap<>(
                Map.of(
                    "Entrypoint", entrypoint, "Env", variables, "User", user, "WorkingDir", "/")),
            "rootfs",
            new TreeMap<>(Map.of("type", "layers", "diff_ids", List.of("sha256:" + layerDigest))),
            "history",
            List.of(Map.of("created_by", "understudy"))));
  }

  private List<Map<String, Object>> manifest(String configName, String layerName) {
    return List.of(
        new TreeMap<>(
            Map.of("Config", configName, "RepoTags", List.of(name), "Layers", List.of(layerName))));
  }

  private static byte[] json(Object document) {
    try {
      return Json.mapper().writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of ours cannot be written: " + document, e);
    }
  }
}
