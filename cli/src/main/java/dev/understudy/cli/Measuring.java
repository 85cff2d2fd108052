// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.lab.bench.TrialException;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.tools.ToolCache;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import dev.understudy.lab.tools.ToolsException;
import java.io.IOException;

/** What demo and bench share: tools, progress, and how failures end the command. */
final class Measuring {
  static final int NOT_RECOVERED = 1;
  static final int BAD_INPUT = 2;
  static final int HOST_LACKS = 3;

  private Measuring() {}

  /** The body of a command. */
  interface Body {
    int run(Tools tools) throws TrialException, InterruptedException, IOException;
  }

  static int run(Body body) {
    try {
      Tools tools = new ToolCache(Measuring::progress).provide(ToolGroup.PYTHON);
      return body.run(tools);
    } catch (ToolsException e) {
      progress(String.valueOf(e.getMessage()));
      return HOST_LACKS;
    } catch (TrialException e) {
      progress(String.valueOf(e.getMessage()));
      e.evidence().forEach(line -> progress("  " + line));
      return exitCode(e);
    } catch (IOException e) {
      progress("This machine cannot be described: " + e);
      return HOST_LACKS;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      progress("Interrupted; the lab is gone.");
      return NOT_RECOVERED;
    }
  }

  private static int exitCode(TrialException failed) {
    if (!(failed.getCause() instanceof LabException lab)) {
      return NOT_RECOVERED;
    }
    return switch (lab.kind()) {
      case INPUT -> BAD_INPUT;
      case HOST -> HOST_LACKS;
      case FAILED -> NOT_RECOVERED;
    };
  }

  static void progress(String line) {
    System.err.println(line);
  }
}
