// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.runtime.Digests;
import dev.understudy.lab.cluster.HostNeeds;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.cluster.LabLock;
import dev.understudy.lab.cluster.ProcessMark;
import dev.understudy.lab.cluster.Spaces;
import dev.understudy.lab.cluster.Spawned;
import dev.understudy.lab.cluster.Switch;
import dev.understudy.lab.kubernetes.pki.Authority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a running Kubernetes lab consists of, and how its pieces are started. */
final class KubernetesParts implements AutoCloseable {
  /** The name of the control plane's folder and of its port at the switch. */
  static final String CONTROL = "control";

  private final KubernetesFolder folder;
  private final Switch wiring;
  private final Optional<LabLock> lock;
  private KubernetesRecord record;

  /**
   * @param lock the right to change the lab, to be released with these parts; empty for a lab that
   *     is only looked at
   */
  KubernetesParts(KubernetesFolder folder, KubernetesRecord record, Optional<LabLock> lock)
      throws LabException {
    this.folder = folder;
    this.record = record;
    this.lock = lock;
    this.wiring = Switch.of(record.keeper());
  }

  /** The parts of the running lab; with the right to change it, if asked for. */
  static KubernetesParts attach(KubernetesFolder folder, boolean change) throws LabException {
    HostNeeds.check();
    runningRecord(folder);
    Optional<LabLock> lock = change ? Optional.of(folder.base().lock()) : Optional.empty();
    boolean done = false;
    try {
      KubernetesParts parts = new KubernetesParts(folder, runningRecord(folder), lock);
      done = true;
      return parts;
    } finally {
      if (!done && lock.isPresent()) {
        lock.get().close();
      }
    }
  }

  private static KubernetesRecord runningRecord(KubernetesFolder folder) throws LabException {
    Optional<KubernetesRecord> running =
        folder.base().exists() ? folder.running() : Optional.empty();
    return running.orElseThrow(() ->
        LabException.input("No Kubernetes runs; start it with \"understudy lab kubernetes up\"."));
  }

  /** What runs where before anything was started. */
  static List<KubernetesRecord.Node> nodes() {
    List<KubernetesRecord.Node> all = new ArrayList<>();
    for (String name : Addresses.NODES) {
      int i = all.size();
      // Far apart and odd, so that a time of one node read as another's is far off.
      long offsetSeconds = 100_003L * (i + 1) + 17L * i;
      all.add(new KubernetesRecord.Node(name, Switch.port(name, i), offsetSeconds, null));
    }
    return all;
  }

  KubernetesFolder folder() {
    return folder;
  }

  Switch wiring() {
    return wiring;
  }

  synchronized KubernetesRecord record() {
    return record;
  }

  /** Changes what is remembered, on disk first. */
  synchronized void update(UnaryOperator<KubernetesRecord> change) throws LabException {
    if (lock.isEmpty()) {
      throw new IllegalStateException("the lab was opened to look at it only");
    }
    KubernetesRecord changed = change.apply(record);
    folder.write(changed);
    record = changed;
  }

  KubernetesRecord.Node node(String name) throws LabException {
    return record()
        .node(name)
        .orElseThrow(() ->
            LabException.input(
                "There is no node "
                    + name
                    + "; the nodes are "
                    + String.join(", ", Addresses.NODES)
                    + "."));
  }

  /** PID 1 of a node that is up. */
  ProcessMark init(String name) throws LabException {
    return node(name)
        .alive()
        .orElseThrow(() ->
            LabException.input(
                "Node "
                    + name
                    + " is crashed; start it with \"understudy lab kubernetes start-node "
                    + name
                    + "\"."));
  }

  /** PID 1 of the outside client. */
  ProcessMark client() throws LabException {
    return alive(record().client(), "client");
  }

  /** PID 1 of the control plane. */
  ProcessMark control() throws LabException {
    return alive(record().control(), "control plane");
  }

  private static ProcessMark alive(@Nullable ProcessMark mark, String what) throws LabException {
    if (mark == null || !mark.alive()) {
      throw LabException.failed(
          "The " + what + " of the Kubernetes lab is gone; take it down and up again.");
    }
    return mark;
  }

  Kubectl kubectl() throws LabException {
    return new Kubectl(folder, record().programs(), client());
  }

