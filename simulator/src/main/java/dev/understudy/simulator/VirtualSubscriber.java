// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Announcement;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.Input;
import dev.understudy.core.protocol.Subscriber;
import java.util.Arrays;
import java.util.Optional;

/**
 * Somebody beside the client who steers traffic by announcements alone. Every agent knows of it
 * from its configuration; the datagrams between them get lost, doubled and overtaken.
 */
final class VirtualSubscriber {
  private static final String NAME = "steering";
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final World world;
  private final int end;
  private final Epoch[] newest;
  private Subscriber subscriber = new Subscriber(NAME);
  private long life;

  VirtualSubscriber(World world, int end) {
    this.world = world;
    this.end = end;
    newest = new Epoch[world.setup().groups().size()];
    Arrays.fill(newest, Epoch.NONE);
  }

  /** Every agent subscribes it when it starts. */
  void agentStarted(VirtualNode node) {
    node.mail(t -> new Input.Subscribed(t, NAME));
  }

  /** It forgets what it knew, and asks each agent that it reaches to tell it again. */
  void restart() {
    life++;
    subscriber = new Subscriber(NAME);
    Arrays.fill(newest, Epoch.NONE);
    for (VirtualNode node : world.nodes()) {
      subscribe(node, life);
    }
  }

  private void subscribe(VirtualNode node, long mine) {
    if (mine != life) {
      return;
    }
    if (node.agentRuns() && world.network().upBothWays(end, node.index())) {
      node.mail(t -> new Input.Subscribed(t, NAME));
    } else {
      world.in(RETRY_NANOS, () -> subscribe(node, mine));
    }
  }

  /** A node sends it a piece of news. */
  void tell(VirtualNode from, Announcement news) {
    world.network().sendFrame(from.index(), end, () -> hear(from, news));
  }

  private void hear(VirtualNode from, Announcement news) {
    Subscriber.Heard heard = subscriber.hear(news);
    int workload = world.workload(news.workload());
    heard.change().ifPresent(change -> learned(workload, change));
    Announcement answer = heard.answer();
    if (newest[workload].above(answer.epoch())) {
      world.violated("subscriber", "answers " + answer + " after it knew " + newest[workload]);
    }
    world
        .network()
        .sendFrame(end, from.index(), () -> from.mailNow(t -> new Input.Acknowledged(t, answer)));
  }

  private void learned(int workload, Announcement change) {
    if (!change.epoch().above(newest[workload])) {
      world.violated("subscriber", "goes by " + change + " after " + newest[workload]);
    }
    newest[workload] = change.epoch();
  }

  /** The node that it takes for the active one. */
  Optional<String> active(int workload) {
    return subscriber.active(world.setup().groups().get(workload).workload());
  }
}
