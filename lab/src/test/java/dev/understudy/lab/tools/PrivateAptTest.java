// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What apt and the loader print is read as they print it. */
class PrivateAptTest {
  @Test
  void versionsAreRead() {
    String text =
        """
              criu |    4.2.1-1 | http://deb.debian.org/debian forky/main amd64 Packages
            zlib1g | 1:1.3-3 | http://deb.debian.org/debian forky/main amd64 Packages
            zlib1g | 1:1.2-1 | http://deb.debian.org/debian forky/main amd64 Packages
        """;
    assertThat(PrivateApt.parseMadison(text))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("criu", List.of("4.2.1-1"), "zlib1g", List.of("1:1.3-3", "1:1.2-1")));
  }

  @Test
  void onlyLibrariesAreTakenFromDependencies() {
    String text = "criu\n  Depends: libc6\nlibc6\nzlib1g\nlibstdc++6\ndebconf\n<libvirtual>\n";
    assertThat(PrivateApt.parseDepends(text)).containsExactly("libc6", "libstdc++6", "zlib1g");
  }

  @Test
  void addressesAreRead() {
    String sum = "5".repeat(64);
    String text =
        "'http://m/debian/pool/z/zlib1g_1%3a1.3_amd64.deb' zlib1g_1%3a1.3_amd64.deb 90912 SHA256:"
            + sum;
    assertThat(PrivateApt.parseUris(text))
        .containsExactly(new PrivateApt.Download("zlib1g", "zlib1g_1%3a1.3_amd64.deb", 90912, sum));
  }

  @Test
  void librariesFromOutsideAreNoticed() {
    String list =
        """
        \tlinux-vdso.so.1 (0x00007f)
        \tlibm.so.6 => /c/root/usr/lib/libm.so.6 (0x00007f)
        \tlibz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f)
        \tlibq.so.1 => not found
        \t/c/root/usr/lib/ld-linux-x86-64.so.2 (0x00007f)
        """;
    assertThat(Programs.foreignLibraries(list, Path.of("/c/root")))
        .containsExactly("libz.so.1", "libq.so.1");
  }

  @Test
  void reasonsOfAptBecomeSentences() {
    Commands.Output network =
        new Commands.Output(
            100, "", "E: Failed to fetch http://m/x  Temporary failure resolving 'm'\nE: more\n");
    assertThat(ToolsException.failed("reading", network))
        .hasMessageContaining("reading failed: Failed to fetch http://m/x")
        .hasMessageContaining("check that the package mirror can be reached");
    Commands.Output disk = new Commands.Output(2, "", "write error (No space left on device)\n");
    assertThat(ToolsException.failed("unpacking", disk)).hasMessageContaining("make room");
  }
}
