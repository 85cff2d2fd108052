// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.lab.cluster.FaultKind;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.AutoComplete;
import picocli.CommandLine;

class FaultCommandsTest {
  private static String run(int status, String line) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(line.strip().split(" +"));
    assertThat(code).as(err::toString).isEqualTo(status);
    return out.toString() + err;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "meteor a                    | KIND must be one of crash, isolate, partition, deaf, mute,",
        "crash                       | Missing required parameter: 'NODE'",
        "crash a a                   | a node is named twice: a a",
        "crash a --for 1ms           | --for must be a time from 10ms to 10m",
        "crash a --for 11m           | --for must be a time from 10ms to 10m",
        "kill-agent a --for 1s       | --for has no meaning for kill-agent",
        "crash a --peer b            | --peer has a meaning for deaf and mute only, not for crash",
        "deaf a --peer a             | --peer must be another node than a",
        "deaf a --percent 5          | --percent has a meaning for loss only, not for deaf",
        "loss a --percent 0          | --percent must be from 1 to 100, not 0",
        "loss a --percent 101        | --percent must be from 1 to 100, not 101",
        "loss a --delay 1ms-2ms      | --delay has a meaning for delay only, not for loss",
        "loss a --seed 3             | --seed has a meaning for delay only, not for loss",
        "delay a --delay 5ms         | --delay must be two times up to 5s, as 0ms-10ms, not 5ms",
        "delay a --delay 9ms-1ms     | --delay must be two times up to 5s, as 0ms-10ms, not 9ms",
        "delay a --delay 1s-6s       | --delay must be two times up to 5s, as 0ms-10ms, not 1s",
      })
  void faultRefuses(String arguments, String sentence) {
    assertThat(run(2, "lab fault " + arguments)).startsWith("understudy: " + sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lab restart-agent             | Missing required parameter: 'NODE'",
        "lab restart-agent a --lease 1 | --lease is 1; write 2 to 60 seconds.",
        "lab restart-agent a --lease 61 | --lease is 61; write 2 to 60 seconds.",
        "lab fence count               | Missing required parameter: 'NODE'",
        "explain                       | Missing required parameter: 'WORKLOAD'",
        "watch count --for -1          | --for is -1; write a number of seconds.",
      })
  void othersRefuse(String arguments, String sentence) {
    assertThat(run(2, arguments)).startsWith("understudy: " + sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--faults 0        | --faults must be from 1 to 100000, not 0",
        "--faults many     | Invalid value for option '--faults'",
      })
  void chaosRefuses(String arguments, String sentence) {
    assertThat(run(2, "lab chaos " + arguments)).startsWith("understudy: " + sentence);
  }

  @Test
  void helpAndCompletionNameEveryKind() {
    String help = run(0, "lab fault --help");
    CommandLine root =
        Main.commandLine(
            new PrintWriter(new StringWriter(), true), new PrintWriter(new StringWriter(), true));
    String completion = AutoComplete.bash("understudy", root);
    for (FaultKind kind : FaultKind.values()) {
      assertThat(help).contains("  " + kind.text());
      assertThat(completion).contains(kind.text());
    }
  }
}
