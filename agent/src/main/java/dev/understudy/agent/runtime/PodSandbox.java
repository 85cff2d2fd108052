// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox that the kubelet has made: a Pod. In the active's one the program is the container's
 * first process. In the standby's one the {@link Holder} is that, and copies are restored below it,
 * in PID namespaces of their own: the kubelet sees a container that runs, and nothing else.
 */
public final class PodSandbox implements Sandbox {
  private static final long EMPTY_BYTES = 4096;
  private static final Duration LEARN_LIMIT = Duration.ofSeconds(20);

  /** Leads what the copy prints to where the holder prints, by number 8 and 9. */
  private static final String TO_HOLDERS_LOG = "exec 8>\"$0/1\" 9>\"$0/2\"; exec \"$@\"";

  /** CRIU reads /proc of the holder's PID namespace, and wants its root to be a mount point. */
  private static final String IN_POD =
      "mount -t proc proc /proc && mount --bind \"$0\" \"$1\" && shift && exec \"$@\"";

  private final SandboxSpec spec;
  private final SandboxPlaces places;
  private final Path containerd;
  private final String uid;
  private final String container;
  private final Path directory;
  private final AutoCloseable gate;
  private final AtomicLong counter = new AtomicLong();

  /** By the directory of their files: copies that were restored, and are not discarded. */
  private final Map<Path, Cgroup> restored = new ConcurrentHashMap<>();

  /** The container in which the newest copy was laid out. */
  private volatile PodContainer last;

  private PodSandbox(
      SandboxSpec spec,
      SandboxPlaces places,
      Path containerd,
      String uid,
      PodContainer found,
      String container,
      AutoCloseable gate) {
    this.spec = spec;
    this.places = places;
    this.containerd = containerd;
    this.uid = uid;
    this.container = container;
    this.directory = places.sandbox(spec.workload());
    this.gate = gate;
    this.last = found;
  }

  /**
   * Finds the Pod on this node and puts the gate behind it.
   *
   * @param containerd its state folder, /run/containerd
   * @param uid the Pod's
   * @param container the name of the container
   * @param gate called with the outer end of the link of a standby Pod
   * @param openGate the same for a Pod whose program serves already: see {@code OutputGates}
   * @throws IOException when the Pod's container does not run here; then nothing is left behind
   */
  public static PodSandbox create(
      SandboxSpec spec,
      SandboxPlaces places,
      Path containerd,
      String uid,
      String container,
      GateAttachment gate,
      GateAttachment openGate)
      throws IOException {
    PodContainer found = find(containerd, uid, container);
    Path directory = places.sandbox(spec.workload());
    MountTable.unmountBelow(directory);
    Trees.delete(directory);
    Trees.delete(places.generations(spec.workload()));
    Files.createDirectories(directory);
    learnKernel(places.tools().criu());
    GateAttachment fitting = Holder.runsIn(found) ? gate : openGate;
    AutoCloseable attached = fitting.attach(outerDevice(found.pid()));
    return new PodSandbox(spec, places, containerd, uid, found, container, attached);
  }

  /**
   * Has CRIU find out what this kernel can, and remember it below /run: as the user of a program it
   * cannot try everything. What is missing it says here in vain, and again when it is needed.
   */
  private static void learnKernel(Path criu) throws IOException {
    Command.Result _ = Command.of(criu.toString(), "check").run(LEARN_LIMIT);
  }

  private static PodContainer find(Path containerd, String uid, String container)
      throws IOException {
    return PodContainer.find(containerd, uid, container)
        .orElseThrow(
            () -> new IOException("no container " + container + " of Pod " + uid + " runs here"));
  }

  /** Each end of a veth pair knows the number of the other one. */
  private static String outerDevice(int pid) throws IOException {
    Path inner = Path.of("/proc/" + pid + "/root/sys/class/net", SandboxNetwork.DEVICE, "iflink");
    String number = Files.readString(inner).strip();
    try (Stream<Path> devices = Files.list(Path.of("/sys/class/net"))) {
      for (Path device : devices.toList()) {
        if (Files.readString(device.resolve("ifindex")).strip().equals(number)) {
          return device.getFileName().toString();
        }
      }
    }
    throw new IOException("the outer end of the Pod's link, number " + number + ", is not here");
  }

  /**
   * Takes what runs in the Pod for the program, which the kubelet has started; or an earlier agent
   * has woken it below the holder.
   */
  public StartResult start() {
    try {
      PodContainer now = find(containerd, uid, container);
      OptionalInt awake = Holder.runsIn(now) ? Holder.awake(now) : OptionalInt.of(now.pid());
      if (awake.isEmpty()) {
        return new StartResult.StartFailed("the standby Pod holds no copy", List.of());
      }
      Path copies = Files.createDirectories(directory.resolve("copies"));
      Path own = Files.createDirectories(copies.resolve("" + counter.incrementAndGet()));
      last = now;
      ProcessTree tree = new ProcessTree(awake.getAsInt());
      // An agent that died in a checkpoint has left it stopped.
      tree.thaw();
      return new StartResult.Started(new Copy(files(own, now), tree, Optional.empty()));
    } catch (IOException e) {
      return new StartResult.StartFailed(Failures.text(e), List.of());
    }
  }

  /** Nothing that the program writes travels, so no writable layer is looked at. */
  private static RootFiles files(Path own, PodContainer container) throws IOException {
    Path nothing = Files.createDirectories(own.resolve("nothing"));
    return new RootFiles(own, nothing, container.rootfs(), own.resolve("dev"), nothing);
  }

  @Override
  public SandboxSpec spec() {
    return spec;
  }

  @Override
  public SandboxPlaces places() {
    return places;
  }

