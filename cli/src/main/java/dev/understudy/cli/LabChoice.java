// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.cluster.LabOptions;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The option that says which lab is meant, when several run. */
final class LabChoice {
  @Option(
      names = "--lab",
      paramLabel = "NAME",
      description = "Which lab; not needed when only one runs.")
  @Nullable String name;

  @Spec(Target.MIXEE)
  CommandSpec spec = CommandSpec.create();

  /** The lab that is meant, to look at it. */
  Lab open() throws LabException {
    return Lab.attach(root(), chosenOfRunning());
  }

  /** The lab that is meant, to change it. */
  Lab openToChange() throws LabException {
    return Lab.attachToChange(root(), chosenOfRunning());
  }

  private String chosenOfRunning() throws LabException {
    return chosen(name == null ? Lab.running(root()) : List.of());
  }

  /** The name that was given, or the only one there is. */
  String chosen(List<String> candidates) {
    if (name != null) {
      return name;
    }
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        candidates.isEmpty()
            ? "No lab runs; start one with \"understudy lab up -f FILE\"."
            : "Several labs run: choose one of "
                + String.join(", ", candidates)
                + " with --lab NAME.");
  }

  static Path root() {
    return LabOptions.defaultStateRoot();
  }
}
