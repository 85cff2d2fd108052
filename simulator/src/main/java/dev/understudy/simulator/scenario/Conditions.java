// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.scenario;

import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.simulator.World;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Words for what may hold on a stage. */
final class Conditions {
  private final Stage stage;
  private final World world;

  Conditions(Stage stage) {
    this.stage = stage;
    this.world = stage.world();
  }

  BooleanSupplier of(Words words) throws ScenarioException {
    if (words.take("not")) {
      BooleanSupplier other = of(words);
      return () -> !other.getAsBoolean();
    }
    String verb = words.word("condition");
    return switch (verb) {
      case "open" -> gates(words);
      case "served" -> served(words);
      case "protected" -> leads(words, v -> !v.protectedBy().equals(GenerationId.NONE));
      case "epoch" -> epoch(words);
      case "state" -> state(words);
      case "said" -> said(words);
      case "lapses" -> {
        int lapses = words.number("number of lapses");
        yield () -> world.lapses() == lapses;
      }
      case "false-failovers" -> {
        int most = words.number("number of failovers");
        yield () -> world.falseFailovers() == most;
      }
      default -> throw words.wrong(verb + " is no condition");
    };
  }

  /** The workload at the end of the command, if it is not the only one. */
  private String workload(Words words) throws ScenarioException {
    if (words.take("of")) {
      return words.one(stage.workloads(), "workload");
    }
    return stage.workloads().getFirst();
  }

  private BooleanSupplier gates(Words words) throws ScenarioException {
    boolean nowhere = words.take("nowhere");
    boolean somewhere = words.take("somewhere");
    List<String> nodes =
        nowhere || somewhere ? List.of() : List.of(words.one(stage.nodes(), "node"));
    String workload = workload(words);
    return somewhere
        ? () -> world.openGates(workload).size() == 1
        : () -> world.openGates(workload).equals(nodes);
  }

  private BooleanSupplier served(Words words) throws ScenarioException {
    String workload = workload(words);
    return () -> world.isServed(workload);
  }

  /** Whether somebody leads, of whom that holds. */
  private BooleanSupplier leads(Words words, Predicate<GroupView> also) throws ScenarioException {
    String workload = workload(words);
    return () ->
        world.nodes().stream()
            .flatMap(n -> n.views().stream())
            .anyMatch(v -> v.workload().equals(workload) && v.leading() && also.test(v));
  }

  private BooleanSupplier epoch(Words words) throws ScenarioException {
    boolean above = words.take("above");
    String text = words.word("epoch");
    int at = text.indexOf('@');
    if (at < 1) {
      throw words.wrong(text + " is no epoch like 3@b");
    }
    Epoch epoch = new Epoch(Long.parseLong(text.substring(0, at)), text.substring(at + 1));
    return leads(words, v -> above ? v.epoch().above(epoch) : v.epoch().equals(epoch));
  }

  private BooleanSupplier state(Words words) throws ScenarioException {
    String node = words.one(stage.nodes(), "node");
    String state = words.word("state");
    String workload = workload(words);
    return () -> view(node, workload).filter(v -> v.state().equals(state)).isPresent();
  }

  private Optional<GroupView> view(String node, String workload) {
    return world.node(node).views().stream().filter(v -> v.workload().equals(workload)).findFirst();
  }

  private BooleanSupplier said(Words words) throws ScenarioException {
    String node = words.one(stage.nodes(), "node");
    String part = String.join(" ", words.rest("words"));
    return () -> stage.transcript().said(node, part);
  }
}
