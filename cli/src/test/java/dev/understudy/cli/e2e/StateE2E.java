// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.api.control.NodeEvent;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that tells its state is told it wherever it begins next, before anybody hears it. */
class StateE2E {
  private static final String WORKLOAD = "count";

  /** Beyond what the program could count to in the time of a test. */
  private static final long FAR = 1_000_000_000L;

  @TempDir Path folder = Path.of("");

  private static String workload(Tools tools) {
    return """
    - name: count
      port: 8080
      address: 10.77.0.100
      memory: 64MiB
      strategy: state
      interval: 200ms
      state: { path: /state }
      command: ["%s", -S, -B, "%s"]
      environment: { PYTHONHOME: "%s" }
    """
        .formatted(
            tools.python(), Host.ROOT.resolve("examples/count/count.py"), tools.pythonHome());
  }

  private static long counter(String answer) {
    return Long.parseLong(answer.replaceAll("[^0-9]", ""));
  }

  /** Sets the count far ahead, where no program that starts from nothing gets; then told since. */
  private static void setFarAhead(TestLab lab) throws Exception {
    lab.await(
        "the count far ahead and told",
        () -> {
          if (!tell(lab, "{\"counter\":" + FAR + "}")) {
            return false;
          }
          lab.awaitCopyOfNow(WORKLOAD);
          return counter(lab.awaitAnswer(WORKLOAD, "/state")) >= FAR;
        });
  }

  private static boolean tell(TestLab lab, String state) throws Exception {
    String request =
        "POST /state HTTP/1.0\r\nContent-Length: " + state.length() + "\r\n\r\n" + state;
    try {
      return lab.talk(WORKLOAD, request).startsWith("HTTP/1.1 200 ");
    } catch (IOException silence) {
      return false;
    }
  }

  private static void goesOnFarAhead(TestLab lab, List<NodeEvent> startsBefore) throws Exception {
    // The first answer that anybody hears, whoever gives it.
    assertThat(counter(lab.awaitAnswer(WORKLOAD, "/state"))).isGreaterThanOrEqualTo(FAR);
    lab.awaitProtected(WORKLOAD);
    assertThat(counter(lab.awaitAnswer(WORKLOAD, "/state"))).isGreaterThanOrEqualTo(FAR);
    assertThat(lab.events(WORKLOAD, NodeEvent.STARTED))
        .as(lab.evidence())
        .allMatch(startsBefore::contains);
  }

  @Test
  void itGoesOnWithItsStateAfterTheLossOfItsNodeAndAfterItsOwnEnd() throws Exception {
    Tools tools = Host.tools(ToolGroup.BASE, ToolGroup.PYTHON);
    String file = TestLab.relaxed("e2e-state", workload(tools));
    try (TestLab lab = TestLab.up(folder, tools, file)) {
      lab.awaitWhole(WORKLOAD);
      setFarAhead(lab);
      List<NodeEvent> starts = lab.events(WORKLOAD, NodeEvent.STARTED);
      String lost = lab.awaitProtected(WORKLOAD);
      lab.lab.crash(lost);
      goesOnFarAhead(lab, starts);

      // Of the two nodes that are left, both have what it told last, and it is the program that
      // ends.
      List<NodeEvent> woken = lab.events(WORKLOAD, NodeEvent.WOKEN);
      assertThat(woken).as(lab.evidence()).isNotEmpty();
      assertThat(lab.awaitAnswer(WORKLOAD, "/kill")).contains("true");
      lab.await(
          "another beginning", () -> lab.events(WORKLOAD, NodeEvent.WOKEN).size() > woken.size());
      goesOnFarAhead(lab, starts);
    }
  }
}
