// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.records;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Objects;

/**
 * What was measured of one act. Times are durations in nanoseconds unless a name says otherwise;
 * numbers are -1 and text is empty where nothing is known.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Figures.Checkpoint.class, name = "checkpoint"),
  @JsonSubTypes.Type(value = Figures.Restore.class, name = "restore"),
  @JsonSubTypes.Type(value = Figures.Failover.class, name = "failover"),
  @JsonSubTypes.Type(value = Figures.Protection.class, name = "protection")
})
public sealed interface Figures {
  /**
   * One checkpoint, on the active, from its beginning until the standby holds it.
   *
   * @param generation that was to be made
   * @param standby who was to hold it
   * @param failure one sentence; empty when a standby holds it
   * @param pod name of the Pod; the workload's name where there is none
   * @param application name of the container; the workload's name where there is none
   * @param captureNanos from its beginning until the program went on and its files were archived
   * @param composeBeginMillis wall-clock time at which describing and committing the files began
   * @param composeNanos how long that took
   * @param shipBeginMillis wall-clock time at which shipping began
   * @param shipNanos until the standby's word that it holds the copy
   * @param pauseNanos how long the program stood
   * @param imageBytes of the whole generation
   * @param sentBytes over the network
   * @param reusedBytes that the standby had from a former generation
   * @param criu what CRIU counted
   */
  record Checkpoint(
      String generation,
      String standby,
      String failure,
      String pod,
      String application,
      long captureNanos,
      long composeBeginMillis,
      long composeNanos,
      long shipBeginMillis,
      long shipNanos,
      long pauseNanos,
      long imageBytes,
      long sentBytes,
      long reusedBytes,
      CriuDump criu)
      implements Figures {
    public Checkpoint {
      Checks.generation(generation);
      Checks.nameOrEmpty("standby", standby);
      Checks.sentence("failure", failure);
      Checks.name("pod", pod);
      Checks.name("application", application);
      Checks.known(captureNanos, composeBeginMillis, composeNanos, shipBeginMillis, shipNanos);
      Checks.known(pauseNanos, imageBytes, sentBytes, reusedBytes);
      Objects.requireNonNull(criu, "criu");
    }

    /** Whether the state was captured, shipped or not. */
    public boolean captured() {
      return captureNanos >= 0;
    }
  }

  /**
   * One restore on a standby, from a complete generation until its copy is held.
   *
   * @param generation that was restored
   * @param failure one sentence; empty when the copy is held
   * @param holdNanos from the beginning until every process stood, or until it was given up
   * @param processes how many stand
   * @param imageBytes of the whole generation
   * @param criu what CRIU counted
   */
  record Restore(
      String generation,
      String failure,
      long holdNanos,
      int processes,
      long imageBytes,
      CriuRestore criu)
      implements Figures {
    public Restore {
      Checks.generation(generation);
      Checks.sentence("failure", failure);
      Checks.known(holdNanos, processes, imageBytes);
      Objects.requireNonNull(criu, "criu");
    }
  }

  /** Why a node began to reign. */
  enum Cause {
    /** The former active was not heard for the silence window. */
    @JsonProperty("silence")
    SILENCE,
    /** The former active released its reign, or this node had heard of its end. */
    @JsonProperty("release")
    RELEASE,
    /** This node's own lease had lapsed, and it was elected again with its own process. */
    @JsonProperty("lapse")
    LAPSE,
    /** There was no state to go on with: the program was started. */
    @JsonProperty("start")
    START
  }

  /**
   * One reign that began elsewhere than with the first start of a workload, as the new active saw
   * it. All durations count from its election.
   *
   * @param epoch of the new reign
   * @param generation that was woken; {@code none} when the program was started
   * @param former the active before; empty when this node never knew
   * @param cause why
   * @param failure one sentence; empty when the program runs
   * @param votes of this node's electors, itself included
   * @param silentNanos how long the former active had been silent when this node asked
   * @param suspectedNanos from that question to the election
   * @param runningNanos until the program was told to run
   * @param addressNanos until the announcement of the address had left
   * @param stateAgeNanos age of the state that was woken
   */
  record Failover(
      String epoch,
      String generation,
      String former,
      Cause cause,
      String failure,
      int votes,
      long silentNanos,
      long suspectedNanos,
      long runningNanos,
      long addressNanos,
      long stateAgeNanos)
      implements Figures {
    public Failover {
      Checks.epoch(epoch);
      Checks.generation(generation);
      Checks.nameOrEmpty("former active", former);
      Checks.sentence("failure", failure);
      Objects.requireNonNull(cause, "cause");
      Checks.known(votes, silentNanos, suspectedNanos);
      Checks.known(runningNanos, addressNanos, stateAgeNanos);
    }
  }

  /**
   * The end of a failover: a standby holds a copy of the new reign. Comes later than the failover's
   * own record, which must not wait for it.
   *
   * @param epoch of the reign
   * @param standby who holds the copy
   * @param protectedNanos from the election on
   */
  record Protection(String epoch, String standby, long protectedNanos) implements Figures {
    public Protection {
      Checks.epoch(epoch);
      Checks.nameOrEmpty("standby", standby);
      Checks.known(protectedNanos);
    }
  }
}
