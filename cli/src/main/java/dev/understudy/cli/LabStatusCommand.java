// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.cluster.Lab;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy lab status}. */
@Command(name = "status", description = "Show nodes and workloads as every agent sees them.")
final class LabStatusCommand implements Callable<Integer> {
  @Mixin LabChoice choice = new LabChoice();

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (Lab lab = choice.open()) {
      StatusText.print(Terminal.of(spec), lab.status(), json);
    }
    return 0;
  }
}
