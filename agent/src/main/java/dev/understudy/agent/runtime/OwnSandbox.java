// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.agent.linux.Mounts;
import dev.understudy.api.cluster.Ipv4;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A sandbox that the agent makes: pinned network, IPC and UTS namespaces with the virtual address
 * and the closed gate, a memory cgroup, the log pipe.
 */
public final class OwnSandbox implements Sandbox {
  /** CRIU's key of the mount on /dev, which both sides provide. */
  private static final String DEV = "ext_dev";

  /** CRIU wants its root to be a mount point below a mount that propagates nothing outwards. */
  private static final String IN_OWN_ROOT = "mount --bind \"$0\" \"$1\" && shift && exec \"$@\"";

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final SandboxSpec spec;
  private final SandboxPlaces places;
  private final Path directory;
  private final Cgroup cgroup;
  private final SandboxNetwork network;
  private final LogPipe log;
  private final AtomicLong counter = new AtomicLong();

  private OwnSandbox(
      SandboxSpec spec, SandboxPlaces places, Cgroup cgroup, SandboxNetwork network, LogPipe log) {
    this.spec = spec;
    this.places = places;
    this.directory = places.sandbox(spec.workload());
    this.cgroup = cgroup;
    this.network = network;
    this.log = log;
  }

  /**
   * Makes the sandbox; what a killed agent left of the same name is killed and removed first.
   *
   * @param gate called before the device may send; see {@link GateAttachment}
   * @throws IOException names what failed; then nothing is left behind
   */
  public static OwnSandbox create(SandboxSpec spec, SandboxPlaces places, GateAttachment gate)
      throws IOException {
    Path directory = places.sandbox(spec.workload());
    Cgroup cgroup = Cgroup.create(places.cgroups(), spec.workload(), spec.sandboxLimitBytes());
    SandboxNetwork network = null;
    try {
      wipe(directory);
      Files.createDirectories(directory);
      writeNames(spec, directory.resolve("base"));
      hide(places, directory.resolve("base"));
      Trees.delete(places.generations(spec.workload()));
      network = SandboxNetwork.create(spec, places.bridge(), directory.resolve("ns"), gate);
      LogPipe log = LogPipe.open(places.log(spec.workload()));
      return new OwnSandbox(spec, places, cgroup, network, log);
    } catch (IOException e) {
      if (network != null) {
        network.close();
      }
      wipe(directory);
      cgroup.close();
      throw e;
    }
  }

  /**
   * Takes over the sandbox of an earlier agent with the one copy that runs in it; what else is
   * there is killed and removed.
   *
   * @param gate takes over the gate, as it is
   * @param running the copy that stays
   * @param keeper the process that keeps the log's pipe
   * @param logKey what that pipe was called
   * @throws IOException when something of it is missing; nothing was changed then that {@link
   *     #create} would not remove
   */
  public static OwnSandbox adopt(
      SandboxSpec spec,
      SandboxPlaces places,
      GateAttachment gate,
      Copy running,
      long keeper,
      String logKey)
      throws IOException {
    Path directory = places.sandbox(spec.workload());
    Cgroup cgroup = Cgroup.adopt(places.cgroups(), spec.workload());
    LogPipe log = LogPipe.adopt(places.log(spec.workload()), keeper, logKey);
    try {
      SandboxNetwork network = SandboxNetwork.adopt(directory.resolve("ns"), gate);
      OwnSandbox found = new OwnSandbox(spec, places, cgroup, network, log);
      found.removeOthers(running);
      return found;
    } catch (IOException e) {
      log.close();
      throw e;
    }
  }

  private void removeOthers(Copy running) throws IOException {
    try (Stream<Path> copies = Files.list(directory.resolve("copies"))) {
      for (Path copy : copies.toList()) {
        int number = Integer.parseInt(copy.getFileName().toString());
        counter.accumulateAndGet(number, Math::max);
        if (!copy.equals(running.files().directory())) {
          discardFiles(RootFiles.in(copy));
        }
      }
    }
  }

  /**
   * A read-only layer with the workload's own host name, which many programs look up when they
   * start. It is equal on every node, so it belongs to no generation.
   */
  private static void writeNames(SandboxSpec spec, Path base) throws IOException {
    Path etc = Files.createDirectories(base.resolve("etc"));
    Path below = new InRoot(spec.lower()).follow("etc/hosts");
    String known = Files.isRegularFile(below) ? Files.readString(below) : "127.0.0.1 localhost\n";
    String own = Ipv4.text(spec.address()) + " " + spec.workload() + "\n";
    Files.writeString(
        etc.resolve("hosts"), known.endsWith("\n") ? known + own : known + "\n" + own);
    Files.writeString(etc.resolve("hostname"), spec.workload() + "\n");
  }

  /**
   * An overlay over this machine's root shows what lies below other mounts as well, so what must
   * stay secret is covered by name: a device node 0, 0 in an upper layer stands for "no such file".
   */
  private static void hide(SandboxPlaces places, Path base) throws IOException {
    for (Path secret : places.secrets()) {
      Optional<Path> shown = MountTable.onRootFileSystem(secret.toRealPath());
      if (shown.isPresent()) {
        Path cover = Path.of("/").relativize(shown.get());
        for (int depth = 1; depth < cover.getNameCount(); depth++) {
          copyFolder(cover.subpath(0, depth), base);
        }
        if (!Files.exists(base.resolve(cover))) {
          Mounts.makeNode(base.resolve(cover), 0, 0, 0);
        }
      }
    }
  }

