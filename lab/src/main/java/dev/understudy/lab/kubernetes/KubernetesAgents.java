// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.api.cluster.Cluster;
import dev.understudy.api.cluster.ClusterFile;
import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.control.NodeEvent;
import dev.understudy.api.control.NodeStatus;
import dev.understudy.lab.cluster.AgentProgram;
import dev.understudy.lab.cluster.ControlClient;
import dev.understudy.lab.cluster.LabException;
import dev.understudy.lab.cluster.ProcessMark;
import dev.understudy.lab.cluster.Spaces;
import dev.understudy.lab.tools.Captured;
import dev.understudy.lab.tools.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Agents of Understudy on the nodes of a Kubernetes lab: processes of each node as its kubelet is,
 * of the same build as this one, kept running by the node, with their files on the node's disk.
 */
public final class KubernetesAgents {
  private static final String FOLDER = "/run/understudy-lab/disk/understudy";
  private static final String RUN = "/run/understudy";
  private static final String PROGRAM = "agent.sh";
  private static final String KEY = "key";
  private static final String KEY_FILE = "agents.key";
  private static final String PLAN = "cluster.yaml";
  private static final int KEY_BYTES = 32;
  private static final int COMMAND_SECONDS = 30;
  private static final Path NOTHING = Path.of("/dev/null");

  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final String PUT =
      "umask 077; mkdir -p \"$0\"; cat >\"$0/$1.new\"; mv \"$0/$1.new\" \"$0/$1\"";

  /** The node starts it again at once. */
  private static final String RESTART = "pid=$(cat /run/understudy-lab/agent.pid); kill \"$pid\"";

  private final KubernetesParts parts;
  private final Tools base;

  KubernetesAgents(KubernetesParts parts, Tools base) {
    this.parts = parts;
    this.base = base;
  }

  /**
   * Gives all nodes that have power a plan; their agents are started, or end and go by it when they
   * are started again.
   *
   * @param plan whose nodes are those of the lab, by name
   */
  public void apply(Cluster plan) throws LabException {
    byte[] key = key();
    for (NodeSpec node : plan.nodes()) {
      if (parts.node(node.name()).alive().isPresent()) {
        put(node.name(), KEY, key);
        put(node.name(), PLAN, utf8(ClusterFile.write(plan)));
        put(
            node.name(),
            PROGRAM,
            utf8(program(List.of("--cluster", FOLDER + "/" + PLAN, "--node", node.name()))));
        run(node.name(), List.of("sh", "-c", RESTART), NOTHING);
      }
    }
  }

  /** Starts agents on all nodes that have power; they wait to be brought a plan. */
  public void start() throws LabException {
    byte[] key = key();
    for (String node : Addresses.NODES) {
      if (parts.node(node).alive().isPresent()) {
        put(node, KEY, key);
        put(node, PROGRAM, utf8(program(List.of("--listen", Addresses.node(node)))));
      }
    }
  }

  /** The file with the key that all agents have. */
  public Path keyFile() throws LabException {
    byte[] _ = key();
    return parts.folder().base().file(KEY_FILE);
  }

  /** What the agent of a node says; empty-handed it throws. */
  public NodeStatus status(String node) throws LabException, IOException {
    return control().status(parts.init(node));
  }

  /** What an agent has recorded since it wrote that sequence number. */
  public List<NodeEvent> events(String node, long after) throws LabException, IOException {
    return control().events(parts.init(node), after);
  }

  private ControlClient control() throws LabException {
    return new ControlClient(key());
  }

  /** One for each lab, made when it is asked for first. */
  private byte[] key() throws LabException {
    Path file = parts.folder().base().file(KEY_FILE);
    try {
      if (!Files.exists(file)) {
        byte[] made = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(made);
        Files.createFile(file, PRIVATE);
        Files.write(file, made);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw LabException.failed("The agents' key cannot be kept: " + e.getMessage() + ".", e);
    }
  }

  private String program(List<String> plan) {
    List<String> all = new ArrayList<>(AgentProgram.command(List.of(AgentProgram.MAIN)));
    all.addAll(plan);
    all.addAll(List.of("--state", FOLDER + "/state", "--run", RUN, "--key", FOLDER + "/" + KEY));
    all.addAll(List.of("--uplink", "none"));
    all.addAll(List.of("--criu", base.criu().toString(), "--runc", base.runc().toString()));
    all.addAll(List.of("--cgroup-memory", "/sys/fs/cgroup/memory"));
    String words = all.stream().map(KubernetesAgents::quoted).collect(Collectors.joining(" "));
    return "exec " + words + "\n";
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void put(String node, String name, byte[] bytes) throws LabException {
    Path draft = parts.folder().base().file("agents.draft");
    try {
      Files.createFile(draft, PRIVATE);
      Files.write(draft, bytes);
      run(node, List.of("sh", "-c", PUT, FOLDER, name), draft);
      Files.delete(draft);
    } catch (IOException e) {
      throw LabException.failed("Cannot write " + draft + ": " + e.getMessage() + ".", e);
    }
  }

  private void run(String node, List<String> command, Path input) throws LabException {
    ProcessMark init = parts.init(node);
    Captured said;
    try {
      said = Captured.run(Spaces.inside(init, "/", command), input, COMMAND_SECONDS);
    } catch (IOException e) {
      throw LabException.failed("Cannot reach node " + node + ": " + e.getMessage() + ".", e);
    }
    if (said.code() != 0) {
      throw LabException.failed("Node " + node + " refused: " + said.err().strip() + ".");
    }
  }
}
