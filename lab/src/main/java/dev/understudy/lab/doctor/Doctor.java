// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.doctor;

import dev.understudy.lab.tools.ToolsException;
import java.io.IOException;

/** Says whether a lab can run on this host, and what to do where not. */
public final class Doctor {
  private Doctor() {}

  /**
   * Looks at the host; tries what can be tried, in namespaces of its own, and changes nothing.
   *
   * @throws IOException if /proc cannot be read or no program can be started
   * @throws ToolsException if the cache folder cannot be used
   */
  public static DoctorReport run() throws IOException, ToolsException {
    return DoctorReport.of(Requirements.judge(HostProbe.look()));
  }
}
