// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether an image of one machine can be restored on another. */
public final class Compatibility {
  private static final int NAMED_FLAGS = 5;

  private Compatibility() {}

  /**
   * Why not, as one sentence; empty when it can.
   *
   * @param from the machine that captured
   * @param here the machine that would restore
   */
  public static Optional<String> obstacle(HostFacts from, HostFacts here) {
    if (!from.architecture().equals(here.architecture())) {
      return differs("architecture", from.architecture(), here.architecture());
    }
    if (!from.root().equals(here.root())) {
      return differs("root file system", from.root(), here.root());
    }
    if (!from.criu().equals(here.criu())) {
      return differs("CRIU version", from.criu(), here.criu());
    }
    if (olderKernel(here.kernel(), from.kernel())) {
      return Optional.of(
          "the kernel here (%s) is older than the one that captured (%s)"
              .formatted(here.kernel(), from.kernel()));
    }
    if (!from.cpuVendor().equals(here.cpuVendor())) {
      return differs("CPU vendor", from.cpuVendor(), here.cpuVendor());
    }
    List<String> missing = new ArrayList<>(from.cpuFlags());
    missing.removeAll(here.cpuFlags());
    if (!missing.isEmpty()) {
      String more = missing.size() > NAMED_FLAGS ? " and " + (missing.size() - NAMED_FLAGS) : "";
      List<String> named = missing.subList(0, Math.min(NAMED_FLAGS, missing.size()));
      return Optional.of("the CPU here lacks " + String.join(", ", named) + more);
    }
    return Optional.empty();
  }

  private static Optional<String> differs(String what, String from, String here) {
    return Optional.of("%s here is %s, the image has %s".formatted(what, here, from));
  }

  /** By the first two numbers: within a series, kernels keep what CRIU relies on. */
  private static boolean olderKernel(String here, String from) {
    int[] a = series(here);
    int[] b = series(from);
    return a[0] != b[0] ? a[0] < b[0] : a[1] < b[1];
  }

  private static int[] series(String release) {
    String[] parts = release.split("[.-]", 3);
    try {
      return new int[] {Integer.parseInt(parts[0]), Integer.parseInt(parts[1])};
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException unusual) {
      return new int[] {0, 0};
    }
  }
}
