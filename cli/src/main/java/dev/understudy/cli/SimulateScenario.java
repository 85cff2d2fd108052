// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.simulator.scenario.Scenario;
import dev.understudy.simulator.scenario.ScenarioException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** {@code simulate --scenario}: plays one story and compares it to what its file says. */
final class SimulateScenario {
  private SimulateScenario() {}

  static int play(Path file, Terminal terminal) {
    String said;
    try {
      said = Files.readString(file);
    } catch (IOException e) {
      String why = e instanceof NoSuchFileException ? "there is no such file" : e.toString();
      terminal.err().println("understudy: cannot read " + file + ": " + why);
      return Failures.BAD_INPUT;
    }
    String played;
    try {
      played = Scenario.parse(said).played().text();
    } catch (ScenarioException e) {
      terminal.err().println("understudy: " + file + ", " + e.getMessage());
      return Failures.FAILED;
    }
    List<String> is = played.lines().toList();
    is.forEach(terminal::line);
    List<String> was = said.lines().toList();
    for (int i = 0; i < Math.max(is.size(), was.size()); i++) {
      if (i >= is.size() || i >= was.size() || !is.get(i).equals(was.get(i))) {
        String expected = i < was.size() ? was.get(i) : "nothing";
        terminal
            .err()
            .println(
                "understudy: " + file + " says otherwise in line " + (i + 1) + ": " + expected);
        return Failures.FAILED;
      }
    }
    return 0;
  }
}
