// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, as in the root pom.xml. */
final class Version implements IVersionProvider {
  static final String TEXT = "0.1.0";

  @Override
  public String[] getVersion() {
    return new String[] {"understudy " + TEXT, "Java " + Runtime.version()};
  }
}
