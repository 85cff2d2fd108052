// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.Clock;
import dev.understudy.agent.runtime.Copy;
import dev.understudy.agent.runtime.Failures;
import dev.understudy.api.records.CriuDump;
import dev.understudy.core.protocol.GenerationId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Asks a program for its state and makes a generation of the answer: its bytes and their content
 * type, unchanged. The program is not stopped.
 */
public final class StateCapture implements Capturer {
  private static final String BODY = "body";
  private static final String TYPE = "content-type";

  private final Path generations;
  private final String workload;
  private final StateEndpoint endpoint;
  private final HostFacts facts;

  /**
   * For one workload.
   *
   * @param generations where its generations lie
   */
  public StateCapture(Path generations, String workload, StateEndpoint endpoint, HostFacts facts) {
    this.generations = generations;
    this.workload = workload;
    this.endpoint = endpoint;
    this.facts = facts;
  }

  /** The bytes that the program told. */
  public static Path body(Generation state) throws IOException {
    return part(state, BODY);
  }

  /** Their content type; empty when the program named none. */
  public static String type(Generation state) throws IOException {
    return Files.readString(part(state, TYPE), StandardCharsets.ISO_8859_1);
  }

  private static Path part(Generation state, String name) throws IOException {
    return state
        .file(name)
        .orElseThrow(() -> new IOException(state.id() + " is no state that a program told"));
  }

  @Override
  public CaptureResult capture(Copy copy, GenerationId id, Optional<Generation> former) {
    Path partial = null;
    try {
      partial = Generation.newPartial(generations, id);
      return into(partial, id, former);
    } catch (IOException e) {
      return CaptureResult.failed(partial, Failures.text(e));
    }
  }

  private CaptureResult into(Path partial, GenerationId id, Optional<Generation> former)
      throws IOException {
    long begin = Clock.bootNanos();
    Path body = partial.resolve(BODY);
    Path type = partial.resolve(TYPE);
    Files.writeString(type, endpoint.read(body), StandardCharsets.ISO_8859_1);
    long told = Clock.bootNanos();
    long composeBeginMillis = System.currentTimeMillis();
    List<FileEntry> entries = Chunks.describe(List.of(body, type), former);
    Manifest manifest =
        new Manifest(
            Manifest.VERSION,
            workload,
            id.epoch().counter(),
            id.epoch().node(),
            id.sequence(),
            begin,
            Clock.bootNanos() - begin,
            0,
            facts,
            List.of(),
            entries);
    Generation generation = Generation.commit(partial, manifest, ChunkSums.NONE);
    long end = Clock.bootNanos();
    CaptureFigures figures =
        new CaptureFigures(told - begin, composeBeginMillis, end - told, CriuDump.UNKNOWN);
    return new CaptureResult.Captured(generation, 0, end - begin, figures);
  }
}
