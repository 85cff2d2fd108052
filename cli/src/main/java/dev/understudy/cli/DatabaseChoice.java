// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.console.DatabaseAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The option that says where records are kept; else the variable DATABASE; else a usual file. */
final class DatabaseChoice {
  @Option(
      names = "--database",
      paramLabel = "WHERE",
      description = {
        "Where records are kept: postgres://USER:PASSWORD@HOST/NAME, the path of a SQLite file,",
        "or off. Default: $DATABASE; else ~/.local/state/understudy/records.db."
      })
  @Nullable String where;

  @Spec(Target.MIXEE)
  CommandSpec spec = CommandSpec.create();

  DatabaseAddress address() {
    String variable = System.getenv(DatabaseAddress.VARIABLE);
    String text = where != null ? where : variable == null ? "" : variable;
    try {
      // An empty variable stands in manifests for one that nobody has set.
      return text.isEmpty() && where == null
          ? new DatabaseAddress.Sqlite(usualFile())
          : DatabaseAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }

  private static Path usualFile() {
    String state = System.getenv("XDG_STATE_HOME");
    Path folder =
        state == null || state.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".local", "state")
            : Path.of(state);
    return folder.resolve("understudy").resolve("records.db").toAbsolutePath();
  }
}
