// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Makes an OCI image layout in a tar file, as skopeo would, from one folder. */
final class OciArchive {
  private static final String PREFIX = "application/vnd.oci.image.";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path layout;

  private OciArchive(Path layout) {
    this.layout = layout;
  }

  /** Builds {@code image.tar} in a work folder from the tar file of the only layer. */
  static Path make(Path work, Path layer, List<String> command) throws Exception {
    Path layout = work.resolve("layout");
    Files.createDirectories(layout.resolve("blobs/sha256"));
    OciArchive made = new OciArchive(layout);
    Map<String, Object> only = made.blob(Files.readAllBytes(layer), "layer.v1.tar");
    Map<String, Object> rootfs = Map.of("type", "layers", "diff_ids", List.of(digest(only)));
    Map<String, Object> own =
        Map.of("Cmd", command, "Env", List.of("PYTHONDONTWRITEBYTECODE=1"), "WorkingDir", "/app");
    Map<String, Object> config =
        Map.of("architecture", "amd64", "os", "linux", "config", own, "rootfs", rootfs);
    Map<String, Object> manifest =
        Map.of(
            "schemaVersion",
            2,
            "config",
            made.blob(JSON.writeValueAsBytes(config), "config.v1+json"),
            "layers",
            List.of(only));
    Map<String, Object> entry = made.blob(JSON.writeValueAsBytes(manifest), "manifest.v1+json");
    Map<String, Object> index = Map.of("schemaVersion", 2, "manifests", List.of(entry));
    Files.write(layout.resolve("index.json"), JSON.writeValueAsBytes(index));
    Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Path archive = work.resolve("image.tar");
    run(List.of("tar", "-C", layout.toString(), "-cf", archive.toString(), "."));
    return archive;
  }

  private static Object digest(Map<String, Object> descriptor) {
    return descriptor.getOrDefault("digest", "");
  }

  private Map<String, Object> blob(byte[] bytes, String kind) throws Exception {
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    Files.write(layout.resolve("blobs/sha256").resolve(hash), bytes);
    return Map.of("mediaType", PREFIX + kind, "digest", "sha256:" + hash, "size", bytes.length);
  }

  /** Runs a command that must succeed. */
  static void run(List<String> command) throws IOException, InterruptedException {
    List<String> argv = new ArrayList<>(command);
    Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(command + " failed: " + said);
    }
  }
}
