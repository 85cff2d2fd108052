// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code understudy}. */
@Command(
    name = "understudy",
    description = {
      "Keeps a copy of a program restored and stopped on another node,",
      "and wakes it when the first node fails."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ok",
      "1:it failed; the last line on standard error says what and what to do",
      "2:wrong use or bad input",
      "3:this machine lacks something; \"understudy doctor\" tells what",
      "130:Ctrl-C ended it; what it had started was taken away first"
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      BenchCommand.class,
      ExplainCommand.class,
      WatchCommand.class,
      SimulateCommand.class,
      DoctorCommand.class,
      LabCommand.class,
      ConsoleCommand.class,
      RecordsCommand.class,
      CompletionCommand.class
    })
public final class Main implements Runnable {
  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "With an error, print where in the program it arose.")
  boolean debug;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "Which command? " + names(spec));
  }

  /** The subcommands of a group, for a person who named none. */
  static String names(CommandLine.Model.CommandSpec group) {
    return "There are: " + String.join(", ", group.subcommands().keySet()) + ".";
  }

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Runtime.getRuntime().addShutdownHook(new Thread(Failures::noteEnd, "note-end"));
    // Not System.out, which keeps to itself that it could not write.
    System.exit(run(new FileOutputStream(FileDescriptor.out), System.err, arguments));
  }

  /**
   * Runs one command.
   *
   * @return the exit code; a command whose results could not all be written has failed
   */
  static int run(OutputStream out, OutputStream err, String... arguments) {
    Output results = new Output(out);
    PrintWriter errors = writer(err);
    int code = commandLine(writer(results), errors).execute(arguments);
    if (results.failure().isPresent()) {
      String why = results.failure().get().getMessage();
      errors.println("understudy: not all results could be written to standard output: " + why);
      return code == 0 ? Failures.FAILED : code;
    }
    return code;
  }

  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    line.setOut(out).setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    Failures failures = new Failures(() -> main.debug);
    line.setExecutionExceptionHandler(failures);
    line.setParameterExceptionHandler(failures);
    // What follows the name of a node belongs to the command that is run there.
    CommandLine lab = subcommand(line, "lab");
    subcommand(lab, "exec").setStopAtPositional(true);
    subcommand(lab, "client").setStopAtPositional(true);
    CommandLine kubernetes = subcommand(lab, "kubernetes");
    subcommand(kubernetes, "exec").setStopAtPositional(true);
    subcommand(kubernetes, "client").setStopAtPositional(true);
    subcommand(kubernetes, "kubectl")
        .setStopAtPositional(true)
        .setUnmatchedOptionsArePositionalParams(true);
    return line;
  }

  private static CommandLine subcommand(CommandLine parent, String name) {
    @Nullable CommandLine found = parent.getSubcommands().get(name);
    if (found == null) {
      throw new IllegalStateException(parent.getCommandName() + " has no command " + name);
    }
    return found;
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }
}
