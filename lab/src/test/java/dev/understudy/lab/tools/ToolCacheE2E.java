// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetches real packages from the host's mirror into a folder of the test. */
class ToolCacheE2E {
  private static PackageSource mirror = new PackageSource(PackageSource.PUBLIC, "");

  @TempDir Path folder = Path.of("");
  private final List<String> progress = new ArrayList<>();

  @BeforeAll
  static void reachMirror() throws Exception {
    assumeTrue(HostPrograms.find("apt-get").isPresent(), "there is no apt-get on this host");
    mirror = PackageSource.ofHost(Path.of("/etc/apt"), System.getenv());
    URI index = URI.create(mirror.uri() + "/dists/" + PinFile.bundled().suite() + "/InRelease");
    assumeTrue(answers(index), "the package mirror cannot be reached: " + mirror.uri());
  }

  private static boolean answers(URI uri) {
    try {
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setRequestMethod("HEAD");
      connection.setConnectTimeout(10_000);
      connection.setReadTimeout(10_000);
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException _) {
      return false;
    }
  }

  private ToolCache cache(PinFile pins) {
    return new ToolCache(pins, folder, Optional.of(mirror), progress::add);
  }

  @Test
  void fetchedProgramsRunAndAreFetchedOnce() throws Exception {
    ToolCache cache = cache(PinFile.bundled());
    assertThat(cache.ready(ToolGroup.BASE)).isEmpty();
    Tools tools = cache.provide(ToolGroup.BASE);
    Commands.Output criu = new Commands(folder).run(List.of(tools.criu() + "", "--version"), 10);
    assertThat(criu.out()).contains("Version: " + tools.versions().get("criu"));

    progress.clear();
    assertThat(cache.provide(ToolGroup.BASE)).isEqualTo(tools);
    assertThat(progress).isEmpty();

    Tools more = cache.provide(ToolGroup.PYTHON, ToolGroup.REDIS);
    assertThat(more.versions()).containsKeys("criu", "runc", "python3.13", "redis-server");
    assertThat(progress).noneMatch(line -> line.contains("criu"));

    Files.write(tools.criu(), new byte[] {1, 2, 3});
    assertThat(cache.provide(ToolGroup.BASE)).isEqualTo(tools);
    assertThat(progress).contains("criu is damaged in " + cache.home() + ": fetching it again");
    assertThat(new Commands(folder).run(List.of(tools.criu() + "", "--version"), 10).ok()).isTrue();
  }

  @Test
  void whenPinnedVersionsAreGoneThePresentOnesAreTakenAndSaid() throws Exception {
    Tools tools = cache(oldPins()).provide(ToolGroup.BASE);
    assertThat(tools.versions()).containsKeys("criu", "runc");
    assertThat(progress)
        .anyMatch(line -> line.startsWith("Debian forky has moved past criu 4.2-0, runc 1.0-0"));
  }

  private static PinFile oldPins() throws ToolsException {
    return PinFile.parse(
        "suite forky\nminimum criu 4.2\ngroup base\n"
            + ("program criu 4.2-0 " + "a".repeat(64) + "\n")
            + ("program runc 1.0-0 " + "a".repeat(64) + "\n")
            + ("library libc6 2.0-0 " + "a".repeat(64) + "\n")
            + ("library libgone1 1 " + "a".repeat(64) + "\n")
            + ("group python\nlibrary libc6 2.0-0 " + "a".repeat(64) + "\n")
            + ("group redis\nlibrary libc6 2.0-0 " + "a".repeat(64) + "\n")
            + ("group kubernetes\nlibrary libc6 2.0-0 " + "a".repeat(64) + "\n")
            + ("group go\nlibrary libc6 2.0-0 " + "a".repeat(64) + "\n"));
  }

  @Test
  void anotherContentThanPinnedIsRefused() {
    PinFile pins = PinFile.bundled();
    PinFile.Entry criu = pins.entries(ToolGroup.BASE).getFirst();
    PinFile.Pin wrong = new PinFile.Pin(criu.alternates().getFirst().version(), "0".repeat(64));
    PinFile changed =
        new PinFile(
            pins.suite(),
            Map.of(),
            Map.of(
                "base", List.of(new PinFile.Entry("criu", true, List.of(wrong))),
                "python", List.of(),
                "redis", List.of(),
                "kubernetes", List.of(),
                "go", List.of()),
            "wrong");
    assertThatThrownBy(() -> cache(changed).provide(ToolGroup.BASE))
        .isInstanceOf(ToolsException.class)
        .hasMessageContaining("the checksum of criu=" + wrong.version() + " is wrong");
  }
}
