// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.agent.linux.LinuxException;
import dev.understudy.lab.cluster.Crash;
import dev.understudy.lab.cluster.HostNeeds;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.cluster.PowerCut;
import dev.understudy.lab.cluster.ProcessMark;
import dev.understudy.lab.cluster.Spaces;
import dev.understudy.lab.cluster.Startup;
import dev.understudy.lab.cluster.Switch;
import dev.understudy.lab.tools.Captured;
import dev.understudy.lab.tools.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A running three-node Kubernetes on this machine. Started by {@link #up}, or found again by {@link
 * #attach}; there is one for each state folder.
 *
 * <p>Closing a lab that is bound to this process takes it away; closing another one only lets go of
 * it. Methods may be called from any thread.
 */
public final class KubernetesLab implements AutoCloseable {
  private static final int READY_SECONDS = 90;

  /** Loading an image into a busy node takes a while. */
  private static final int COMMAND_SECONDS = 600;

  private static final String APISERVER = "kube-apiserver";

  private final KubernetesParts parts;
  private final Startup.Step ending;

  KubernetesLab(KubernetesParts parts, Startup.Step ending) {
    this.parts = parts;
    this.ending = ending;
  }

  /**
   * Starts a cluster and waits until every node is Ready and Pods can be made. What a killed run
   * left is removed first, which the progress tells.
   *
   * @throws LabException when it runs already, when this machine cannot hold it, or when a part
   *     does not come up in time; nothing is left behind then
   */
  public static KubernetesLab up(KubernetesOptions options) throws LabException {
    return new KubernetesStart(options).run();
  }

  /** Finds the running lab, to look at it or run commands in it. */
  public static KubernetesLab attach(Path stateRoot) throws LabException {
    KubernetesParts parts = KubernetesParts.attach(KubernetesFolder.of(stateRoot), false);
    return new KubernetesLab(parts, parts::close);
  }

  /**
   * Finds the running lab, to crash and start nodes of it; until it is closed, nobody else may.
   *
   * @throws LabException also when another command has that right
   */
  public static KubernetesLab attachToChange(Path stateRoot) throws LabException {
    KubernetesParts parts = KubernetesParts.attach(KubernetesFolder.of(stateRoot), true);
    return new KubernetesLab(parts, parts::close);
  }

  /**
   * Takes the lab away, running or not.
   *
   * @return false when there was nothing to take away
   */
  public static boolean down(Path stateRoot) throws LabException {
    HostNeeds.check();
    return KubernetesFolder.of(stateRoot).down();
  }

  /** How the lab and every node of it are now. */
  public KubernetesStatus status() throws LabException {
    KubernetesRecord record = parts.record();
    Kubectl kubectl = parts.kubectl();
    boolean held = apiserverIsHeld();
    boolean answers = !held && kubectl.serverReady();
    Map<String, String> readiness = answers ? kubectl.readiness() : Map.of();
    List<KubernetesStatus.Node> nodes = new ArrayList<>();
    for (KubernetesRecord.Node node : record.nodes()) {
      Optional<ProcessMark> init = node.alive();
      String state = init.isEmpty() ? "crashed" : parts.portIsUp(node) ? "up" : "isolated";
      nodes.add(
          new KubernetesStatus.Node(
              node.name(),
              Addresses.node(node.name()),
              state,
              readiness.getOrDefault(node.name(), ""),
              init.map(ProcessMark::pid).orElse(-1L)));
    }
    return new KubernetesStatus(
        record.programs().version(),
        record.timers().text(),
        record.proxy().text(),
        parts.folder().base().path().toString(),
        held ? "stopped" : answers ? "up" : "silent",
        nodes);
  }

  /** The names of the nodes. */
  public List<String> nodes() {
    return Addresses.NODES;
  }

  /** A node's own IPv4 address. */
  public String address(String node) {
    return Addresses.node(node);
  }

  /**
   * Takes a node's power away: first its port at the switch, so that no dying process says goodbye,
   * then every process of it. Returns when both are done, without waiting for the kernel to bury
   * the processes.
   */
  public Crash crash(String node) throws LabException {
    ProcessMark init = parts.init(node);
    Crash crash = PowerCut.run(node, parts.wiring(), parts.node(node).port(), init);
    parts.update(r -> r.withInit(node, null));
    return crash;
  }

  /**
   * Starts a crashed node again, with the disk that it had. Returns when its PID 1 runs; the
   * kubelet comes up by and by, see {@link #awaitReady}.
   */
  public void start(String node) throws LabException {
    if (parts.node(node).alive().isPresent()) {
      throw LabException.input("Node " + node + " is up: crash it first.");
    }
    parts.startNode(node);
  }

  /**
   * Waits until a node is Ready, a minute and a half at most.
   *
   * @param after its kubelet must have been heard since then, by the machine's clock
   */
  public void awaitReady(String node, Instant after) throws LabException {
    parts.node(node);
    Kubectl kubectl = parts.kubectl();
    Kubectl.await(
        "node " + node + " is not Ready",
        READY_SECONDS,
        () -> kubectl.readyAgain(node, after),
        parts.folder().place(node).resolve("log"));
  }

  /** Cuts a node's port at the switch; its processes go on. Returns when the port is down. */
  public void isolate(String node) throws LabException {
    parts.init(node);
    try {
      parts.wiring().cut(parts.node(node).port());
    } catch (LinuxException e) {
      throw LabException.failed("Cannot isolate node " + node + ": " + e.getMessage() + ".", e);
    }
  }

  /** Restores the port of an isolated node. */
  public void heal(String node) throws LabException {
    parts.init(node);
    try {
      parts.wiring().restore(parts.node(node).port());
    } catch (LinuxException e) {
      throw LabException.failed("Cannot heal node " + node + ": " + e.getMessage() + ".", e);
    }
  }

  /** Kills the API server, which stays down until it is started; everything else goes on. */
  public void stopApiserver() throws LabException {
    if (apiserverIsHeld()) {
      throw LabException.input("The API server is stopped already.");
    }
    inControl("touch held/" + APISERVER + "; kill -KILL $(cat " + APISERVER + ".pid)");
  }

  /** Starts a stopped API server again and waits until it is ready. */
  public void startApiserver() throws LabException {
    if (!apiserverIsHeld()) {
      throw LabException.input("The API server is not stopped.");
    }
    inControl("rm held/" + APISERVER);
    Kubectl.await(
        "the API server is not ready",
        READY_SECONDS,
        parts.kubectl()::serverReady,
        parts.folder().log(KubernetesParts.CONTROL, APISERVER));
  }

  private boolean apiserverIsHeld() throws LabException {
    Path run = parts.folder().place(KubernetesParts.CONTROL).resolve("run");
    // The folder is a mount in the control plane's namespace, which its root leads to.
    Path seen = Path.of("/proc/" + parts.control().pid() + "/root" + run);
    return Files.exists(seen.resolve("held").resolve(APISERVER));
  }

  private void inControl(String script) throws LabException {
    String run = parts.folder().place(KubernetesParts.CONTROL).resolve("run").toString();
    List<String> command = Spaces.inside(parts.control(), run, List.of("sh", "-ec", script));
    Captured said = captured(command, Path.of("/dev/null"));
    if (!said.ok()) {
      throw LabException.failed("The control plane refused: " + said.lastLine() + ".");
    }
  }

  private static Captured captured(List<String> command, Path input) throws LabException {
    try {
      return Captured.run(command, input, COMMAND_SECONDS);
    } catch (IOException e) {
      throw LabException.failed("Cannot run " + command.getFirst() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Loads an archive of {@code docker save} or an OCI layout into the nodes that are up.
   *
   * @return the names of the images that every one of these nodes has now
   */
  public List<String> importImage(Path archive) throws LabException {
    if (!Files.isReadable(archive)) {
      throw LabException.input(archive + " cannot be read.");
    }
    List<String> names = List.of();
    for (String node : upNodes()) {
      List<String> command = List.of("ctr", "-n", "k8s.io", "images", "import", "-");
      Captured said = captured(execCommand(node, command), archive);
      if (!said.ok()) {
        throw LabException.input(
            "Node " + node + " cannot load " + archive + ": " + said.lastLine() + ".");
      }
      names =
          said.out()
              .lines()
              .map(line -> line.strip().split("\\s+", -1)[0])
              .filter(word -> word.contains("/") && word.contains(":"))
              .distinct()
              .toList();
    }
    return names;
  }

  /** The names of the nodes that have power. */
  public List<String> upNodes() {
    return parts.record().nodes().stream()
        .filter(node -> node.alive().isPresent())
        .map(KubernetesRecord.Node::name)
        .toList();
  }

  /**
   * Agents of Understudy on the nodes: processes of each node, as its kubelet is.
   *
   * @param base with CRIU and runc
   */
  public KubernetesAgents agents(Tools base) {
    return new KubernetesAgents(parts, base);
  }

  /** The command line of kubectl, which reads files of this machine. */
  public List<String> kubectlCommand(List<String> arguments) throws LabException {
    return parts.kubectl().command(arguments);
  }

  /** The command line that runs a command inside a node, in the root folder there. */
  public List<String> execCommand(String node, List<String> command) throws LabException {
    return inside(parts.init(node), "/", command);
  }

  /** The command line that runs a command in the outside client, in a folder. */
  public List<String> clientCommand(Path workingFolder, List<String> command) throws LabException {
    return inside(parts.client(), workingFolder.toString(), command);
  }

  private List<String> inside(ProcessMark init, String folder, List<String> command) {
    List<String> all = new ArrayList<>(List.of("env", "PATH=" + parts.record().programs().path()));
    all.addAll(command);
    return Spaces.inside(init, folder, all);
  }

  /** The outside client's network namespace, for threads that join it. */
  public Path clientNetns() throws LabException {
    return Switch.netns(parts.client());
  }

  /** A node's network namespace; it ends when the node crashes. */
  public Path nodeNetns(String node) throws LabException {
    return Switch.netns(parts.init(node));
  }

  /** What a program of a node, or of {@code control}, has written, as {@code kubelet}. */
  public String log(String place, String program) throws LabException {
    if (!place.equals(KubernetesParts.CONTROL)) {
      parts.node(place);
    }
    Path file = parts.folder().log(place, program);
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw LabException.input("There is no log of " + program + " at " + place + ".");
    }
  }

  /** Lets go of the lab; takes it away if it is bound to this process. More calls do nothing. */
  @Override
  public void close() throws LabException {
    ending.run();
  }
}
