// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images made by hand, honest and otherwise. */
class ImageArchiveTest {
  @TempDir Path folder;

  @BeforeEach
  void onlyRootMayGiveFilesAway() {
    assumeTrue(System.getProperty("user.name").equals("root"), "skipped: chown needs root");
  }

  @Test
  void layersWhiteoutsAndConfigurationOfAnOciLayout() throws IOException {
    byte[] lower =
        new TestTar()
            .folder("etc/")
            .file("etc/passwd", "app:x:1000:1001::/:/bin/sh\n")
            .folder("usr/")
            .folder("usr/lib/")
            .symlink("lib", "usr/lib")
            .file("etc/gone", "x")
            .folder("cache/")
            .file("cache/old", "x")
            .bytes();
    byte[] upper =
        new TestTar()
            .file("lib/new.so", "so")
            .file("etc/.wh.gone", "")
            .file("cache/new", "y")
            .file("cache/.wh..wh..opq", "")
            .entry("usr/twin", '1', "usr/lib/new.so", "", 0)
            .entry("tool", '0', "", "#!", 04755)
            .entry("dev/null", '3', "", "", 0666)
            .bytes();
    Image image = unpack(oci(List.of(lower, gzip(upper)), List.of(lower, upper)));
    assertThat(image.command()).containsExactly("/tool", "--serve");
    assertThat(image.environment()).containsEntry("A", "b=c");
    assertThat(image.workingDirectory()).isEqualTo("/srv");
    assertThat(image.uid()).isEqualTo(1000);
    assertThat(image.gid()).isEqualTo(1001);
    Path root = image.root();
    assertThat(root.resolve("usr/lib/new.so")).hasContent("so");
    assertThat(root.resolve("lib")).isSymbolicLink();
    assertThat(root.resolve("etc/gone")).doesNotExist();
    assertThat(root.resolve("cache/old")).doesNotExist();
    assertThat(root.resolve("cache/new")).hasContent("y");
    assertThat(root.resolve("dev/null")).doesNotExist();
    assertThat(Files.getAttribute(root.resolve("usr/twin"), "unix:nlink")).isEqualTo(2);
    assertThat((int) Files.getAttribute(root.resolve("tool"), "unix:mode") & 07777)
        .isEqualTo(04755);
    assertThat(unpack(oci(List.of(lower, gzip(upper)), List.of(lower, upper)))).isEqualTo(image);
  }

  @Test
  void whatDockerSaves() throws IOException {
    byte[] layer = new TestTar().file("hello", "world").bytes();
    Image image = unpack(docker(layer));
    assertThat(image.root().resolve("hello")).hasContent("world");
  }

  @Test
  void compressedArchivesAreTakenAsTheyAre() throws IOException {
    byte[] archive = docker(new TestTar().file("hello", "world").bytes());
    Image image = unpack(gzip(archive));
    assertThat(image).isEqualTo(unpack(archive));
    assertThat(image.root().resolve("hello")).hasContent("world");
    try (Stream<Path> left = Files.list(folder.resolve("images"))) {
      assertThat(left).containsExactly(image.root().getParent());
    }
    badArchive(Arrays.copyOf(gzip(archive), 200), "cannot be used as an image: Unexpected end");
  }

  @Test
  void anEndTooEarlyIsNamed() throws IOException {
    byte[] archive = docker(new TestTar().file("hello", "world".repeat(1000)).bytes());
    badArchive(Arrays.copyOf(archive, 700), "the archive ends in the middle of a");
    badArchive(Arrays.copyOf(archive, archive.length / 2), "the archive ends in the middle of a");
  }

  @Test
  void manifestsOfAnotherShapeAreRefused() throws IOException {
    badArchive(new TestTar().file("manifest.json", "{}").bytes(), "is not a list");
    badArchive(new TestTar().file("manifest.json", "[{}]").bytes(), "names no configuration");
    badArchive(
        new TestTar()
            .file("c", "{}")
            .file("manifest.json", "[{\"Config\":\"c\",\"Layers\":[]}]")
            .bytes(),
        "does not say for which architecture");
  }

