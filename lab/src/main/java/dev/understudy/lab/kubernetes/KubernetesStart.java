// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.lab.cluster.HostNeeds;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.cluster.Spaces;
import dev.understudy.lab.cluster.Spawned;
import dev.understudy.lab.cluster.Startup;
import dev.understudy.lab.cluster.Switch;
import dev.understudy.lab.kubernetes.image.ContainerImage;
import dev.understudy.lab.kubernetes.pki.Authority;
import dev.understudy.lab.tools.Commands;
import dev.understudy.lab.tools.ToolsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts a Kubernetes lab. */
final class KubernetesStart {
  private static final int SERVER_SECONDS = 90;
  private static final int NODES_SECONDS = 90;
  private static final int MOUNT_SECONDS = 10;

  private final KubernetesOptions options;
  private final KubernetesFolder folder;
  private final Startup startup;
  private @Nullable KubernetesParts parts;

  KubernetesStart(KubernetesOptions options) {
    this.options = options;
    this.folder = KubernetesFolder.of(options.stateRoot());
    this.startup =
        new Startup(
            folder.base(), options.progress(), folder::takeAway, "understudy lab kubernetes down");
  }

  KubernetesLab run() throws LabException {
    HostNeeds.check();
    startup.begin();
    boolean done = false;
    try {
      startup.step(this::clearPlace);
      startup.step(this::startKeeper);
      KubernetesParts started = started();
      startup.step(started::startClient);
      startup.step(started::startControl);
      for (String node : Addresses.NODES) {
        tell("starting node " + node);
        startup.step(() -> started.startNode(node));
      }
      awaitCluster(started);
      KubernetesLab lab =
          new KubernetesLab(started, options.bound() ? startup::takeAway : started::close);
      if (!options.bound()) {
        startup.step(() -> startup.letGo(() -> started.update(KubernetesRecord::thatStays)));
      }
      done = true;
      return lab;
    } finally {
      if (!done) {
        startup.takeAway();
      }
    }
  }

  private void clearPlace() throws LabException {
    startup.takeLock();
    Optional<KubernetesRecord> running = folder.running();
    if (running.isPresent() && running.get().persistent()) {
      startup.withdraw();
      throw LabException.input(
          "Kubernetes runs already; take it down with \"understudy lab kubernetes down\".");
    }
    if (folder.hasLeftOvers()) {
      tell("removing what a killed run left");
      folder.takeAway();
    }
  }

  private void startKeeper() throws LabException {
    tell("starting Kubernetes " + options.tools().version() + " in " + folder.base().path());
    folder.base().writeScripts();
    Spawned started =
        Spawned.start(
            "The keeper",
            Spaces.keeperCommand(folder.base()),
            Map.of(),
            folder.base().file("keeper.log"));
    startup.keep(started);
    mountDisks(started);
    Switch.make(started.init());
    KubernetesRecord record =
        new KubernetesRecord(
            HostNeeds.bootId(),
            false,
            started.init(),
            null,
            null,
            options.timers(),
            options.proxy(),
            new KubernetesRecord.Programs(
                options.tools().version(),
                options.tools().bin().toString(),
                options.tools().tools().binFolder().toString(),
                options.tools().tools().iptablesExtensions().toString()),
            KubernetesParts.nodes());
    folder.write(record);
    KubernetesParts made = new KubernetesParts(folder, record, startup.lock());
    startup.whenTakenAway(made::close);
    made.writeFiles(new Authority(Instant.now()));
    packPause();
    parts = made;
  }

  /** All disks are in memory, in the keeper's mounts: they end with it, whatever is on them. */
  private void mountDisks(Spawned keeper) throws LabException {
    Path disks = folder.base().file("disks");
    try {
      Files.createDirectories(disks);
      List<String> command =
          List.of(
              "nsenter",
              "--target",
              Long.toString(keeper.init().pid()),
              "--mount",
              "--",
              "mount",
              "-n",
              "-t",
              "tmpfs",
              "-o",
              "mode=755,size=75%",
              "tmpfs",
              disks.toString());
      Commands.Output output = new Commands(folder.base().path()).run(command, MOUNT_SECONDS);
      if (!output.ok()) {
        throw LabException.failed("Cannot mount the nodes' disks: " + output.all().strip() + ".");
      }
    } catch (IOException | ToolsException e) {
      throw LabException.failed("Cannot mount the nodes' disks: " + e.getMessage() + ".", e);
    }
  }

  private void packPause() throws LabException {
    ContainerImage image =
        new ContainerImage(
            NodeFiles.PAUSE,
            List.of("/pause"),
            List.of(),
            "65535:65535",
            Map.of("pause", options.tools().pause()));
    try {
      for (String node : Addresses.NODES) {
        image.write(folder.place(node).resolve("config/pause.tar"));
      }
    } catch (IOException e) {
      throw LabException.failed("Cannot pack the image of pause: " + e.getMessage() + ".", e);
    }
  }

  private void awaitCluster(KubernetesParts started) throws LabException {
    Kubectl kubectl = started.kubectl();
    await("the API server is not ready", SERVER_SECONDS, kubectl::serverReady);
    tell("the API server is ready");
    await(
        "not every node is Ready",
        NODES_SECONDS,
        () ->
            Addresses.NODES.stream().allMatch(kubectl.readiness()::containsKey)
                && kubectl.readiness().values().stream().allMatch("True"::equals));
    tell("every node is Ready");
    // Until the controllers have made it, no Pod can be.
    await(
        "there is no default service account",
        NODES_SECONDS,
        () -> !kubectl.ask("get", "serviceaccount", "default", "-o=name").isEmpty());
  }

  private void await(String what, int seconds, Kubectl.Condition condition) throws LabException {
    // Who is told to end takes everything away, which ends the wait too.
    Kubectl.Condition unlessOver =
        () -> {
          startup.step(() -> {});
          return condition.holds();
        };
    Kubectl.await(what, seconds, unlessOver, folder.base().path());
  }

  private KubernetesParts started() {
    KubernetesParts now = parts;
    if (now == null) {
      throw new IllegalStateException("the keeper's step leaves the parts");
    }
    return now;
  }

  private void tell(String line) {
    options.progress().accept(line);
  }
}
