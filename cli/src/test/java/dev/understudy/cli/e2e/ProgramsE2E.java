// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.api.control.NodeEvent;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that were not made for this go on with their state on another node. */
class ProgramsE2E {
  private static final String WORDS_FILE = "/keep-words.txt";

  @TempDir Path folder = Path.of("");

  /** One workload, as the lines of its entry in the file. */
  private static String workload(String name, int port, String memory, List<String> more) {
    List<String> lines = new ArrayList<>();
    lines.add("- name: " + name);
    lines.add("  port: " + port);
    lines.add("  address: 10.77.0.100");
    lines.add("  memory: " + memory);
    more.forEach(line -> lines.add("  " + line));
    return String.join("\n", lines) + "\n";
  }

  private static String command(String... words) {
    return "command: ["
        + List.of(words).stream().map(w -> '"' + w + '"').collect(Collectors.joining(", "))
        + "]";
  }

  private static Path resource(String name) throws Exception {
    Path copy = Host.folder("programs").resolve(name);
    try (InputStream in = Objects.requireNonNull(ProgramsE2E.class.getResourceAsStream(name))) {
      Files.write(copy, in.readAllBytes());
    }
    return copy;
  }

  /**
   * Crashes the node that is active, and checks that the other one woke a copy. How often the
   * program was started before it was protected depends on how busy the machine is; afterwards
   * nobody may start it again.
   */
  private static void crashActive(TestLab lab, String workload) throws Exception {
    String former = lab.awaitProtected(workload);
    List<NodeEvent> before = startsElsewhere(lab, workload, former);
    lab.lab.crash(former);
    lab.await(
        "another active", () -> lab.actives(workload).stream().anyMatch(n -> !n.equals(former)));
    assertThat(startsElsewhere(lab, workload, former)).as(lab.evidence()).isEqualTo(before);
    assertThat(lab.events(workload, NodeEvent.WOKEN)).as(lab.evidence()).isNotEmpty();
  }

  private static List<NodeEvent> startsElsewhere(TestLab lab, String workload, String former)
      throws Exception {
    return lab.events(workload, NodeEvent.STARTED).stream()
        .filter(e -> !e.node().equals(former))
        .toList();
  }

  /** On a busy machine a failover may come in between, which takes the program back before this. */
  private static boolean keptAndCopied(TestLab lab) throws Exception {
    for (String word : List.of("alpha", "beta")) {
      if (!lab.awaitAnswer("keep", "/").contains(word)) {
        assertThat(lab.get("keep", "/put/" + word)).endsWith(word);
      }
    }
    lab.awaitCopyOfNow("keep");
    return lab.awaitAnswer("keep", "/").equals("alpha beta");
  }

  /** What the programs keep.py, keep.js and Keep.java have in common. */
  private static void keepsWords(TestLab lab) throws Exception {
    lab.awaitProtected("keep");
    lab.await("the words kept and copied", () -> keptAndCopied(lab));
    crashActive(lab, "keep");
    assertThat(lab.awaitAnswer("keep", "/")).isEqualTo("alpha beta");
    assertThat(lab.get("keep", "/file")).isEqualTo("alpha beta");
    assertThat(lab.get("keep", "/put/gamma")).isEqualTo("alpha beta gamma");
    assertThat(lab.get("keep", "/file")).isEqualTo("alpha beta gamma");
    lab.awaitProtected("keep");
    assertThat(Path.of(WORDS_FILE)).as("the machine's own root").doesNotExist();
  }

  @Test
  void redisKeepsKeysThatItNeverWroteToADisk() throws Exception {
    Tools tools = Host.tools(ToolGroup.BASE, ToolGroup.REDIS);
    String command =
        command(tools.redisServer().toString(), "--port", "6379", "--save", "", "--protected-mode")
            .replace("]", ", \"no\"]");
    String file = TestLab.relaxed("e2e-redis", workload("redis", 6379, "128MiB", List.of(command)));
    try (TestLab lab = TestLab.up(folder, tools, file)) {
      lab.awaitProtected("redis");
      lab.await("an answer", () -> answersPing(lab));
      lab.await("the keys kept and copied", () -> keysKeptAndCopied(lab));
      assertThat(lab.talk("redis", "CONFIG GET save\r\nQUIT\r\n")).contains("$0\r\n\r\n");
      crashActive(lab, "redis");
      lab.await("an answer", () -> answersPing(lab));
      assertThat(lab.talk("redis", "DBSIZE\r\nQUIT\r\n")).startsWith(":100\r\n");
      for (int i = 0; i < 100; i++) {
        String value = "value" + i;
        assertThat(lab.talk("redis", "GET key" + i + "\r\nQUIT\r\n"))
            .startsWith("$" + value.length() + "\r\n" + value + "\r\n");
      }
    }
  }

