// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** How an agent's virtual machine is started. */
public final class AgentProgram {
  /** The agent's own main class. */
  public static final String MAIN = "dev.understudy.agent.AgentMain";

  /** What runs at every beat, or over every byte of a generation: worth compiling well at once. */
  private static final List<String> HOT =
      List.of(
          "dev.understudy.core.*",
          "dev.understudy.agent.duty.*",
          "dev.understudy.agent.linux.*",
          "dev.understudy.agent.wire.*",
          "sun.security.provider.*",
          "com.sun.crypto.provider.*");

  /**
   * The serial collector: an agent keeps little and throws away little, so that its pauses stay
   * below a millisecond or two, and it has no concurrent threads for which the duty cycle would
   * have to wait while they are not scheduled. The limit of a compilation's memory is what keeps an
   * agent small: two or three large methods would take 45 MB for a moment, which the allocator
   * never gives back.
   */
  private static final List<String> AGENT_VM =
      Stream.concat(
              Stream.of(
                  "-XX:+UseSerialGC",
                  "-Xms32m",
                  "-Xmx32m",
                  "-Xmn6m",
                  "-Xss512k",
                  "-XX:MetaspaceSize=64m",
                  "-XX:ReservedCodeCacheSize=24m",
                  "-XX:-UsePerfData",
                  "-XX:CompileCommand=quiet",
                  "-XX:CompileCommand=MemLimit,*.*,32M~stop"),
              HOT.stream().map("-XX:CompileCommand=CompileThresholdScaling,%s::*,0.2"::formatted))
          .toList();

  private AgentProgram() {}

  /** The command line up to the agent's own options. */
  public static List<String> command(List<String> main) {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    all.addAll(AGENT_VM);
    all.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath()));
    all.addAll(main);
    return all;
  }

  /** The running command's own class path: the agents run the same build. */
  private static String classPath() {
    return String.join(
        ":",
        Arrays.stream(System.getProperty("java.class.path").split(":", -1))
            .filter(entry -> !entry.isEmpty())
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }
}
