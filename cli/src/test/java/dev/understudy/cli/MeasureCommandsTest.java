// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input of demo and bench is refused with a sentence before anything starts. */
class MeasureCommandsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--profile slow            | --profile must be one of standard, fast, relaxed, wide, not s",
        "--interval 1ms            | --interval must be a time from 50ms to 60m",
        "--interval soon           | --interval must be a time from 50ms to 60m",
        "--memory 4MiB             | --memory must be a size of at least 8MiB",
        "--memory lots             | --memory must be a size of at least 8MiB",
        "--memory 99999GiB         | --memory must be at most 3GiB",
        "--seed x                  | Invalid value for option '--seed'",
        "--wrong                   | Unknown option: '--wrong'"
      })
  void bothRefuse(String arguments, String sentence) {
    assertThat(refusal("demo", arguments)).startsWith("understudy: " + sentence);
    assertThat(refusal("bench", arguments)).startsWith("understudy: " + sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--fault meteor            | --fault must be node-crash, not meteor",
        "--strategy luck           | --strategy must be mirror or state, not luck",
        "--runs 0                  | --runs must be from 1 to 100000, not 0",
        "--memory 8MiB,1MiB        | --memory must be a size of at least 8MiB",
        "--memory 8MiB,,           | --memory must be a size of at least 8MiB"
      })
  void benchRefuses(String arguments, String sentence) {
    assertThat(refusal("bench", arguments)).startsWith("understudy: " + sentence);
  }

  private static String refusal(String command, String arguments) {
    StringWriter errors = new StringWriter();
    PrintWriter nothing = new PrintWriter(new StringWriter());
    int status =
        Main.commandLine(nothing, new PrintWriter(errors, true))
            .execute((command + " " + arguments.strip()).split(" +"));
    assertThat(status).isEqualTo(2);
    return errors.toString();
  }
}
