// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a main class of the tests as the lab runs an agent: in mount, PID, network, UTS, IPC and
 * time namespaces of its own, whose end takes everything away. Only cgroups stay, and are removed
 * here.
 */
final class TestNode {
  private static final long LIMIT_SECONDS = 120;

  /** The first process stays a shell: it reaps what restored trees leave behind. */
  private static final String SET_UP =
      """
      mount --make-rprivate /
      mount -t proc proc /proc
      mount -t tmpfs tmpfs /run
      mkdir -p /run/us/memory
      ulimit -Hn > /run/us/nr_open
      mount --bind /run/us/nr_open /proc/sys/fs/nr_open
      if [ -d /sys/fs/cgroup/memory ]; then
        mount --bind /sys/fs/cgroup/memory /run/us/memory
        umount -l /sys/fs/cgroup
        mount -t cgroup2 none /sys/fs/cgroup
        echo v1 > /run/us/kind
      else
        echo v2 > /run/us/kind
      fi
      "$@"
      """;

  private TestNode() {}

  /** The folder with criu and runc, or a skipped test that says why. */
  static Path tools() {
    String named =
        Optional.ofNullable(System.getProperty("UNDERSTUDY_TEST_TOOLS"))
            .or(() -> Optional.ofNullable(System.getenv("UNDERSTUDY_TEST_TOOLS")))
            .orElse("");
    assumeTrue(
        !named.isEmpty() && Files.isExecutable(Path.of(named, "criu")),
        "skipped: UNDERSTUDY_TEST_TOOLS names no folder with criu and runc");
    assumeTrue(System.getProperty("user.name").equals("root"), "skipped: namespaces need root");
    return Path.of(named);
  }

  /** Runs it and passes its output on; fails unless it ends with status 0. */
  static void run(Class<?> main, String... arguments) throws IOException, InterruptedException {
    Path tools = tools();
    String group = "understudy-test-" + ProcessHandle.current().pid();
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of("unshare", "-m", "-u", "-i", "-n", "-p", "-f", "--kill-child"));
    argv.addAll(List.of("--time", "--boottime", "100000", "--monotonic", "100000"));
    argv.addAll(List.of("sh", "-ec", SET_UP, "node"));
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx128m", "-cp"));
    argv.add(System.getProperty("java.class.path"));
    argv.add(main.getName());
    argv.addAll(List.of(tools.toString(), group));
    argv.addAll(List.of(arguments));
    Path output = Files.createTempFile("understudy-node-", ".txt");
    Process node =
        new ProcessBuilder(argv)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = node.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      node.destroyForcibly().waitFor();
    }
    String said = Files.readString(output);
    System.out.println(said);
    Files.delete(output);
    removeGroups(group);
    assertThat(ended).as("ends within %s s:%n%s", LIMIT_SECONDS, said).isTrue();
    assertThat(node.exitValue()).as(said).isZero();
  }

  private static void removeGroups(String group) throws IOException {
    for (String at : List.of("/sys/fs/cgroup/memory", "/sys/fs/cgroup/unified", "/sys/fs/cgroup")) {
      Path root = Path.of(at, group);
      if (Files.isDirectory(root)) {
        try (Stream<Path> walk = Files.walk(root)) {
          for (Path path :
              walk.filter(Files::isDirectory)
                  .sorted(java.util.Comparator.reverseOrder())
                  .toList()) {
            Files.delete(path);
          }
        }
      }
    }
  }
}
