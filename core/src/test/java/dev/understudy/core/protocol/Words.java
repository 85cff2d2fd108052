// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

import java.util.List;

/** What a test has a peer say of the workload; unsaid things are none. */
record Words(
    Row.Stand stand,
    Epoch epoch,
    Epoch highest,
    Epoch released,
    GenerationId held,
    Epoch echoEpoch,
    long echoSentAt,
    long yesTo,
    Membership membership) {

  private static Words of(Row.Stand stand, Epoch epoch) {
    return new Words(
        stand,
        epoch,
        epoch,
        Epoch.NONE,
        GenerationId.NONE,
        Epoch.NONE,
        Row.NO_TIME,
        Row.NO_TIME,
        Membership.NONE);
  }

  static Words passive() {
    return of(Row.Stand.PASSIVE, Epoch.NONE);
  }

  static Words asking() {
    return of(Row.Stand.ASKING, Epoch.NONE);
  }

  static Words requesting(Epoch epoch) {
    return of(Row.Stand.CANDIDATE, epoch);
  }

  static Words reigning(Epoch epoch) {
    return of(Row.Stand.ACTIVE, epoch);
  }

  Words highest(Epoch granted) {
    return new Words(
        stand, epoch, granted, released, held, echoEpoch, echoSentAt, yesTo, membership);
  }

  Words releases(Epoch over) {
    return new Words(stand, epoch, highest, over, held, echoEpoch, echoSentAt, yesTo, membership);
  }

  Words holds(GenerationId generation) {
    return new Words(
        stand, epoch, highest, released, generation, echoEpoch, echoSentAt, yesTo, membership);
  }

  /** It promised on hearing the beat that this node sent at that time. */
  Words echoes(Epoch followed, long sentAt) {
    return new Words(stand, epoch, highest, released, held, followed, sentAt, yesTo, membership);
  }

  /** It would vote, as this node asked at that time. */
  Words yes(long askedAt) {
    return new Words(
        stand, epoch, highest, released, held, echoEpoch, echoSentAt, askedAt, membership);
  }

  /** It has that version on its disk. */
  Words of(Membership version) {
    return new Words(stand, epoch, highest, released, held, echoEpoch, echoSentAt, yesTo, version);
  }

  Row row() {
    return new Row(
        VirtualCluster.WORKLOAD,
        stand,
        epoch,
        highest,
        released,
        held,
        "",
        echoEpoch,
        echoSentAt,
        Row.ORDINARY,
        yesTo,
        Row.ORDINARY,
        0,
        membership);
  }

  /** As a datagram of two first incarnations, with a ceiling of one block. */
  Datagram datagram(String sender, String receiver, long sequence, long sentAt) {
    return new Datagram(
        sender, receiver, 1, 1, sequence, sentAt, true, DurableState.BLOCK, List.of(row()));
  }
}
