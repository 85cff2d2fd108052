// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.api.control.Json;
import dev.understudy.lab.cluster.HostNeeds;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.cluster.LabLock;
import dev.understudy.lab.cluster.StateFolder;
import dev.understudy.lab.cluster.Teardown;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * The folder of the Kubernetes lab: {@code lab.json}, {@code lock}, {@code admin.kubeconfig},
 * scripts, {@code control} and {@code nodes/NODE} with {@code config} and {@code log} each.
 *
 * @param base what it has in common with the folders of other labs
 */
record KubernetesFolder(StateFolder base) {
  /** Beside the labs of {@code understudy lab}, none of which can have this name. */
  private static final String LAB = "lab.kubernetes";

  static KubernetesFolder of(Path stateRoot) {
    return new KubernetesFolder(new StateFolder(stateRoot.toAbsolutePath().normalize(), LAB));
  }

  /** A folder of the control plane or of a node. */
  Path place(String name) {
    return base.file(name.equals(KubernetesParts.CONTROL) ? name : "nodes/" + name);
  }

  /** The log of one program there. */
  Path log(String place, String program) {
    return place(place).resolve("log").resolve(program + ".log");
  }

  Path adminKubeconfig() {
    return base.file("admin.kubeconfig");
  }

  /** Makes the folder of the control plane or of a node, with what is only for its eyes. */
  void prepare(String place, Map<String, String> config) throws LabException {
    Path folder = place(place);
    try {
      for (String part : new String[] {"config", "log", "run"}) {
        Files.createDirectories(folder.resolve(part));
      }
      for (Map.Entry<String, String> file : config.entrySet()) {
        Files.writeString(folder.resolve("config").resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw StateFolder.unusable("write to", folder, e);
    }
  }

  /** Writes a file of the folder. */
  void write(String name, String text) throws LabException {
    try {
      Files.writeString(base.file(name), text);
    } catch (IOException e) {
      throw StateFolder.unusable("write", base.file(name), e);
    }
  }

  /** Writes one of this package's scripts into the folder. */
  void writeScript(String name) throws LabException {
    try (InputStream in = KubernetesFolder.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks the script " + name);
      }
      Files.write(base.file(name), in.readAllBytes());
    } catch (IOException e) {
      throw StateFolder.unusable("write", base.file(name), e);
    }
  }

  /** What the running or last lab remembered; empty when it never came that far. */
  Optional<KubernetesRecord> record() throws LabException {
    Path file = base.file("lab.json");
    try {
      return Optional.of(Json.mapper().readValue(Files.readString(file), KubernetesRecord.class));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException e) {
      throw StateFolder.unusable("read", file, e);
    }
  }

  /** Replaces the record in one step, so that a kill leaves the former or the new one. */
  void write(KubernetesRecord record) throws LabException {
    Path whole = base.file("lab.json");
    Path part = base.file("lab.json.part");
    try {
      byte[] text = Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(record);
      Files.write(part, text);
      Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw StateFolder.unusable("write", whole, e);
    }
  }

  /** The record of a lab whose keeper still lives. */
  Optional<KubernetesRecord> running() throws LabException {
    Optional<KubernetesRecord> record = record();
    if (record.isEmpty() || !record.get().bootId().equals(HostNeeds.bootId())) {
      return Optional.empty();
    }
    return record.filter(r -> r.keeper().alive());
  }

  /** Whether anything of a lab that does not run any more lies about. */
  boolean hasLeftOvers() throws LabException {
    return base.used() || NodeCgroups.ofHost().has(base.group());
  }

  /** Ends what runs and removes everything but the folder's lock; the caller has the lock. */
  void takeAway() throws LabException {
    Optional<KubernetesRecord> running = running();
    if (running.isPresent()) {
      Teardown.kill(running.get().keeper());
    }
    NodeCgroups.ofHost().remove(base.group());
    base.empty();
  }

  /** Takes the lab away, running or not; false when there was nothing. */
  boolean down() throws LabException {
    if (!base.exists() && !NodeCgroups.ofHost().has(base.group())) {
      return false;
    }
    try (LabLock _ = base.lock()) {
      takeAway();
      base.remove();
    }
    return true;
  }
}
