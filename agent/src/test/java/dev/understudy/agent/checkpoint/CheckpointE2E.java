// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import org.junit.jupiter.api.Test;

/** The stages on real programs, with real CRIU and runc, each test in a node of its own. */
class CheckpointE2E {
  @Test
  void stateMovesThroughGenerations() throws Exception {
    TestNode.run(MirrorScenario.class);
  }

  @Test
  void faultsHarmNeitherTheProgramNorTheFormerCopy() throws Exception {
    TestNode.run(FaultScenario.class);
  }

  @Test
  void familiesOtherUsersAndJavaMoveToo() throws Exception {
    TestNode.run(ProgramsScenario.class);
  }
}
