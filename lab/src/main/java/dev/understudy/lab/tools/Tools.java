// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Programs that are ready to run from the cache. Their absolute paths stand inside them (loader and
 * library path), so the folder cannot be moved; a file system that shows the folder elsewhere will
 * not do, an overlay over {@code /} will.
 *
 * @param home the folder of this set of tools
 * @param groups what was asked for
 * @param versions of each program, as it printed itself when it was fetched
 */
public record Tools(Path home, List<ToolGroup> groups, Map<String, String> versions) {
  static final String GO_ROOT = "usr/lib/go-1.26";

  public Tools {
    groups = List.copyOf(groups);
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
  }

  /** CRIU, at least 4.2. */
  public Path criu() {
    return program(ToolGroup.BASE, "criu");
  }

  public Path runc() {
    return program(ToolGroup.BASE, "runc");
  }

  /** The interpreter; it runs only with {@code PYTHONHOME} set to {@link #pythonHome()}. */
  public Path python() {
    return program(ToolGroup.PYTHON, "python3.13");
  }

  public Path pythonHome() {
    return rootFolder().resolve("usr");
  }

  public Path redisServer() {
    return program(ToolGroup.REDIS, "redis-server");
  }

  public Path redisCli() {
    return program(ToolGroup.REDIS, "redis-cli");
  }

  /** The Go tool; it runs only with {@code GOROOT} set to {@link #goRoot()}. */
  public Path go() {
    return program(ToolGroup.GO, "go");
  }

  public Path goRoot() {
    return rootFolder().resolve(GO_ROOT);
  }

  /** containerd's own client. */
  public Path ctr() {
    return program(ToolGroup.KUBERNETES, "ctr");
  }

  /** What {@code iptables} and its relatives are, by the name under which it is called. */
  public Path iptables() {
    return program(ToolGroup.KUBERNETES, "xtables-nft-multi");
  }

  /** The folder of iptables' extensions, for {@code XTABLES_LIBDIR}. */
  public Path iptablesExtensions() {
    return rootFolder().resolve("usr/lib/x86_64-linux-gnu/xtables");
  }

  /** The folder that holds the executables, to be put in front of a {@code PATH}. */
  public Path binFolder() {
    return home.resolve("bin");
  }

  /** The folder that the packages were unpacked into. */
  public Path rootFolder() {
    return home.resolve("root");
  }

  private Path program(ToolGroup group, String name) {
    if (!groups.contains(group)) {
      throw new IllegalStateException(name + " needs the group " + group + ", asked: " + groups);
    }
    return binFolder().resolve(name);
  }
}
