// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/** Which state this node and the others could bring to life, for one workload. */
final class Copies {
  private final ByName<GenerationId> ofPeers = new ByName<>();
  private GenerationId held = GenerationId.NONE;
  private GenerationId frozen = GenerationId.NONE;
  private Epoch frozenSince = Epoch.NONE;
  private boolean leaving;

  /** The best that this node has: its own frozen process before any checkpoint. */
  GenerationId own() {
    GenerationId best = frozen.newerThan(held) ? frozen : held;
    return leaving ? GenerationId.NONE : best;
  }

  /** Whatever is here ends with the agent: nobody has to wait for it. */
  void leave() {
    leaving = true;
  }

  GenerationId of(String peer) {
    return ofPeers.getOrDefault(peer, GenerationId.NONE);
  }

  /** The copy that a peer holds; a stopped process of its own, which it will lose, is none. */
  GenerationId heldBy(String peer) {
    GenerationId best = of(peer);
    return best.sequence() == GenerationId.LIVE ? GenerationId.NONE : best;
  }

  void peerSays(String peer, GenerationId best) {
    ofPeers.put(peer, best);
  }

  void hold(GenerationId generation) {
    held = generation;
  }

  void lose(GenerationId generation) {
    if (held.equals(generation)) {
      held = GenerationId.NONE;
    }
  }

  /** The own process stands still since a reign ended, which had these two numbers. */
  void freeze(Epoch first, Epoch last) {
    frozenSince = first;
    frozen = new GenerationId(last, GenerationId.LIVE);
  }

  /** A process has ended that was ordered under that epoch: perhaps the frozen one. */
  void ended(Epoch ordered) {
    if (ordered.compareTo(frozenSince) >= 0 && ordered.compareTo(frozen.epoch()) <= 0) {
      dropFrozen();
    }
  }

  /** The own process has ended or was ended. */
  void dropFrozen() {
    frozen = GenerationId.NONE;
  }

  Epoch frozenEpoch() {
    return frozen.epoch();
  }

  boolean hasFrozen() {
    return !frozen.equals(GenerationId.NONE);
  }

  /** The state that was offered runs now, so it is no copy any more. */
  void consume(GenerationId woken) {
    if (frozen.equals(woken)) {
      frozen = GenerationId.NONE;
    }
    if (held.equals(woken)) {
      held = GenerationId.NONE;
    }
  }
}