  private static boolean keysKeptAndCopied(TestLab lab) throws Exception {
    for (int i = 0; i < 100; i++) {
      assertThat(lab.talk("redis", "SET key" + i + " value" + i + "\r\nQUIT\r\n"))
          .startsWith("+OK");
    }
    lab.awaitCopyOfNow("redis");
    lab.await("an answer", () -> answersPing(lab));
    return lab.talk("redis", "DBSIZE\r\nQUIT\r\n").startsWith(":100\r\n");
  }

  private static boolean answersPing(TestLab lab) throws Exception {
    try {
      return lab.talk("redis", "PING\r\nQUIT\r\n").startsWith("+PONG");
    } catch (java.io.IOException silence) {
      return false;
    }
  }

  @Test
  void pythonKeepsItsThreadsItsWordsAndItsFile() throws Exception {
    Tools tools = Host.tools(ToolGroup.BASE, ToolGroup.PYTHON);
    List<String> lines =
        List.of(
            command(tools.python().toString(), "-B", resource("keep.py").toString()),
            "environment: { PYTHONHOME: " + tools.pythonHome() + " }");
    String file = TestLab.relaxed("e2e-python", workload("keep", 8080, "128MiB", lines));
    try (TestLab lab = TestLab.up(folder, tools, file)) {
      lab.awaitProtected("keep");
      assertThat(lab.awaitAnswer("keep", "/")).isEmpty();
      List<Integer> before = threads(lab);
      keepsWords(lab);
      List<Integer> after = threads(lab);
      lab.await("every thread counts on", () -> isBelow(after, threads(lab)));
      assertThat(isBelow(before, after)).as("%s, %s", before, after).isTrue();
    }
  }

  private static List<Integer> threads(TestLab lab) throws Exception {
    return List.of(lab.get("keep", "/threads").split(" ", -1)).stream()
        .map(Integer::valueOf)
        .toList();
  }

  private static boolean isBelow(List<Integer> some, List<Integer> others) {
    for (int i = 0; i < some.size(); i++) {
      if (some.get(i) >= others.get(i)) {
        return false;
      }
    }
    return some.size() == 4;
  }

  @Test
  void nodeJsKeepsItsWords() throws Exception {
    Optional<Path> node = Host.program("node");
    assumeTrue(node.isPresent(), "there is no Node.js on this machine's PATH");
    Tools tools = Host.tools(ToolGroup.BASE);
    String command = command(node.orElseThrow().toString(), resource("keep.js").toString());
    String file = TestLab.relaxed("e2e-node", workload("keep", 8080, "512MiB", List.of(command)));
    try (TestLab lab = TestLab.up(folder, tools, file)) {
      keepsWords(lab);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:+UseSerialGC", "-XX:+UseZGC"})
  void javaKeepsItsHeap(String collector) throws Exception {
    Tools tools = Host.tools(ToolGroup.BASE);
    Path classes = Host.folder("programs");
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), resource("Keep.java").toString());
    assertThat(compiled).isZero();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toRealPath().toString();
    String command = command(java, "-Xmx64m", collector, "-cp", classes.toString(), "Keep");
    String file = TestLab.relaxed("e2e-java", workload("keep", 8080, "512MiB", List.of(command)));
    try (TestLab lab = TestLab.up(folder, tools, file)) {
      keepsWords(lab);
    }
  }

  @Test
  void imageBringsItsOwnRootAndCommand() throws Exception {
    Tools tools = Host.tools(ToolGroup.BASE, ToolGroup.PYTHON);
    Path work = Files.createDirectory(folder.resolve("work"));
    Path app = Files.createDirectories(work.resolve("extra/app"));
    Files.copy(resource("keep.py"), app.resolve("keep.py"));
    Files.createSymbolicLink(work.resolve("extra/lib64"), Path.of("usr/lib64"));
    Path layer = work.resolve("layer.tar");
    String pack =
        "tar -cf \"$1\" --exclude=__pycache__ -C \"$2\" usr/bin/python3.13 usr/lib/python3.13"
            + " usr/lib64 usr/lib/x86_64-linux-gnu"
            + " && tar -rf \"$1\" -C \"$3\" app lib64";
    OciArchive.run(
        List.of(
            "sh",
            "-ec",
            pack,
            "pack",
            layer.toString(),
            tools.rootFolder().toString(),
            work.resolve("extra").toString()));
    Path image = OciArchive.make(work, layer, List.of("/usr/bin/python3.13", "-B", "/app/keep.py"));
    String root = "root: { image: " + image + " }";
    String file = TestLab.relaxed("e2e-image", workload("keep", 8080, "128MiB", List.of(root)));
    try (TestLab lab = TestLab.up(folder, tools, file)) {
      keepsWords(lab);
    }
  }
}
