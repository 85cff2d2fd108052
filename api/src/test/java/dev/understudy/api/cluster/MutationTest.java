// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages a valid file at random: it is read or refused with problems, and never anything else. The
 * seed is fixed, so a failure comes back; {@code -Dseed=N} tries others.
 */
class MutationTest {
  private static final int ROUNDS = 20_000;
  private static final String[] SNIPPETS = {
    "*a",
    "&a ",
    "!!int ",
    "!x ",
    "---\n",
    "...\n",
    "<<: ",
    "? ",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "%YAML 1.2\n",
    "%TAG ! x\n",
    "\t",
    "\n",
    "  ",
    "#",
    "\\u0000",
    "null",
    "99999999999999999999",
    "-0",
    "1e999",
    "true",
    "\ufeff",
    "\u2028",
    "nodes:",
    "10.77.0.0/24"
  };

  @TempDir Path folder;

  @Test
  void aDamagedFileIsReadOrRefused() throws IOException {
    Fixture.fill(folder);
    byte[] valid = Fixture.resource("valid.yaml").getBytes(StandardCharsets.UTF_8);
    long seed = Long.getLong("seed", 20_261_122L);
    Random random = new Random(seed);
    Path file = folder.resolve("cluster.yaml");
    int read = 0;
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = valid;
      for (int i = random.nextInt(8) / 4; i >= 0; i--) {
        damaged = damage(damaged, random);
      }
      try {
        if (acceptedAndSurvivesWriting(file, damaged)) {
          read++;
        } else {
          refused++;
        }
      } catch (RuntimeException | StackOverflowError e) {
        String text = new String(damaged, StandardCharsets.UTF_8);
        throw new AssertionError("seed " + seed + " round " + round + ":\n" + text, e);
      }
    }
    // Both happen often, or the damage is of the wrong size to find anything.
    assertThat(read).isGreaterThan(ROUNDS / 50);
    assertThat(refused).isGreaterThan(ROUNDS / 2);
  }

  private static boolean acceptedAndSurvivesWriting(Path file, byte[] text) {
    Cluster cluster;
    try {
      cluster = ClusterFile.parse(file, text);
    } catch (ClusterFileException e) {
      return false;
    }
    byte[] written = ClusterFile.write(cluster).getBytes(StandardCharsets.UTF_8);
    try {
      if (ClusterFile.parse(file, written).equals(cluster)) {
        return true;
      }
      throw new IllegalStateException("written and read again it differs from " + cluster);
    } catch (ClusterFileException e) {
      throw new IllegalStateException("what was written is refused, of " + cluster, e);
    }
  }

  private static byte[] damage(byte[] text, Random random) {
    int at = random.nextInt(text.length + 1);
    int length = Math.min(1 + random.nextInt(12), text.length - at);
    return switch (random.nextInt(4)) {
      case 0 -> splice(text, at, length, new byte[0]);
      case 1 -> splice(text, at, Math.min(1, length), new byte[] {(byte) random.nextInt(256)});
      case 2 -> {
        int from = random.nextInt(text.length + 1);
        int to = Math.min(text.length, from + random.nextInt(60));
        yield splice(text, at, 0, Arrays.copyOfRange(text, from, to));
      }
      default -> {
        String snippet = SNIPPETS[random.nextInt(SNIPPETS.length)];
        yield splice(text, at, 0, snippet.getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  private static byte[] splice(byte[] text, int at, int removed, byte[] inserted) {
    byte[] result = new byte[text.length - removed + inserted.length];
    System.arraycopy(text, 0, result, 0, at);
    System.arraycopy(inserted, 0, result, at, inserted.length);
    System.arraycopy(text, at + removed, result, at + inserted.length, text.length - at - removed);
    return result;
  }
}