  /** A folder in an upper layer brings its own owner and mode: those of the machine's are kept. */
  private static void copyFolder(Path name, Path base) throws IOException {
    Path copy = base.resolve(name);
    if (!Files.isDirectory(copy)) {
      Files.createDirectory(copy);
      Path original = Path.of("/").resolve(name);
      if (Files.isDirectory(original)) {
        for (String attribute : List.of("unix:uid", "unix:gid", "unix:mode")) {
          Files.setAttribute(copy, attribute, Files.getAttribute(original, attribute));
        }
      }
    }
  }

  @Override
  public SandboxSpec spec() {
    return spec;
  }

  @Override
  public SandboxPlaces places() {
    return places;
  }

  /** The cgroup of every copy in it. */
  public Cgroup cgroup() {
    return cgroup;
  }

  @Override
  public Cgroup newGroup(RootFiles files) throws IOException {
    return cgroup.newCopy(name(files), spec.beginningLimitBytes());
  }

  @Override
  public void settle(Cgroup group) throws IOException {
    try {
      group.limit(spec.memoryLimitBytes());
    } catch (IOException e) {
      throw new IOException(
          "it needs more than its memory limit of %d bytes at once: %s"
              .formatted(spec.memoryLimitBytes(), Failures.text(e)),
          e);
    }
  }

  /** Each copy has a directory of its own, and a cgroup of the same name. */
  private static String name(RootFiles files) {
    return files.directory().getFileName().toString();
  }

  /** Its namespaces and address. */
  public SandboxNetwork network() {
    return network;
  }

  /** What the workload prints. */
  public LogPipe log() {
    return log;
  }

  @Override
  public String ending(RootFiles files, String plain) {
    try {
      return cgroup.copy(name(files)).killedAtLimit()
          ? plain + ": it reached its memory limit of " + spec.memoryLimitBytes() + " bytes"
          : plain;
    } catch (IOException e) {
      return plain + "; whether for want of memory is unknown: " + Failures.text(e);
    }
  }

  @Override
  public List<String> enter() {
    return network.enter();
  }

  @Override
  public List<String> dumpMounts(Copy copy) {
    String root = copy.files().rootfs().toString();
    return List.of("--root", root, "--external", "mnt[/dev]:" + DEV);
  }

  @Override
  public List<String> logPipes(Copy copy) throws IOException {
    String ours = log.key();
    for (int pid : copy.tree().refresh()) {
      if (Descriptors.targets(pid).contains(ours)) {
        return List.of(ours);
      }
    }
    return List.of();
  }

  @Override
  public List<String> restoreFrom(Cgroup group, RootFiles files, Path root) {
    List<String> argv = new ArrayList<>(group.launcher());
    argv.addAll(List.of("nice", "-n", "10"));
    argv.addAll(network.enter());
    argv.addAll(List.of("unshare", "-m", "--propagation", "slave", "sh", "-ec", IN_OWN_ROOT));
    argv.addAll(List.of(files.rootfs().toString(), root.toString()));
    return argv;
  }

  @Override
  public List<String> restoreMounts(RootFiles files, List<String> logPipes) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--external", "mnt[" + DEV + "]:" + files.dev()));
    for (String pipe : logPipes) {
      arguments.addAll(List.of("--inherit-fd", "fd[1]:" + pipe));
    }
    return arguments;
  }

  @Override
  public Path restoreOutput() {
    return log.writeEnd();
  }

  @Override
  public int rootPid(int told, Cgroup group) {
    return told;
  }

  @Override
  public void woken(Copy copy) {
    // Nobody else has to know.
  }

  @Override
  public List<String> lastLines() {
    return log.lastLines();
  }

  /** Its own directory. */
  public Path directory() {
    return directory;
  }

  @Override
  public RootFiles newFiles(Optional<Path> upperArchive, Optional<Path> shmArchive)
      throws IOException {
    Path copy = directory.resolve("copies").resolve(Long.toString(counter.incrementAndGet()));
    return RootFiles.create(
        copy,
        List.of(directory.resolve("base"), spec.lower()),
        spec.memoryLimitBytes(),
        upperArchive,
        shmArchive);
  }

  @Override
  public void discardFiles(RootFiles files) throws IOException {
    cgroup.copy(name(files)).close();
    files.remove();
  }

  @Override
  public void discard(Copy copy) throws IOException {
    copy.tree().end();
    if (copy.runcId().isPresent()) {
      Command.of(runc("delete", "-f", copy.runcId().get())).must("runc delete", LIMIT);
    }
    discardFiles(copy.files());
  }

  /** A command line of runc for this sandbox. */
  List<String> runc(String... arguments) {
    List<String> argv = new ArrayList<>();
    argv.add(places.tools().runc().toString());
    argv.add("--root");
    argv.add(directory.resolve("runc").toString());
    argv.addAll(List.of(arguments));
    return argv;
  }

  /** Kills every process in it and removes all of it, the network device and cgroup included. */
  @Override
  public void close() throws IOException {
    cgroup.killAllBut();
    network.close();
    log.close();
    wipe(directory);
    cgroup.close();
  }

  private static void wipe(Path directory) throws IOException {
    MountTable.unmountBelow(directory);
    Trees.delete(directory);
  }
}
