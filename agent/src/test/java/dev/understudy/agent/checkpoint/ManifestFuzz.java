// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/**
 * Whatever a colleague offers is a manifest that says the same when it is written again, or is
 * refused with a sentence.
 */
class ManifestFuzz {
  @FuzzTest(maxDuration = "3s")
  void parsing(byte[] json) throws IOException {
    Manifest manifest;
    try {
      manifest = Manifest.parse(json);
    } catch (IOException refused) {
      assertThat(refused.getMessage()).startsWith("not a manifest: ");
      return;
    }
    assertThat(Manifest.parse(manifest.toJson())).isEqualTo(manifest);
    assertThat(manifest.id().toString()).doesNotContain("/..");
    assertThat(manifest.chunkCount()).isLessThan(json.length);
  }
}
