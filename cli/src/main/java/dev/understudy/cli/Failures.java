// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.cluster.ClusterFileException;
import dev.understudy.lab.bench.TrialException;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.tools.ToolsException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns every exception into a sentence on standard error and an exit code. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  static final int FAILED = 1;
  static final int BAD_INPUT = 2;
  static final int HOST_NOT_ABLE = 3;

  /** Whether this process was told to end: then what fails is what is being taken away. */
  private static volatile boolean ending;

  private final BooleanSupplier debug;

  Failures(BooleanSupplier debug) {
    this.debug = debug;
  }

  /** From here on this process ends, whatever its commands still do. */
  static void noteEnd() {
    ending = true;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    if (ending && !debug.getAsBoolean()) {
      return exitCode(failure);
    }
    if (failure instanceof TrialException trial) {
      trial.evidence().forEach(err::println); // first, so that the sentence stands last
    }
    err.println("understudy: " + sentence(failure));
    if (debug.getAsBoolean()) {
      failure.printStackTrace(err);
    }
    return exitCode(failure);
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    PrintWriter err = failure.getCommandLine().getErr();
    CommandLine command = failure.getCommandLine();
    err.println("understudy: " + failure.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
      boolean unknown =
          failure instanceof UnmatchedArgumentException && !command.getSubcommands().isEmpty();
      String help = "See \"" + command.getCommandSpec().qualifiedName() + " --help\".";
      err.println(unknown ? Main.names(command.getCommandSpec()) + " " + help : help);
    }
    return BAD_INPUT;
  }

  private static String sentence(Exception failure) {
    return switch (failure) {
      case LabException known -> message(known);
      case ClusterFileException known -> message(known);
      case ToolsException known -> message(known);
      case TrialException known -> message(known);
      default ->
          "an error that nobody foresaw: " + failure + "; run it again with --debug and report it.";
    };
  }

  private static String message(Exception failure) {
    return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
  }

  private static int exitCode(Exception failure) {
    return switch (failure) {
      case LabException known ->
          switch (known.kind()) {
            case INPUT -> BAD_INPUT;
            case HOST -> HOST_NOT_ABLE;
            case FAILED -> FAILED;
          };
      case ClusterFileException _ -> BAD_INPUT;
      case ToolsException _ -> HOST_NOT_ABLE;
      case TrialException trial when trial.getCause() instanceof LabException lab -> exitCode(lab);
      default -> FAILED;
    };
  }
}
