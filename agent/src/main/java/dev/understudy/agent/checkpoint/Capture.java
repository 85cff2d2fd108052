// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.runtime.Command;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.Failures;
import dev.understudy.agent.runtime.RootFiles;
import dev.understudy.agent.runtime.Sandbox;
import dev.understudy.api.records.CriuDump;
import dev.understudy.core.protocol.GenerationId;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes a generation of a running copy: CRIU writes the processes and leaves them stopped, the
 * files that they changed are archived, then they go on. CRIU is called from inside the sandbox's
 * network, IPC and UTS namespaces, so that these are not part of the image, and outside its cgroup,
 * so that the image is not charged to the workload.
 */
public final class Capture {
  private static final long BASE_NANOS = 10_000_000_000L;

  /** Slower than any machine that one would protect a program on: 100 MB/s. */
  private static final long NANOS_PER_BYTE = 10;

  /** Space for the archives: whiteouts are devices, opaque directories carry an attribute. */
  private static final String ARCHIVE =
      """
      ulimit -f "$1"
      archive() {
        exec tar -C "$1" --sparse --numeric-owner --xattrs \
          --xattrs-include="trusted.overlay.*" "--xattrs-include=user.*" \
          --xattrs-include=security.capability -cf "$2" .
      }
      [ -z "$3" ] || (archive "$2" "$3")
      [ -z "$5" ] || (archive "$4" "$5")
      """;

  private final Sandbox sandbox;
  private final Copy copy;
  private final GenerationId id;
  private final HostFacts facts;
  private final Optional<Generation> former;

  /** Whether the program runs on although it was to stand from now on. */
  private boolean defiant;

  private Capture(
      Sandbox sandbox, Copy copy, GenerationId id, HostFacts facts, Optional<Generation> former) {
    this.sandbox = sandbox;
    this.copy = copy;
    this.id = id;
    this.facts = facts;
    this.former = former;
  }

  /** The same with nothing to compare with. */
  public static CaptureResult capture(
      Sandbox sandbox, Copy copy, GenerationId id, HostFacts facts) {
    return capture(sandbox, copy, id, facts, Optional.empty());
  }

  /**
   * Captures; blocks until the generation is complete or given up. Never two at once for one copy.
   *
   * @param id under which the generation will be known
   * @param facts of this machine and the workload's root
   * @param former one that was captured here before, which need not exist any more
   */
  public static CaptureResult capture(
      Sandbox sandbox, Copy copy, GenerationId id, HostFacts facts, Optional<Generation> former) {
    return new Capture(sandbox, copy, id, facts, former).run();
  }

  private CaptureResult run() {
    Path partial = null;
    try {
      partial = Generation.newPartial(sandbox.places().generations(sandbox.spec().workload()), id);
      return into(partial);
    } catch (IOException e) {
      return CaptureResult.failed(
          partial, Failures.text(e) + (defiant ? "; and " + defiance() : ""));
    }
  }

  private String defiance() {
    return "process " + copy.rootPid() + " was told to stop and does not: blocked?";
  }

  private CaptureResult into(Path partial) throws IOException {
    if (!copy.tree().beginCapture()) {
      return CaptureResult.failed(
          partial, "the program is frozen, because this node may not act now");
    }
    long begin = Clock.bootNanos();
    List<String> pipes;
    Command.Result dump;
    try {
      pipes = sandbox.logPipes(copy);
      dump = Command.of(criu(partial)).run(limit());
      if (dump.ok()) {
        archive(partial);
      }
    } catch (IOException e) {
      removeRemaps();
      throw e;
    } finally {
      defiant = !copy.tree().endCapture();
    }
    long thawed = System.nanoTime();
    long running = Clock.bootNanos();
    removeRemaps();
    if (defiant) {
      // Its node may not act any more, so that nobody waits for the generation.
      return CaptureResult.failed(partial, defiance());
    }
    if (!dump.ok()) {
      return CaptureResult.failed(partial, reason(partial, dump));
    }
    CriuDump stats = CriuStats.dump(partial.resolve("stats-dump"));
    long frozenNanos =
        Math.max(0, stats.freezingMicros()) * 1_000 + Math.max(0, stats.frozenMicros()) * 1_000;
    long pauseNanos = frozenNanos + (thawed - dump.endedNanos());
    Files.delete(partial.resolve("stats-dump"));
    Files.delete(partial.resolve("dump.log"));
    long composeBeginMillis = System.currentTimeMillis();
    long composeBegin = Clock.bootNanos();
    Generation generation = commit(partial, begin, pauseNanos, pipes);
    long end = Clock.bootNanos();
    CaptureFigures figures =
        new CaptureFigures(running - begin, composeBeginMillis, end - composeBegin, stats);
    return new CaptureResult.Captured(generation, pauseNanos, end - begin, figures);
  }

