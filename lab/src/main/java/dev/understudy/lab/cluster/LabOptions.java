// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** How a lab is started. */
public final class LabOptions {
  /** Enough for the start of a few JVMs on two busy cores. */
  static final long AGENT_WAIT_NANOS = 30_000_000_000L;

  static final Path USUAL_ROOT = Path.of("/run/understudy");

  private final String lab;
  private final Path criu;
  private final Path runc;
  private final Path stateRoot;
  private final boolean bound;
  private final Consumer<String> progress;
  private final List<String> agent;

  private LabOptions(
      String lab,
      Path criu,
      Path runc,
      Path stateRoot,
      boolean bound,
      Consumer<String> progress,
      List<String> agent) {
    this.lab = lab;
    this.criu = criu;
    this.runc = runc;
    this.stateRoot = stateRoot;
    this.bound = bound;
    this.progress = progress;
    this.agent = agent;
  }

  /**
   * A lab that stays until {@code lab down}, silent, in the usual state folder.
   *
   * @param lab its name
   * @param criu the CRIU for the agents
   * @param runc the runc for the agents
   */
  public static LabOptions of(String lab, Path criu, Path runc) {
    return new LabOptions(
        lab, criu, runc, defaultStateRoot(), false, line -> {}, List.of(AgentProgram.MAIN));
  }

  /** Where labs have their folders: {@code $UNDERSTUDY_STATE}, or /run/understudy. */
  public static Path defaultStateRoot() {
    String chosen = System.getenv("UNDERSTUDY_STATE");
    return chosen == null || chosen.isEmpty() ? USUAL_ROOT : Path.of(chosen);
  }

  /** A lab that ends with this process, however that ends. */
  public LabOptions boundToThisProcess() {
    return new LabOptions(lab, criu, runc, stateRoot, true, progress, agent);
  }

  /** A lab with its folder elsewhere. */
  public LabOptions stateRoot(Path elsewhere) {
    return new LabOptions(lab, criu, runc, elsewhere, bound, progress, agent);
  }

  /** A lab that tells each of its steps, one line each. */
  public LabOptions progress(Consumer<String> listener) {
    return new LabOptions(lab, criu, runc, stateRoot, bound, listener, agent);
  }

  /** For tests: another main class, and arguments to put before the agent's own. */
  LabOptions agent(List<String> mainAndArguments) {
    return new LabOptions(lab, criu, runc, stateRoot, bound, progress, mainAndArguments);
  }

  String lab() {
    return lab;
  }

  Path criu() {
    return criu;
  }

  Path runc() {
    return runc;
  }

  Path stateRoot() {
    return stateRoot;
  }

  boolean bound() {
    return bound;
  }

  Consumer<String> progress() {
    return progress;
  }

  List<String> agent() {
    return agent;
  }
}
