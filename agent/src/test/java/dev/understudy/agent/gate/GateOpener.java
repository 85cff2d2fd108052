// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.Namespaces;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** An agent that opens a gate and dies at once, without a farewell. */
final class GateOpener {
  private GateOpener() {}

  /** Arguments: network namespace, device, for how many milliseconds. */
  public static void main(String[] arguments) throws Exception {
    Path netns = Path.of(arguments[0]);
    OutputGate gate = Namespaces.callIn(netns, () -> EbpfGate.attach(arguments[1]));
    long deadline = Clock.bootNanos() + Long.parseLong(arguments[2]) * 1_000_000L;
    gate.openUntil(deadline);
    String line = (deadline - Clock.hostBootOffsetNanos()) + " " + deadline + "\n";
    System.out.write(line.getBytes(StandardCharsets.US_ASCII));
    System.out.flush();
    Runtime.getRuntime().halt(9);
  }
}
