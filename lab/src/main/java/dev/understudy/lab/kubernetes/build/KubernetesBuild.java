// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.build;

import dev.understudy.agent.runtime.Digests;
import dev.understudy.agent.runtime.Trees;
import dev.understudy.lab.tools.CacheFolder;
import dev.understudy.lab.tools.Commands;
import dev.understudy.lab.tools.ToolCache;
import dev.understudy.lab.tools.ToolGroup;
import dev.understudy.lab.tools.Tools;
import dev.understudy.lab.tools.ToolsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The folder {@code kubernetes-HASH} in the project's cache, built when it is first needed, which
 * takes ten minutes of one processor.
 *
 * <p>A run that was killed is continued by the next one: modules and compiled packages are kept
 * until the programs are there. Of several runs at once one works and the others wait for it. The
 * folder {@code bin} appears at once, when everything in it is whole and was tried.
 */
public final class KubernetesBuild {
  /** The version of Kubernetes that the pinned module names. */
  public static final String VERSION = "v1.34.4";

  /** What the one big program can be, by the name under which it is called. */
  public static final List<String> COMPONENTS =
      List.of(
          "etcd",
          "kube-apiserver",
          "kube-controller-manager",
          "kube-scheduler",
          "kubelet",
          "kube-proxy",
          "kubectl");

  private static final List<String> SOURCES =
      List.of("go.mod", "go.sum", "kubernetes/main.go", "pause/main.go");

  /** Modules, compiled packages and the linker's output, measured as 4.2 GB. */
  private static final long BUILD_BYTES = 5_000_000_000L;

  private static final int LIST_SECONDS = 1_800;
  private static final int BUILD_SECONDS = 7_200;

  /** File locks are held by the process; this one orders its threads. */
  private static final ReentrantLock THREADS = new ReentrantLock();

  private final Path home;
  private final Map<String, String> sources;
  private final Consumer<String> progress;

  /**
   * The build in this user's cache.
   *
   * @param progress gets one line, without line end, for each step
   */
  public KubernetesBuild(Consumer<String> progress) throws ToolsException {
    this.sources = bundled();
    this.progress = progress;
    String all = String.join("\n", sources.values()) + flags();
    this.home =
        CacheFolder.ofUser().resolve("kubernetes-" + Digests.hexOfText(all).substring(0, 12));
  }

  /** The programs if they were built before; never touches the network. */
  public Optional<KubernetesTools> ready() throws ToolsException {
    Optional<Tools> tools = new ToolCache(progress).ready(ToolGroup.KUBERNETES);
    return tools
        .filter(_ -> Files.isExecutable(bin().resolve("kubernetes")))
        .map(found -> new KubernetesTools(bin(), found, VERSION));
  }

  /** The programs, built first if they are not there yet. */
  public KubernetesTools provide() throws ToolsException {
    Optional<KubernetesTools> ready = ready();
    if (ready.isPresent()) {
      return ready.get();
    }
    new ToolCache(progress).provide(ToolGroup.KUBERNETES);
    THREADS.lock();
    try {
      Files.createDirectories(home);
      try (FileChannel _ =
          CacheFolder.lock(
              home, () -> progress.accept("another run is building Kubernetes, waiting for it"))) {
        if (!Files.exists(bin())) {
          build();
        }
      }
    } catch (IOException e) {
      throw new ToolsException(
          "working in " + home + " failed: " + e + "; set UNDERSTUDY_CACHE to another folder", e);
    } finally {
      THREADS.unlock();
    }
    return ready().orElseThrow(() -> new IllegalStateException("built, yet not ready: " + home));
  }

  private Path bin() {
    return home.resolve("bin");
  }

  private void build() throws ToolsException, IOException {
    long start = System.nanoTime();
    Path work = Files.createDirectories(home.resolve("work"));
    CacheFolder.requireRoom(work, Math.max(0, BUILD_BYTES - sizeBytes(work)));
    Tools compiler = new ToolCache(progress).provide(ToolGroup.GO);
    writeSources(work.resolve("source"));
    Path scratch = Files.createDirectories(work.resolve("scratch"));
    Path programs = Files.createDirectories(work.resolve("bin"));
    GoTool go = new GoTool(compiler, work, new Commands(scratch), progress);
    progress.accept(
        "building Kubernetes " + VERSION + " from its Go modules, once; about 10 min of processor");
    int packages = go.listPackages(LIST_SECONDS);
    go.build(programs, flags(), packages, BUILD_SECONDS);
    for (String component : COMPONENTS) {
      link(programs.resolve(component), Path.of("kubernetes"));
    }
    check(programs, new Commands(scratch));
    try (FileChannel channel =
        FileChannel.open(programs.resolve("kubernetes"), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(programs, bin(), StandardCopyOption.ATOMIC_MOVE);
    Trees.delete(work);
    progress.accept(
        "Kubernetes is built, after " + (System.nanoTime() - start) / 1_000_000_000L + " s");
  }

  /** Tries what was built before anybody relies on it. */
  private static void check(Path programs, Commands commands) throws ToolsException {
    Commands.Output said =
        commands.run(List.of(programs.resolve("kubectl").toString(), "version", "--client"), 60);
    if (!said.ok() || !said.out().contains(VERSION)) {
      throw ToolsException.failed("trying the kubectl that was built", said);
    }
  }

  private void writeSources(Path folder) throws IOException {
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = folder.resolve(source.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, source.getValue());
    }
  }

  /** What the linker writes into the programs: without it, components report a placeholder. */
  private static String flags() {
    StringBuilder flags = new StringBuilder("-s -w");
    String minor = VERSION.split("\\.", -1)[1];
    for (String place : List.of("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")) {
      flags.append(" -X " + place + ".gitVersion=" + VERSION);
      flags.append(" -X " + place + ".gitMajor=1 -X " + place + ".gitMinor=" + minor);
      flags.append(" -X " + place + ".gitTreeState=clean");
    }
    return flags.toString();
  }

  private static void link(Path name, Path target) throws IOException {
    Files.deleteIfExists(name);
    Files.createSymbolicLink(name, target);
  }

  private static long sizeBytes(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Map<String, String> bundled() {
    Map<String, String> all = new LinkedHashMap<>();
    for (String name : SOURCES) {
      try (InputStream in = KubernetesBuild.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException(name + " is not beside " + KubernetesBuild.class);
        }
        all.put(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(name + " cannot be read", e);
      }
    }
    return all;
  }
}
