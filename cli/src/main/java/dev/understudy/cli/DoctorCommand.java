// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.doctor.Doctor;
import dev.understudy.lab.doctor.DoctorReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code understudy doctor}. */
@Command(
    name = "doctor",
    description = {
      "Check whether this machine can hold a lab, and say what to do where not.",
      "Ends with 3 if something that is required is missing."
    })
final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Terminal terminal = Terminal.of(spec);
    DoctorReport report = Doctor.run();
    if (json) {
      terminal.json(report);
    } else {
      terminal.line(report.table().stripTrailing());
    }
    return report.ok() ? 0 : Failures.HOST_NOT_ABLE;
  }
}
