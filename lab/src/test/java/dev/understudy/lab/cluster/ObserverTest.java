// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.linux.GratuitousArp;
import dev.understudy.agent.linux.Namespaces;
import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.WorkloadSpec;
import dev.understudy.api.cluster.WorkloadSpec.Root;
import dev.understudy.api.cluster.WorkloadSpec.Strategy;
import dev.understudy.lab.observer.Burst;
import dev.understudy.lab.observer.Observer;
import dev.understudy.lab.observer.Overlap;
import dev.understudy.lab.observer.Reigns;
import dev.understudy.lab.observer.Reigns.Reign;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The observer's eyes, with two nodes that both speak for one address on purpose. */
class ObserverTest {
  private static final int ADDRESS = 0x0A4D0064;

  @TempDir Path stateRoot;

  private static Cluster cluster() {
    Cluster bare = LabFixture.cluster("lab-observer");
    WorkloadSpec workload =
        new WorkloadSpec(
            "silent",
            List.of("/bin/true"),
            Root.HOST,
            Optional.empty(),
            "/",
            new TreeMap<>(),
            8080,
            ADDRESS,
            Strategy.MIRROR,
            1_000_000_000L,
            64L << 20,
            List.of("a", "b"));
    return new Cluster(
        bare.name(),
        bare.network(),
        bare.timing(),
        bare.takeoversAtOnce(),
        Optional.empty(),
        bare.nodes(),
        List.of(workload));
  }

  private static long speak(Lab lab, String node) throws Exception {
    try (GratuitousArp arp =
        Namespaces.callIn(lab.nodeNetns(node), () -> GratuitousArp.open("br0", ADDRESS))) {
      assertThat(arp.announce()).isTrue();
      return Clock.bootNanos();
    }
  }

  @Test
  void twoSpeakersAreSeenWithTheirTimesAlsoBehindACutAndAfterACrash() throws Exception {
    LabFixture.needRoot();
    try (Lab lab =
            Lab.up(cluster(), LabFixture.options("lab-observer", stateRoot).boundToThisProcess());
        Observer observer = Observer.start(lab)) {
      long begin = Clock.bootNanos();
      Thread.sleep(50);
      long first = speak(lab, "a");
      speak(lab, "b");
      try (OngoingFault _ = lab.begin(FaultSpec.of(FaultKind.PARTITION, "a"))) {
        speak(lab, "a");
      }
      List<Burst> seen = observer.bursts();
      assertThat(seen).extracting(Burst::node).containsExactly("a", "b", "a");
      assertThat(seen).allMatch(b -> b.arps() == 1 && b.frames() == 1 && b.address() == ADDRESS);
      assertThat(seen.getFirst().firstNanos()).isBetween(first - 20_000_000, first + 1_000_000);
      Reigns reigns = new Reigns(List.of(new Reign("a", 1, begin), new Reign("b", 2, begin)));
      assertThat(Overlap.find(seen, reigns)).extracting(Overlap::node).containsExactly("a");

      lab.crash("b");
      lab.start("b");
      lab.awaitAgent("b");
      speak(lab, "b");
      assertThat(observer.bursts()).extracting(Burst::node).endsWith("b").hasSize(4);
    }
  }
}