  @Test
  void nothingLeadsOut() throws IOException {
    refused(new TestTar().file("../escaped", "x"), "leads out of the image");
    refused(new TestTar().file("a/../../escaped", "x"), "leads out of the image");
    refused(new TestTar().entry("twin", '1', "../../../etc/passwd", "", 0), "leads out");
    refused(new TestTar().entry("twin", '1', "/etc/passwd", "", 0), "which is no file");
    refused(new TestTar().entry("disk", '4', "", "", 0600), "device node");
    refused(new TestTar().entry("odd", 'Z', "", "", 0600), "unknown kind");
    refused(new TestTar().symlink("a", "b").symlink("b", "a").file("a/x", ""), "too many symbolic");
    byte[] through =
        new TestTar()
            .symlink("out", "/")
            .symlink("up", "../../..")
            .file("out/x", "1")
            .file("up/y", "2")
            .bytes();
    Image image = unpack(docker(through));
    assertThat(image.root().resolve("x")).hasContent("1");
    assertThat(image.root().resolve("y")).hasContent("2");
    assertThat(Path.of("/x")).doesNotExist();
  }

  @Test
  void damagedOrForeignArchivesAreRefusedInOneSentence() throws IOException {
    byte[] layer = new TestTar().file("hello", "world").bytes();
    byte[] other = new TestTar().file("hello", "earth").bytes();
    badArchive(oci(List.of(other), List.of(layer)), "layer 0 is damaged");
    badArchive("no tar at all".repeat(100).getBytes(StandardCharsets.UTF_8), "not a tar archive");
    badArchive(new TestTar().file("x", "y").bytes(), "without index.json or manifest.json");
    badArchive(new TestTar().file("manifest.json", "{").bytes(), "is not JSON");
    badArchive(
        new TestTar().file("manifest.json", "[{\"Config\":\"c\",\"Layers\":[]}]").bytes(),
        "its entry c is missing");
    assertThatThrownBy(() -> ImageArchive.unpack(folder.resolve("none"), folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no such file");
  }

  private void refused(TestTar layer, String why) throws IOException {
    badArchive(docker(layer.bytes()), why);
  }

  private void badArchive(byte[] archive, String why) throws IOException {
    assertThatThrownBy(() -> unpack(archive))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);
    Path images = folder.resolve("images");
    if (Files.exists(images)) {
      try (Stream<Path> left = Files.list(images)) {
        assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith("partial"));
      }
    }
  }

  private Image unpack(byte[] archive) throws IOException {
    Path file = Files.write(folder.resolve("image.tar"), archive);
    return ImageArchive.unpack(file, folder.resolve("images"));
  }

  private static byte[] docker(byte[] layer) {
    String config = config(List.of(layer));
    return new TestTar()
        .file("config.json", config)
        .entry("layer.tar", '0', "", new String(layer, StandardCharsets.UTF_8), 0644)
        .file("manifest.json", "[{\"Config\":\"config.json\",\"Layers\":[\"layer.tar\"]}]")
        .bytes();
  }

  /** Layers as they lie in the archive, and as their configuration describes them unpacked. */
  private static byte[] oci(List<byte[]> layers, List<byte[]> plain) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<String> described = new ArrayList<>();
    for (byte[] layer : layers) {
      String digest = Digests.of(layer);
      described.add("{\"digest\":\"" + digest + "\"}");
      all.writeBytes(blob(digest, layer));
    }
    byte[] config = config(plain).getBytes(StandardCharsets.UTF_8);
    all.writeBytes(blob(Digests.of(config), config));
    byte[] manifest =
        ("{\"config\":{\"digest\":\"" + Digests.of(config) + "\"},\"layers\":[")
            .concat(String.join(",", described) + "]}")
            .getBytes(StandardCharsets.UTF_8);
    all.writeBytes(blob(Digests.of(manifest), manifest));
    String index = "{\"manifests\":[{\"digest\":\"" + Digests.of(manifest) + "\"}]}";
    all.writeBytes(new TestTar().file("index.json", index).bytes());
    return all.toByteArray();
  }

  /** A whole archive of one binary entry, without the end marker. */
  private static byte[] blob(String digest, byte[] contents) {
    byte[] named =
        new TestTar()
            .file("blobs/sha256/" + digest.substring(7), "x".repeat(contents.length))
            .bytes();
    System.arraycopy(contents, 0, named, 512, contents.length);
    return Arrays.copyOf(named, named.length - 1024);
  }

  private static String config(List<byte[]> layers) {
    List<String> ids = layers.stream().map(layer -> "\"" + Digests.of(layer) + "\"").toList();
    return "{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":{\"User\":\"%s\","
            .formatted(Architecture.ours(), layers.size() > 1 ? "app" : "")
        + "\"Env\":[\"A=b=c\"],\"Entrypoint\":[\"/tool\"],\"Cmd\":[\"--serve\"],"
        + "\"WorkingDir\":\"/srv\"},\"rootfs\":{\"diff_ids\":["
        + String.join(",", ids)
        + "]}}";
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }
}