  boolean portIsUp(KubernetesRecord.Node node) throws LabException {
    try {
      return wiring.isUp(node.port());
    } catch (LinuxException e) {
      throw LabException.failed("Cannot ask the switch: " + e.getMessage() + ".", e);
    }
  }

  /** Writes what every piece needs to know; all of it is made anew for each lab. */
  void writeFiles(Authority authority) throws LabException {
    Credentials credentials = new Credentials(authority);
    folder.base().writeScripts();
    for (String script : List.of("control.sh", "node.sh", "keep.sh")) {
      folder.writeScript(script);
    }
    folder.write("admin.kubeconfig", credentials.admin());
    String disk = folder.base().file("disks/" + CONTROL).toString();
    folder.prepare(CONTROL, new ControlFiles(disk, record().timers()).all(credentials));
    OptionalLong openFiles = HostNeeds.openFilesMost();
    for (KubernetesRecord.Node node : record().nodes()) {
      NodeFiles files = new NodeFiles(node.name(), folder.base().group(), record());
      folder.prepare(node.name(), files.all(credentials, openFiles));
    }
  }

  void startClient() throws LabException {
    List<String> command = Spaces.clientCommand(folder.base(), record().keeper());
    Map<String, String> environment = Spaces.clientEnvironment(folder.base());
    try (Spawned client =
        Spawned.start("the client", command, environment, folder.base().file("client.log"))) {
      wiring.connect(Switch.CLIENT_PORT, client.init(), Addresses.uplink(Addresses.CLIENT));
      update(r -> r.withClient(client.init()));
      client.say("go");
    }
  }

  void startControl() throws LabException {
    List<String> command = Spaces.below(record().keeper());
    command.addAll(Spaces.unshare("--net", "--uts", "--ipc"));
    command.addAll(List.of("sh", folder.base().file("control.sh").toString()));
    Map<String, String> environment = environment();
    try (Spawned control =
        Spawned.start("the control plane", command, environment, folder.log(CONTROL, "lab"))) {
      wiring.connect(CONTROL, control.init(), Addresses.uplink(Addresses.CONTROL));
      update(r -> r.withControl(control.init()));
      control.say("go");
    }
  }

  /** Starts a node's PID 1 and connects it; its kubelet comes up by and by. */
  void startNode(String name) throws LabException {
    KubernetesRecord.Node node = node(name);
    String offset = Long.toString(node.offsetSeconds());
    List<String> command = Spaces.below(record().keeper());
    command.addAll(List.of("sh", folder.base().file("enter.sh").toString()));
    command.addAll(Spaces.unshare("--net", "--uts", "--ipc", "--time"));
    command.addAll(List.of("--boottime", offset, "--monotonic", offset));
    command.addAll(List.of("sh", folder.base().file("node.sh").toString()));
    Map<String, String> environment = nodeEnvironment(name);
    try (Spawned init =
        Spawned.start("Node " + name, command, environment, folder.log(name, "lab"))) {
      wiring.connect(node.port(), init.init(), Addresses.uplink(Addresses.node(name)));
      // Remembered before it may go on: what runs is always known.
      update(r -> r.withInit(name, init.init()));
      init.say("go");
    }
  }

  private Map<String, String> nodeEnvironment(String name) throws LabException {
    OptionalLong openFiles = HostNeeds.openFilesMost();
    List<String> groups =
        NodeCgroups.ofHost().make(folder.base().group(), name).stream()
            .map(Object::toString)
            .toList();
    Map<String, String> all = environment();
    all.put("US_NODE", name);
    all.put("US_ADDRESS", Addresses.node(name));
    all.put("US_TOOLS", record().programs().tools());
    all.put("US_PAUSE", NodeFiles.PAUSE);
    all.put("US_CGROUPS", String.join(" ", groups));
    all.put("US_NR_OPEN", openFiles.isPresent() ? Long.toString(openFiles.getAsLong()) : "");
    all.put("US_MACHINE_ID", Digests.hexOfText("understudy " + name).substring(0, 32));
    all.put("XTABLES_LIBDIR", record().programs().iptablesExtensions());
    return all;
  }

  private Map<String, String> environment() {
    Map<String, String> all = new HashMap<>();
    all.put("US_STATE", folder.base().path().toString());
    all.put("PATH", record().programs().path());
    return all;
  }

  @Override
  public void close() throws LabException {
    wiring.close();
    if (lock.isPresent()) {
      lock.get().close();
    }
  }
}
