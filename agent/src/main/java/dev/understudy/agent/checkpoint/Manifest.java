// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.GenerationId;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a generation consists of: written last by whoever made the files, checked by whoever uses
 * them.
 *
 * @param version of this document, {@link #VERSION}
 * @param workload whose state it is
 * @param epochCounter of the reign in which it was captured
 * @param epochNode of the same
 * @param sequence within that reign
 * @param capturedAtBootNanos CLOCK_BOOTTIME of the capturing node when the capture began; means
 *     nothing on another node
 * @param captureNanos how long the capture took
 * @param pauseNanos how long the program stood
 * @param host the capturing machine
 * @param logPipes CRIU's keys of the pipes that go to the log
 * @param files sorted by name
 */
public record Manifest(
    int version,
    String workload,
    long epochCounter,
    String epochNode,
    long sequence,
    long capturedAtBootNanos,
    long captureNanos,
    long pauseNanos,
    HostFacts host,
    List<String> logPipes,
    List<FileEntry> files) {
  /** The only version so far. */
  public static final int VERSION = 1;

  /** Its name in the generation's directory. */
  public static final String FILE = "manifest.json";

  private static final int MOST_FILES = 10_000;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  public Manifest {
    logPipes = List.copyOf(logPipes);
    files = List.copyOf(files);
    if (version != VERSION) {
      throw new IllegalArgumentException("manifest version " + version + ", known is " + VERSION);
    }
    if (!epochNode.matches("[A-Za-z0-9][A-Za-z0-9-]*") || epochCounter < 1 || sequence < 1) {
      throw new IllegalArgumentException(
          "no generation " + epochCounter + "@" + epochNode + "/" + sequence);
    }
    Set<String> names = new HashSet<>();
    for (FileEntry file : files) {
      if (!names.add(file.name()) || file.name().equals(FILE)) {
        throw new IllegalArgumentException("a generation cannot have two files " + file.name());
      }
    }
    if (files.size() > MOST_FILES) {
      throw new IllegalArgumentException(files.size() + " files, at most " + MOST_FILES);
    }
    for (String key : logPipes) {
      if (!key.matches("pipe:\\[[0-9]{1,20}\\]")) {
        throw new IllegalArgumentException("not a pipe: " + key);
      }
    }
  }

  /** Which generation it describes. */
  public GenerationId id() {
    return new GenerationId(new Epoch(epochCounter, epochNode), sequence);
  }

  /** All its files together. */
  public long bytes() {
    return files.stream().mapToLong(FileEntry::size).reduce(0, Math::addExact);
  }

  /** All its chunks together. */
  public int chunkCount() {
    return files.stream().mapToInt(file -> file.chunks().size()).sum();
  }

  /** As a JSON document. */
  public byte[] toJson() throws IOException {
    return JSON.writeValueAsBytes(this);
  }

  /**
   * Reads a document.
   *
   * @throws IOException with one sentence when it is not a manifest
   */
  public static Manifest parse(byte[] json) throws IOException {
    try {
      return JSON.readValue(json, Manifest.class);
    } catch (JacksonException e) {
      throw new IOException("not a manifest: " + e.getOriginalMessage(), e);
    } catch (CharConversionException e) {
      throw new IOException("not a manifest: " + e.getMessage(), e);
    }
  }
}
