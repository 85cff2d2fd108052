// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.scenario;

import dev.understudy.core.protocol.DurableState;
import dev.understudy.simulator.Fault;
import dev.understudy.simulator.Fault.Content;
import dev.understudy.simulator.Fault.Place;
import dev.understudy.simulator.Fault.Scope;
import dev.understudy.simulator.Fault.Way;
import dev.understudy.simulator.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Words for what goes wrong on a stage. */
final class Mischief {
  /** Of a node that is told that its disk was lost. */
  private static final long SILENCE_NANOS = DurableState.lost(1).longestPromiseNanos();

  private final Stage stage;
  private final World world;
  private final List<Fault> links = new ArrayList<>();
  // Looked up by node, never walked through.
  private final Map<String, Fault> crashes = new HashMap<>();

  Mischief(Stage stage) {
    this.stage = stage;
    this.world = stage.world();
  }

  /** Takes a command of faults; false if it is none. */
  boolean understands(String verb, Words words) throws ScenarioException {
    switch (verb) {
      case "crash" -> {
        String node = node(words);
        powerOff(node, new Fault.Crash(world.now(), Fault.FOREVER, node));
      }
      case "lose-disk" -> {
        String node = node(words);
        powerOff(node, new Fault.DiskLost(world.now(), Fault.FOREVER, node, SILENCE_NANOS));
      }
      case "boot" -> boot(node(words));
      case "heal" -> heal();
      case "cut", "isolate", "partition", "noise" -> link(verb, words);
      default -> {
        Fault fault = other(verb, words);
        if (fault == null) {
          return false;
        }
        strike(fault);
      }
    }
    words.end();
    return true;
  }

  private void strike(Fault fault) {
    world.strike(fault);
    stage.run(() -> false, 0);
  }

  private String node(Words words) throws ScenarioException {
    return words.one(stage.nodes(), "node");
  }

  private String workload(Words words) throws ScenarioException {
    return words.one(stage.workloads(), "workload");
  }

  private void powerOff(String node, Fault crash) {
    crashes.put(node, crash);
    strike(crash);
  }

  private void boot(String node) {
    Fault crash = crashes.remove(node);
    if (crash != null) {
      stage.transcript().line(world.now(), "world", node + " gets its power back");
      world.end(crash);
    }
  }

  private void link(String verb, Words words) throws ScenarioException {
    long at = world.now();
    Fault fault =
        switch (verb) {
          case "cut" -> new Fault.Cut(at, Fault.FOREVER, node(words), node(words));
          case "isolate" ->
              new Fault.Isolate(at, Fault.FOREVER, node(words), words.one(Way.class, "way"));
          case "partition" ->
              new Fault.Partition(at, Fault.FOREVER, words.among(stage.nodes(), "side"));
          default -> noise(words);
        };
    links.add(fault);
    strike(fault);
  }

  private Fault noise(Words words) throws ScenarioException {
    int loss = words.take("lose") ? words.percent("share") : 0;
    int doubles = words.take("double") ? words.percent("share") : 0;
    int late = words.take("late") ? words.percent("share") : 0;
    long by = words.take("by") ? words.duration("delay") : 0;
    String from = words.take("from") ? node(words) : "";
    String to = words.take("to") ? node(words) : "";
    return new Fault.Noise(world.now(), Fault.FOREVER, from, to, loss, doubles, late, by, 0, 0);
  }

  /** Ends what is wrong with links. */
  private void heal() {
    if (!links.isEmpty()) {
      stage.transcript().line(world.now(), "world", "all links are well again");
    }
    links.forEach(world::end);
    links.clear();
  }

  private @org.jspecify.annotations.Nullable Fault other(String verb, Words words)
      throws ScenarioException {
    long at = world.now();
    return switch (verb) {
      case "kill" -> {
        String node = node(words);
        yield new Fault.AgentKill(at, lasting(words), node);
      }
      case "restart" -> {
        String node = node(words);
        long away = lasting(words);
        words.need("lease");
        yield new Fault.AgentRestart(at, away, node, words.duration("lease"));
      }
      case "leave" -> {
        String node = node(words);
        yield new Fault.AgentLeaves(at, lasting(words), node);
      }
      case "voters" -> voters(words);
      case "fence" -> new Fault.Fence(at, node(words), workload(words), true);
      case "pause" -> {
        String node = node(words);
        long nanos = lasting(words);
        yield new Fault.Pause(at, nanos, node, words.one(Scope.class, "scope"));
      }
      case "stall" -> {
        String node = node(words);
        long nanos = lasting(words);
        words.need("before");
        Place place = words.one(Place.class, "place");
        yield new Fault.Stall(at, nanos, node, place, words.take("after") ? words.number("n") : 0);
      }
      case "lose", "delay" -> mishap(verb, words);
      case "late-timers" -> {
        String node = node(words);
        words.need("by");
        long most = words.duration("lateness");
        yield new Fault.LateTimers(at, lasting(words), node, most);
      }
      case "clock" -> new Fault.ClockRate(at, node(words), words.ppm("rate"));
      case "exit" -> new Fault.ProgramExit(at, workload(words));
      case "hang" -> {
        String workload = workload(words);
        yield new Fault.ProgramHang(at, lasting(words), workload);
      }
      case "lose-copy" -> new Fault.CopyDies(at, node(words), workload(words));
      default -> null;
    };
  }

  private Fault voters(Words words) throws ScenarioException {
    String asked = "";
    for (String node : stage.nodes()) {
      asked = words.take(node) ? node : asked;
    }
    String join = words.take("join") ? node(words) : "";
    String leave = words.take("leave") ? node(words) : "";
    return new Fault.MembershipChange(
        world.now(), asked, stage.workloads().getFirst(), join, leave);
  }

  private long lasting(Words words) throws ScenarioException {
    words.need("for");
    return words.duration("duration");
  }

  private Fault mishap(String verb, Words words) throws ScenarioException {
    int count = words.number("count");
    Content content = words.one(Content.class, "content");
    String from = words.take("from") ? node(words) : "";
    String to = words.take("to") ? node(words) : "";
    long late = 0;
    if (verb.equals("delay")) {
      words.need("by");
      late = words.duration("delay");
    }
    return new Fault.Mishap(world.now(), Fault.FOREVER, from, to, content, count, late);
  }
}