  @Override
  public List<String> enter() throws IOException {
    PodContainer now = find(containerd, uid, container);
    return List.of("nsenter", "-t", "" + now.pid(), "-n", "-i", "-u", "--");
  }

  @Override
  public List<String> dumpMounts(Copy copy) throws IOException {
    PodContainer now = find(containerd, uid, container);
    if (!now.readOnly()) {
      throw new IOException(
          "the container can write to its root file system, which does not travel;"
              + " set readOnlyRootFilesystem");
    }
    refuseFiles(copy.rootPid(), "/dev/shm");
    List<String> arguments = new ArrayList<>(List.of("--root", now.rootfs().toString()));
    PodMounts.of(copy.rootPid(), now).toDump(arguments);
    return arguments;
  }

  private static void refuseFiles(int pid, String folder) throws IOException {
    Path files = Path.of("/proc/" + pid + "/root" + folder);
    if (Files.isDirectory(files)) {
      try (Stream<Path> list = Files.list(files)) {
        if (list.findAny().isPresent()) {
          throw new IOException("the program has files in " + folder + ", which do not travel");
        }
      }
    }
  }

  /** Of standard output and standard error, in this order. */
  @Override
  public List<String> logPipes(Copy copy) {
    Path open = Path.of("/proc/" + copy.rootPid() + "/fd");
    return Stream.of("1", "2")
        .map(number -> Descriptors.target(open.resolve(number)))
        .filter(target -> target.startsWith("pipe:"))
        .distinct()
        .toList();
  }

  @Override
  public RootFiles newFiles(Optional<Path> upperArchive, Optional<Path> shmArchive)
      throws IOException {
    if (upperArchive.isPresent() || shmArchive.isPresent()) {
      throw new IOException("changed files do not travel into Pods");
    }
    PodContainer now = find(containerd, uid, container);
    if (!Holder.runsIn(now)) {
      throw new IOException("container " + container + " runs a program of its own, no holder");
    }
    last = now;
    Path own = directory.resolve("copies").resolve(Long.toString(counter.incrementAndGet()));
    RootFiles files = files(own, now);
    try {
      files.layOutPodDev(spec.memoryLimitBytes());
      PodMounts.layOut(own, now, EMPTY_BYTES);
      return files;
    } catch (IOException e) {
      files.remove();
      throw e;
    }
  }

  @Override
  public Cgroup newGroup(RootFiles files) throws IOException {
    String name = "copy-" + files.directory().getFileName();
    Cgroup group = Cgroup.inContainer(last.groups(), name);
    group.close();
    group.make();
    restored.put(files.directory(), group);
    return group;
  }

  /** The Pod has a limit. */
  @Override
  public void settle(Cgroup group) {
    // Nothing to lower.
  }

  @Override
  public List<String> restoreFrom(Cgroup group, RootFiles files, Path root) {
    PodContainer now = last;
    String holder = Integer.toString(now.pid());
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of("sh", "-c", TO_HOLDERS_LOG, "/proc/" + holder + "/fd"));
    argv.addAll(group.launcher());
    argv.addAll(List.of("nice", "-n", "10"));
    argv.addAll(List.of("nsenter", "-t", holder, "-p", "-n", "-i", "-u", "--"));
    argv.addAll(List.of("unshare", "-m", "--propagation", "slave", "sh", "-ec", IN_POD));
    argv.addAll(List.of(now.rootfs().toString(), root.toString()));
    return argv;
  }

  @Override
  public List<String> restoreMounts(RootFiles files, List<String> logPipes) throws IOException {
    List<String> arguments = new ArrayList<>();
    PodMounts.of(last.pid(), last).toRestore(files, arguments);
    for (int i = 0; i < logPipes.size(); i++) {
      arguments.addAll(List.of("--inherit-fd", "fd[" + (8 + i) + "]:" + logPipes.get(i)));
    }
    return arguments;
  }

  @Override
  public Path restoreOutput() {
    return Path.of("/dev/null");
  }

  /** CRIU was in the holder's PID namespace, and the root is the first process of one below. */
  @Override
  public int rootPid(int told, Cgroup group) throws IOException {
    for (int pid : group.pids()) {
      int[] numbers = NamespacePids.of(pid);
      int depth = numbers.length;
      if (depth >= 2 && numbers[depth - 1] == 1 && numbers[depth - 2] == told) {
        return pid;
      }
    }
    throw new IOException("CRIU restored process " + told + ", which is not in the copy's cgroup");
  }

  @Override
  public void woken(Copy copy) throws IOException {
    Holder.woken(last, copy.rootPid());
  }

  /** The kubelet has them: {@code kubectl logs}. */
  @Override
  public List<String> lastLines() {
    return List.of();
  }

  @Override
  public String ending(RootFiles files, String plain) {
    return plain;
  }

  @Override
  public void discardFiles(RootFiles files) throws IOException {
    @Nullable Cgroup group = restored.remove(files.directory());
    if (group != null) {
      group.close();
    }
    files.remove();
  }

  @Override
  public void discard(Copy copy) throws IOException {
    copy.tree().end();
    discardFiles(copy.files());
  }

  /**
   * Ends held copies. What runs goes on, behind the gate, which shuts and stays: only the next
   * agent may open it.
   */
  @Override
  public void close() throws IOException {
    Set<Path> held = new HashSet<>(restored.keySet());
    for (Path one : held) {
      Cgroup group = restored.get(one);
      if (group != null && stands(group)) {
        group.close();
      }
    }
    MountTable.unmountBelow(directory);
    Trees.delete(directory);
    try {
      gate.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("closing the gate failed: " + Failures.text(e), e);
    }
  }

  private static boolean stands(Cgroup group) throws IOException {
    for (int pid : group.pids()) {
      if (new ProcessTree(pid).stopped()) {
        return true;
      }
    }
    return false;
  }
}
