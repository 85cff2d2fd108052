// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import dev.understudy.api.cluster.NodeSpec;
import dev.understudy.api.records.RecordPage;
import dev.understudy.console.Agents;
import dev.understudy.lab.cluster.Lab;
import dev.understudy.lab.cluster.LabException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The agents of a lab. A node that was started again is found again. */
final class LabAgents implements Agents, AutoCloseable {
  private final Path root;
  private final String name;
  private final List<String> nodes;
  private final Map<String, Lab> labs = new ConcurrentHashMap<>();

  private LabAgents(Path root, String name, List<String> nodes) {
    this.root = root;
    this.name = name;
    this.nodes = nodes;
  }

  /** Those of a lab that runs. */
  static LabAgents of(Path root, String name) throws LabException {
    try (Lab lab = Lab.attach(root, name)) {
      return new LabAgents(root, name, lab.cluster().nodes().stream().map(NodeSpec::name).toList());
    }
  }

  @Override
  public List<String> nodes() {
    return nodes;
  }

  @Override
  public byte[] records(String node, String cursor) throws IOException {
    boolean answered = false;
    try {
      Lab lab = labs.get(node);
      if (lab == null) {
        lab = Lab.attach(root, name);
        labs.put(node, lab);
      }
      byte[] body = lab.records(node, cursor, RecordPage.WAIT_MILLIS_MOST);
      answered = true;
      return body;
    } catch (LabException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      if (!answered) {
        letGo(node);
      }
    }
  }

  /** What it remembers of the node's processes may be over. */
  private void letGo(String node) throws IOException {
    Lab former = labs.remove(node);
    if (former != null) {
      try {
        former.close();
      } catch (LabException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (String node : nodes) {
      letGo(node);
    }
  }
}
