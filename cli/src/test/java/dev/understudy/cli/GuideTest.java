// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.api.control.NodeEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Whether the guides tell what the commands are, of each command all and nothing else. */
class GuideTest {
  private static final Path CLI = Path.of("../docs/cli.md");
  private static final Path MEASURING = Path.of("../docs/measuring.md");

  /** Every command has these, which is said once. */
  private static final Set<String> EVERYWHERE = Set.of("--help", "--version", "--debug");

  private static final Pattern ROW = Pattern.compile("\\| `(understudy [a-z -]+)` \\|(.*)");
  private static final Pattern USAGE = Pattern.compile(" {4}\\./(understudy[a-z -]*[a-z])(.*)");
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[a-z][a-z-]*");

  /** In running text, an option begins a piece of code: others are those of other programs. */
  private static final Pattern OPTION_IN_TEXT = Pattern.compile("(?<=`)--?[a-z][a-z-]*");

  private final Map<String, CommandLine> commands = new TreeMap<>();

  GuideTest() {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    collect(Main.commandLine(nowhere, nowhere));
  }

  private void collect(CommandLine command) {
    commands.put(command.getCommandSpec().qualifiedName(), command);
    command.getSubcommands().values().forEach(this::collect);
  }

  @Test
  void tableHasEveryCommandWithItsOptions() throws IOException {
    Map<String, Set<String>> told = new TreeMap<>();
    for (String line : Files.readAllLines(CLI)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        told.put(row.group(1), options(row.group(1), row.group(2), OPTION_IN_TEXT));
      }
    }
    Map<String, Set<String>> real = new TreeMap<>();
    commands.forEach((name, command) -> real.put(name, options(command)));
    // Alone, it only names its commands.
    real.remove("understudy");
    assertThat(told).isEqualTo(real);
  }

  @Test
  void usageOfMeasuringCommandsHasTheirOptions() throws IOException {
    Map<String, Set<String>> told = new TreeMap<>();
    Optional<String> last = Optional.empty();
    for (String line : Files.readAllLines(MEASURING)) {
      Matcher usage = USAGE.matcher(line);
      if (usage.matches()) {
        last = Optional.of(usage.group(1));
        told.put(usage.group(1), options(usage.group(1), usage.group(2), OPTION));
      } else if (last.isPresent() && line.startsWith("     ")) {
        told.merge(last.get(), options(last.get(), line, OPTION), GuideTest::union);
      } else {
        last = Optional.empty();
      }
    }
    Map<String, Set<String>> real = new TreeMap<>();
    for (String name : List.of("understudy demo", "understudy bench", "understudy lab chaos")) {
      real.put(name, options(command(name)));
    }
    assertThat(told).isEqualTo(real);
  }

  @Test
  void everyCommandSaysWhatItDoes() {
    commands.forEach((name, command) ->
        assertThat(command.getCommandSpec().usageMessage().description()).as(name).isNotEmpty());
  }

  @Test
  void everyKindOfEventIsTold() throws Exception {
    String guide = Files.readString(CLI);
    for (Field constant : NodeEvent.class.getFields()) {
      assertThat(guide).contains("`" + constant.get(null) + "`");
    }
  }

  private CommandLine command(String name) {
    return Optional.ofNullable(commands.get(name))
        .orElseThrow(() -> new AssertionError("there is no command \"" + name + "\""));
  }

  /** The options that a text names, each by its longest name. */
  private Set<String> options(String name, String text, Pattern option) {
    List<OptionSpec> known =
        Optional.ofNullable(commands.get(name))
            .map(c -> c.getCommandSpec().options())
            .orElse(new ArrayList<>());
    Set<String> found = new TreeSet<>();
    Matcher matcher = option.matcher(text);
    while (matcher.find()) {
      String word = matcher.group();
      found.add(
          known.stream()
              .filter(candidate -> List.of(candidate.names()).contains(word))
              .map(OptionSpec::longestName)
              .findFirst()
              .orElse(word));
    }
    found.removeAll(EVERYWHERE);
    return found;
  }

  private static Set<String> options(CommandLine command) {
    Set<String> names = new TreeSet<>();
    command.getCommandSpec().options().forEach(option -> names.add(option.longestName()));
    names.removeAll(EVERYWHERE);
    return names;
  }

  private static Set<String> union(Set<String> some, Set<String> more) {
    some.addAll(more);
    return some;
  }
}
