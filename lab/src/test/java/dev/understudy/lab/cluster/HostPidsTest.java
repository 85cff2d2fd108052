// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostPidsTest {
  @Test
  void aProcessIsFoundByItsNumberInsideItsNamespace() throws Exception {
    long own = ProcessHandle.current().pid();

    assertThat(HostPids.find(own, own)).hasValue(own);
    assertThat(HostPids.find(own, Long.MAX_VALUE)).isEmpty();
    assertThat(HostPids.innermostPid(List.of("Pid:\t9", "NSpid:\t4711\t12\t3"))).isEqualTo(3);
    assertThat(HostPids.innermostPid(List.of("Pid:\t9"))).isEqualTo(-1);
  }
}
