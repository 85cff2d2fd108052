// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator;

import dev.understudy.core.protocol.Datagram;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.Row;
import dev.understudy.core.protocol.Row.Stand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The network between the machines, and to the client, which is the last of its ends. Every
 * direction of every pair is a link of its own.
 */
public final class VirtualNetwork {
  /** May decide what becomes of a datagram; asked once for each that is not lost already. */
  public interface Interceptor {
    /** Loses the datagram. */
    long LOSE = -1;

    /**
     * When it arrives, counted from now, {@code drawn} being what chance wants; or {@link #LOSE}.
     */
    long delayNanos(Datagram datagram, long drawn);
  }

  private static final class Armed {
    final Fault.Mishap mishap;
    int left;

    Armed(Fault.Mishap mishap) {
      this.mishap = mishap;
      this.left = mishap.count();
    }
  }

  private final World world;
  private final int ends;
  private final Pace pace;
  private final Chance[] chances;
  private final int[] cuts;
  private final int[] lossPpm;
  private final int[] duplicationPpm;
  private final int[] stragglerPpm;
  private final long[] stragglerMost;
  private final long[] least;
  private final long[] most;
  private final List<Fault.Noise> noises = new ArrayList<>();
  private final List<Armed> mishaps = new ArrayList<>();
  private Interceptor interceptor = (_, drawn) -> drawn;

  VirtualNetwork(World world, int ends, Pace pace, long seed) {
    this.world = world;
    this.ends = ends;
    this.pace = pace;
    int links = ends * ends;
    chances = new Chance[links];
    for (int i = 0; i < links; i++) {
      chances[i] = Chance.of(seed, 1_000 + i);
    }
    cuts = new int[links];
    lossPpm = new int[links];
    duplicationPpm = new int[links];
    stragglerPpm = new int[links];
    stragglerMost = new long[links];
    least = new long[links];
    most = new long[links];
    refresh();
  }

  /** Has every datagram looked at by somebody from now on. */
  public void intercept(Interceptor by) {
    interceptor = by;
  }

  /** Whether frames get from one to the other, apart from those that are lost by chance. */
  boolean up(int from, int to) {
    return cuts[from * ends + to] == 0;
  }

  boolean upBothWays(int one, int other) {
    return up(one, other) && up(other, one);
  }

  /** One cut more, or, with -1, one less; several on one link have to end all. */
  void cut(int from, int to, int by) {
    cuts[from * ends + to] += by;
  }

  void cutBetween(int one, int other, int by) {
    cut(one, other, by);
    cut(other, one, by);
  }

  void begin(Fault.Noise noise) {
    noises.add(noise);
    refresh();
  }

  void end(Fault.Noise noise) {
    noises.remove(noise);
    refresh();
  }

  void begin(Fault.Mishap mishap) {
    mishaps.add(new Armed(mishap));
  }

  void end(Fault.Mishap mishap) {
    mishaps.removeIf(armed -> armed.mishap.equals(mishap));
  }

  private void refresh() {
    Arrays.fill(lossPpm, 0);
    Arrays.fill(duplicationPpm, 0);
    Arrays.fill(stragglerPpm, 0);
    Arrays.fill(stragglerMost, 0);
    Arrays.fill(least, pace.linkLeastNanos());
    Arrays.fill(most, pace.linkMostNanos());
    for (Fault.Noise noise : noises) {
      for (int from = 0; from < ends; from++) {
        for (int to = 0; to < ends; to++) {
          if (world.isEnd(noise.from(), from) && world.isEnd(noise.to(), to)) {
            worsen(from * ends + to, noise);
          }
        }
      }
    }
  }

  private void worsen(int link, Fault.Noise noise) {
    lossPpm[link] = Math.max(lossPpm[link], noise.lossPpm());
    duplicationPpm[link] = Math.max(duplicationPpm[link], noise.duplicationPpm());
    stragglerPpm[link] = Math.max(stragglerPpm[link], noise.stragglerPpm());
    stragglerMost[link] = Math.max(stragglerMost[link], noise.stragglerMostNanos());
    least[link] = Math.max(least[link], noise.leastNanos());
    most[link] = Math.max(most[link], Math.max(noise.mostNanos(), least[link]));
  }

  /** Puts a datagram on its way. */
  void send(int from, int to, Datagram datagram) {
    int link = from * ends + to;
    long extra = mishaps.isEmpty() ? 0 : mishap(from, to, datagram);
    if (extra == Interceptor.LOSE || cuts[link] > 0) {
      return;
    }
    Chance chance = chances[link];
    int copies = chance.hits(duplicationPpm[link]) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (chance.hits(lossPpm[link])) {
        continue;
      }
      long drawn = chance.between(least[link], most[link]) + extra;
      if (chance.hits(stragglerPpm[link])) {
        drawn += chance.below(stragglerMost[link]);
      }
      long delay = interceptor.delayNanos(datagram, drawn);
      if (delay != Interceptor.LOSE) {
        world.in(delay, () -> world.arrive(from, to, datagram));
      }
    }
  }

  /** A frame of somebody else's, lost, doubled and delayed like all. */
  void sendFrame(int from, int to, EventQueue.Event arrival) {
    int copies = chances[from * ends + to].hits(duplicationPpm[from * ends + to]) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long delay = frameDelay(from, to);
      if (delay != Interceptor.LOSE) {
        world.in(
            delay,
            () -> {
              if (up(from, to)) {
                arrival.happen();
              }
            });
      }
    }
  }

  /** The delay of one frame that is no datagram; {@link Interceptor#LOSE} if it is lost. */
  long frameDelay(int from, int to) {
    int link = from * ends + to;
    Chance chance = chances[link];
    if (cuts[link] > 0 || chance.hits(lossPpm[link])) {
      return Interceptor.LOSE;
    }
    long straggles = chance.hits(stragglerPpm[link]) ? chance.below(stragglerMost[link]) : 0;
    return chance.between(least[link], most[link]) + straggles;
  }

  private long mishap(int from, int to, Datagram datagram) {
    for (Armed armed : mishaps) {
      Fault.Mishap mishap = armed.mishap;
      boolean strikes =
          armed.left > 0
              && world.isEnd(mishap.from(), from)
              && world.isEnd(mishap.to(), to)
              && carries(datagram, mishap.content());
      if (strikes) {
        armed.left--;
        world.say("world", mishap, datagram);
        return mishap.lateNanos() == 0 ? Interceptor.LOSE : mishap.lateNanos();
      }
    }
    return 0;
  }

  private static boolean carries(Datagram datagram, Fault.Content content) {
    for (Row row : datagram.rows()) {
      boolean does =
          switch (content) {
            case ANY -> true;
            case BEAT -> row.stand() == Stand.ACTIVE && !datagram.answer();
            case ECHO -> !row.echoEpoch().equals(Epoch.NONE);
            case QUESTION -> row.stand() == Stand.ASKING;
            case YES -> row.yesTo() != Row.NO_TIME;
            case REQUEST -> row.stand() == Stand.CANDIDATE;
            case RELEASE -> row.stand() == Stand.PASSIVE && !row.released().equals(Epoch.NONE);
          };
      if (does) {
        return true;
      }
    }
    return false;
  }
}
