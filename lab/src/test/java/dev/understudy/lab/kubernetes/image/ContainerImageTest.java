// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.lab.tools.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host's tar reads what was packed. */
class ContainerImageTest {
  @TempDir Path folder = Path.of("");

  private ContainerImage image(Map<String, Path> files) {
    return new ContainerImage(
        "lab.local/x:1", List.of("/bin/x", "-v"), List.of("A=b"), "7:8", files);
  }

  private Path program() throws IOException {
    Path tree = Files.createDirectories(folder.resolve("tree/deep"));
    Path program = Files.writeString(tree.resolve("x"), "run me");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(tree.resolve("y"), "z".repeat(1000));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("x"));
    return folder.resolve("tree");
  }

  private String tar(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("tar"));
    command.addAll(List.of(arguments));
    Commands.Output output = new Commands(folder).run(command, 20);
    assertThat(output.ok()).as(output.all()).isTrue();
    return output.out();
  }

  @Test
  void filesModesAndLinksAreInTheLayer() throws Exception {
    Path archive = folder.resolve("image.tar");
    image(Map.of("opt", program())).write(archive);
    Path out = Files.createDirectory(folder.resolve("out"));
    tar("-xf", archive.toString(), "-C", out.toString());
    String manifest = Files.readString(out.resolve("manifest.json"));
    assertThat(manifest).contains("\"RepoTags\":[\"lab.local/x:1\"]");
    String layer = manifest.replaceFirst("(?s).*\"Layers\":\\[\"([^\"]+)\".*", "$1");
    String config = manifest.replaceFirst("(?s).*\"Config\":\"([^\"]+)\".*", "$1");
    assertThat(Files.readString(out.resolve(config)))
        .contains("\"User\":\"7:8\"", "[\"/bin/x\",\"-v\"]", "A=b")
        .contains("sha256:" + layer.replace(".tar", ""));
    String list = tar("-tvf", out.resolve(layer).toString());
    assertThat(list.lines())
        .anyMatch(line -> line.startsWith("-rwxr-xr-x") && line.endsWith(" opt/deep/x"))
        .anyMatch(line -> line.startsWith("-rw-r--r--") && line.endsWith(" opt/deep/y"))
        .anyMatch(line -> line.startsWith("drwxrwxrwt") && line.endsWith(" tmp/"))
        .anyMatch(line -> line.endsWith(" opt/deep/link -> x"));
    assertThat(tar("-xOf", out.resolve(layer).toString(), "opt/deep/y")).hasSize(1000);
  }

  @Test
  void equalContentMakesEqualBytesAndNothingElseIsLeft() throws Exception {
    Path first = folder.resolve("first.tar");
    Path second = folder.resolve("second.tar");
    Path tree = program();
    image(Map.of("opt", tree, "bin/x", tree.resolve("deep/x"))).write(first);
    image(Map.of("bin/x", tree.resolve("deep/x"), "opt", tree)).write(second);
    assertThat(Files.mismatch(first, second)).isEqualTo(-1);
    try (var left = Files.list(folder)) {
      assertThat(left.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("first.tar", "second.tar", "tree");
    }
  }

  @Test
  void longNamesAreSplitAndTooLongOnesRefused() throws Exception {
    Path program = program().resolve("deep/x");
    Path archive = folder.resolve("image.tar");
    String deep = "a".repeat(90) + "/" + "b".repeat(90);
    image(Map.of(deep, program)).write(archive);
    String layer =
        tar("-tf", archive.toString())
            .lines()
            .filter(l -> l.endsWith(".tar"))
            .findFirst()
            .orElseThrow();
    tar("-xf", archive.toString(), layer);
    assertThat(tar("-tf", folder.resolve(layer).toString()).lines()).contains(deep);
    assertThatThrownBy(() -> image(Map.of("c".repeat(101), program)).write(archive))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too long");
  }
}
