// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageSourceTest {
  @TempDir Path etc = Path.of("");

  private PackageSource mirror() throws ToolsException {
    return PackageSource.ofHost(etc, Map.of());
  }

  private void write(String name, String text) throws IOException {
    Path file = etc.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, text);
  }

  @Test
  void theListsFirstDebianArchiveIsTaken() throws Exception {
    write(
        "sources.list",
        """
        # deb http://commented.example/debian sid main
        deb-src http://source.example/debian sid main
        deb http://security.example/debian-security trixie-security main
        deb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian/ trixie main
        """);
    assertThat(mirror().uri()).isEqualTo("https://mirror.example/debian");
  }

  @Test
  void deb822StanzasAreRead() throws Exception {
    write(
        "sources.list.d/a.sources",
        """
        Types: deb
        URIs: http://off.example/debian
        Suites: sid
        Enabled: no

        Types: deb
        # comment
        URIs: https://third.example/node
        Suites: x

        Types: deb deb-src
        URIs:
         http://mirror.example/debian
        Suites: trixie
        """);
    assertThat(mirror().uri()).isEqualTo("http://mirror.example/debian");
  }

  @Test
  void disabledFilesAndForeignArchivesAreNoMirrors() throws Exception {
    write("sources.list", "deb http://archive.ubuntu.com/ubuntu noble main\n");
    write("sources.list.d/b.list.save", "deb http://saved.example/debian sid main\n");
    write("sources.list.d/c.list", "deb cdrom:[x]/debian sid main\n");
    assertThat(mirror().uri()).isEqualTo(PackageSource.PUBLIC);
    assertThat(mirror().origin()).contains("no Debian mirror in");
  }

  @Test
  void theUsersWordCountsFirst() throws Exception {
    write("sources.list", "deb http://mirror.example/debian sid main\n");
    Map<String, String> environment = Map.of("UNDERSTUDY_DEBIAN_MIRROR", "http://own.example/d/");
    assertThat(PackageSource.ofHost(etc, environment).uri()).isEqualTo("http://own.example/d");
  }

  @Test
  void theCacheFolderFollowsTheEnvironment() throws Exception {
    assertThat(CacheFolder.locate(Map.of("UNDERSTUDY_CACHE", "/c", "HOME", "/h"), "/u"))
        .isEqualTo(Path.of("/c"));
    assertThat(CacheFolder.locate(Map.of("XDG_CACHE_HOME", "/x", "HOME", "/h"), "/u"))
        .isEqualTo(Path.of("/x/understudy"));
    assertThat(CacheFolder.locate(Map.of("XDG_CACHE_HOME", "x", "HOME", "/h"), "/u"))
        .isEqualTo(Path.of("/h/.cache/understudy"));
    assertThat(CacheFolder.locate(Map.of(), "/u")).isEqualTo(Path.of("/u/.cache/understudy"));
    assertThatThrownBy(() -> CacheFolder.locate(Map.of("UNDERSTUDY_CACHE", "/a:b"), "/u"))
        .hasMessageContaining("set UNDERSTUDY_CACHE to a plain path");
  }
}
