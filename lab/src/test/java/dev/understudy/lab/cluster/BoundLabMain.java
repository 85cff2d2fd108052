// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import java.nio.file.Path;

/** Holds a bound lab until it is killed: the victim in {@link LabDeathTest}. */
final class BoundLabMain {
  private BoundLabMain() {}

  public static void main(String[] arguments) throws Exception {
    LabOptions options = LabFixture.options(arguments[0], Path.of(arguments[1]));
    Lab lab =
        Lab.up(
            LabFixture.cluster(arguments[0]),
            options.boundToThisProcess().progress(System.out::println));
    System.out.println("up " + lab.status().keeperPid());
    Thread.sleep(60_000);
  }
}
