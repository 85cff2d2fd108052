// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import java.util.List;

/** Faults by which stale state is woken, or state is lost. */
final class StateCanaries {
  static final List<Canary> ALL =
      List.of(
          Canary.of(
                  "stale-generation-promoted",
                  "A node with older state does not let one with newer state go first.",
                  "FO-29",
                  "preference",
                  32,
                  Patch.of(
                      "Succession",
                      "int byOffer = copies.of(other).compareTo(copies.own());",
                      "int byOffer = 0;"),
                  Patch.of(
                      "Succession",
                      "return betterOfferLives(turn) ? 3 * timing.leaseNanos() : 0;",
                      "return 0;"))
              .amongThree(),
          Canary.of(
              "starts-empty-while-state-lives",
              "A node without state does not wait for one that has some.",
              "FO-30",
              "preference",
              8,
              Patch.of(
                  "Succession",
                  "if (config.mirrored() && copies.own().equals(GenerationId.NONE)) {",
                  "if (false) {"),
              Patch.of(
                  "Succession",
                  "return config.mirrored() && copies.of(candidate)",
                  "return false && copies.of(candidate)")),
          Canary.of(
                  "lost-copy-still-offered",
                  "A node goes on offering a copy that has died.",
                  "FO-31",
                  "generation-held",
                  56,
                  Patch.of(
                      "Copies",
                      "void lose(GenerationId generation) { if (held.equals(generation)) {",
                      "void lose(GenerationId generation) { if (false) {"))
              .amongThree(),
          Canary.of(
                  "woken-copy-still-offered",
                  "A node goes on offering the copy that it has woken.",
                  "FO-31",
                  "generation-held",
                  96,
                  Patch.of("Copies", "if (held.equals(woken)) {", "if (false) {"))
              .amongThree(),
          Canary.of(
              "frozen-process-kept",
              "A former active keeps its frozen process although another node has reigned since.",
              "FO-39",
              "generation-held generation-stale",
              8,
              Patch.of(
                  "Hearing",
                  "if (!state.copies.hasFrozen()) { return; }",
                  "if (true) { return; }")),
          Canary.of(
                  "generation-named-twice",
                  "After a checkpoint that failed, a reign counts its generations from one again.",
                  "FO-40",
                  "generation-unique",
                  12,
                  Patch.of("MirrorPlan", "failures++;", "failures++; sequence = 0;"))
              .amongThree());

  private StateCanaries() {}
}
