// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.scenario;

import dev.understudy.core.protocol.GenerationId;
import dev.understudy.core.protocol.GroupConfig;
import dev.understudy.core.protocol.GroupView;
import dev.understudy.simulator.Model;
import dev.understudy.simulator.Setup;
import dev.understudy.simulator.VirtualNode;
import dev.understudy.simulator.World;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A world on which a scenario is played, watched closely. */
final class Stage {
  private final World world;
  private final Transcript transcript;
  private final List<String> open = new ArrayList<>();

  Stage(Cast cast) {
    Setup setup = cast.setup();
    transcript = new Transcript(setup.groups().size() == 1);
    world = new World(setup, cast.seed(), Model.REAL, transcript);
  }

  World world() {
    return world;
  }

  Transcript transcript() {
    return transcript;
  }

  List<String> nodes() {
    return world.setup().nodes();
  }

  List<String> workloads() {
    return world.setup().groups().stream().map(GroupConfig::workload).toList();
  }

  /** Lets time pass, until that holds or so much has passed; whether it holds. */
  boolean run(BooleanSupplier condition, long mostNanos) {
    return world.runUntil(
        () -> {
          watchGates();
          return condition.getAsBoolean();
        },
        mostNanos);
  }

  /** A gate that the kernel closes says nothing; so all are looked at after each event. */
  private void watchGates() {
    for (String workload : workloads()) {
      List<String> now = world.openGates(workload);
      for (String node : nodes()) {
        String gate = workload + " " + node;
        if (now.contains(node) && !open.contains(gate)) {
          open.add(gate);
          transcript.line(world.now(), node, workload + ": gate is open");
        } else if (!now.contains(node) && open.remove(gate)) {
          transcript.line(world.now(), node, workload + ": gate is shut");
        }
      }
    }
  }

  /** What each agent would show. */
  void view() {
    for (String name : nodes()) {
      VirtualNode node = world.node(name);
      if (node.views().isEmpty()) {
        transcript.plain(name + (node.isPowered() ? ": no agent" : ": no power"));
      }
      for (GroupView view : node.views()) {
        transcript.plain(name + ": " + text(view));
      }
    }
  }

  private String text(GroupView view) {
    StringBuilder text = new StringBuilder();
    if (workloads().size() > 1) {
      text.append(view.workload()).append(' ');
    }
    text.append(view.state()).append(", ");
    if (view.active().isEmpty()) {
      text.append("knows no active since ").append(view.epoch());
    } else {
      text.append(view.active()).append(" reigns in ").append(view.epoch());
    }
    if (!view.best().equals(GenerationId.NONE)) {
      text.append(", has ").append(view.best());
    }
    if (!view.protectedBy().equals(GenerationId.NONE)) {
      text.append(", ").append(view.standby()).append(" holds ").append(view.protectedBy());
    }
    return text.toString();
  }
}
