// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code understudy completion}. */
@Command(
    name = "completion",
    description = {
      "Print a script that completes commands and options in a shell.",
      "Use it so: source <(understudy completion bash)"
    })
final class CompletionCommand implements Runnable {
  /** The shells that it is made for; zsh reads bash's by bashcompinit. */
  enum Shell {
    BASH
  }

  @Parameters(index = "0", paramLabel = "SHELL", description = "The shell: bash.")
  Shell shell = Shell.BASH;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    CommandLine root = spec.root().commandLine();
    spec.commandLine().getOut().print(AutoComplete.bash("understudy", root));
    spec.commandLine().getOut().flush();
  }
}
