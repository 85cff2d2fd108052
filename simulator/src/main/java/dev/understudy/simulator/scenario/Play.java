// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.scenario;

import dev.understudy.simulator.Violation;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A scenario while it is played. */
final class Play {
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final Cast cast = new Cast();
  private @Nullable Stage stage;
  private @Nullable Mischief mischief;
  private @Nullable Conditions conditions;

  /** Carries out a block; what came of it. */
  List<String> lines(Scenario.Block block) throws ScenarioException {
    int number = block.firstLine();
    for (String line : block.lines()) {
      if (!line.startsWith("#")) {
        command(new Words(number, line));
      }
      number++;
    }
    return stage == null ? List.of() : stage.transcript().take();
  }

  private void command(Words words) throws ScenarioException {
    String verb = words.word("command");
    if (stage == null || mischief == null || conditions == null) {
      before(verb, words);
      return;
    }
    switch (verb) {
      case "run" -> run(words, stage, conditions);
      case "expect" -> expect(words, conditions);
      case "view" -> stage.view();
      case "mark" -> stage.transcript().mark(stage.world().now());
      default -> {
        if (!mischief.understands(verb, words)) {
          throw words.wrong(verb + " is no command");
        }
      }
    }
    words.end();
    Optional<Violation> violation = stage.world().violation();
    if (violation.isPresent()) {
      throw words.wrong("a rule broke, " + violation.get());
    }
  }

  private void before(String verb, Words words) throws ScenarioException {
    if (!verb.equals("start")) {
      if (!cast.understands(verb, words)) {
        throw words.wrong(verb + " is no command before \"start\"");
      }
      return;
    }
    words.end();
    stage = new Stage(cast);
    mischief = new Mischief(stage);
    conditions = new Conditions(stage);
    stage.world().start();
  }

  private static void run(Words words, Stage stage, Conditions conditions)
      throws ScenarioException {
    if (!words.take("until")) {
      stage.run(() -> false, words.duration("duration"));
      return;
    }
    if (!stage.run(conditions.of(words), PATIENCE_NANOS)) {
      throw words.wrong("does not come true within 60 s");
    }
  }

  private static void expect(Words words, Conditions conditions) throws ScenarioException {
    if (!conditions.of(words).getAsBoolean()) {
      throw words.wrong("is not so");
    }
  }
}
