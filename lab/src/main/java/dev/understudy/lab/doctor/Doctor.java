// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.doctor;

import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.tools.ToolsException;
import java.io.IOException;

/** Says whether a lab can run on this host, and what to do where not. */
public final class Doctor {
  private Doctor() {}

  /**
   * Looks at the host; tries what can be tried, in namespaces and cgroups of its own. Nothing stays
   * but controllers of cgroup v2 that the root group hands on from then, as with any lab.
   *
   * @throws IOException if /proc cannot be read or no program can be started
   * @throws LabException if nobody says what is mounted
   * @throws ToolsException if the cache folder cannot be used
   */
  public static DoctorReport run() throws IOException, LabException, ToolsException {
    return DoctorReport.of(Requirements.judge(HostProbe.look()));
  }
}
