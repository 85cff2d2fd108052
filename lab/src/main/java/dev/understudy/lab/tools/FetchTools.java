// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.util.EnumSet;

/** Fills the cache before it is needed: prints the folder of the executables, progress aside. */
public final class FetchTools {
  private FetchTools() {}

  /**
   * Ends with 0 when every group is there, with 3 when this machine cannot fetch them. The compiler
   * is fetched only by who has something to compile.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) throws InterruptedException {
    ToolGroup[] groups = EnumSet.complementOf(EnumSet.of(ToolGroup.GO)).toArray(ToolGroup[]::new);
    try {
      Tools tools = new ToolCache(System.err::println).provide(groups);
      System.out.println(tools.binFolder());
    } catch (ToolsException e) {
      System.err.println(e.getMessage());
      System.exit(3);
    }
  }
}
