// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.LabException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Commands that run a command somewhere else, in this one's place. */
@Command(
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "N:that of the command, 128 + N when signal N ended it",
      "1:it could not be run",
      "2:wrong use, or no such lab or node",
    })
abstract class RunThere implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  /** What to run, as picocli hands it over. */
  abstract List<String> command();

  /** The command line that gets there. */
  abstract List<String> full(List<String> bare) throws LabException;

  @Override
  public Integer call() throws Exception {
    List<String> bare = Foreground.withoutMark(command());
    if (bare.isEmpty()) {
      throw new CommandLine.ParameterException(spec.commandLine(), "Which command to run?");
    }
    return Foreground.run(full(bare));
  }
}