  private String reason(Path partial, Command.Result dump) throws IOException {
    if (dump.timedOut()) {
      return "CRIU took longer than " + limit().toSeconds() + " s and was killed";
    }
    if (dump.exit() > 128) {
      return "CRIU was killed by signal " + (dump.exit() - 128);
    }
    String errors = dump.errors().isBlank() ? "" : ": " + dump.errors().strip();
    String said = CriuLog.reason(partial.resolve("dump.log")) + errors;
    return Unsavable.in(copy.tree().pids()).map(kind -> kind + " (" + said + ")").orElse(said);
  }

  private Generation commit(Path partial, long begin, long pauseNanos, List<String> pipes)
      throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(partial)) {
      files = list.sorted().toList();
    }
    List<FileEntry> entries = Chunks.describe(files, former);
    Manifest manifest =
        new Manifest(
            Manifest.VERSION,
            sandbox.spec().workload(),
            id.epoch().counter(),
            id.epoch().node(),
            id.sequence(),
            begin,
            Clock.bootNanos() - begin,
            pauseNanos,
            facts,
            pipes,
            entries);
    long most = sandbox.spec().generationLimitBytes();
    if (manifest.bytes() > most) {
      throw new IOException(
          "the generation has %d bytes, at most %d are allowed by the memory limit"
              .formatted(manifest.bytes(), most));
    }
    return Generation.commit(partial, manifest, ChunkSums.NONE);
  }

  private List<String> criu(Path partial) throws IOException {
    List<String> argv = new ArrayList<>(sandbox.enter());
    argv.addAll(CriuOptions.identity(copy.rootPid()));
    argv.add(sandbox.places().tools().criu().toString());
    argv.addAll(List.of("dump", "-t", Integer.toString(copy.rootPid()), "--leave-stopped"));
    argv.addAll(List.of("-D", partial.toString(), "-W", partial.toString(), "-o", "dump.log"));
    argv.addAll(List.of("--skip-in-flight", "--link-remap", "--ghost-limit", "64M"));
    argv.addAll(sandbox.dumpMounts(copy));
    argv.addAll(CriuOptions.COMMON);
    return argv;
  }

  private Duration limit() {
    return Duration.ofNanos(BASE_NANOS + NANOS_PER_BYTE * sandbox.spec().memoryLimitBytes());
  }

  /** Archives what changed; no process is started for the usual program, which changes nothing. */
  private void archive(Path partial) throws IOException {
    RootFiles files = copy.files();
    String upper = isEmpty(files.upper()) ? "" : partial.resolve(Generation.UPPER).toString();
    String shm = isEmpty(files.shm()) ? "" : partial.resolve(Generation.SHM).toString();
    if (upper.isEmpty() && shm.isEmpty()) {
      return;
    }
    String blocks = Long.toString(sandbox.spec().generationLimitBytes() / 512);
    Command.of(
            "sh",
            "-ec",
            ARCHIVE,
            "archive",
            blocks,
            files.upper().toString(),
            upper,
            files.shm().toString(),
            shm)
        .must("archiving the changed files", limit());
  }

  /**
   * CRIU links unlinked but open files under new names, which belong to the image only; it removes
   * them itself unless it leaves the tree stopped.
   */
  private void removeRemaps() throws IOException {
    Path upper = copy.files().upper();
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        upper,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.getFileName().toString().matches("link_remap\\.[0-9]+")) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException why) throws IOException {
            // The running program removes its own files while we look.
            if (why instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw why;
          }
        });
    for (Path file : found) {
      Files.deleteIfExists(copy.files().rootfs().resolve(upper.relativize(file)));
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.findAny().isEmpty();
    }
  }
}
