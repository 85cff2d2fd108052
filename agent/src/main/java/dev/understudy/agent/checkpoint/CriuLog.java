// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the reason of a failure in CRIU's log. */
final class CriuLog {
  private static final Pattern ERROR =
      Pattern.compile("^\\s*(?:\\([0-9. ]+\\))?\\s*(?:[0-9]+:)?\\s*Error \\([^)]*\\):\\s*(.*)$");

  /** What CRIU says after every failure, whatever it was. */
  private static final Pattern NOISE =
      Pattern.compile(".* FAILED\\.?|cg: cgroupd: .*|[0-9]+ exited, status=.*|.* failed with -1");

  private static final int KEPT = 3;
  private static final int CHARS = 400;

  /** Words in CRIU's message, and what they mean to the owner of the program. */
  private static final Map<String, String> MEANINGS =
      Map.of(
          "[io_uring]", "the program uses io_uring, which CRIU cannot save",
          "Connected UNIX socket", "the program is connected to a UNIX socket outside",
          "external socket is used", "the program is connected to a UNIX socket outside",
          "packet socket", "the program uses a packet socket that CRIU cannot save",
          "Not supported socket", "the program has a socket of a kind that CRIU cannot save",
          "Can't get rlimit", "the program runs as another user and CRIU lacks CAP_SYS_RESOURCE",
          "Address already in use", "another program holds the same port in this sandbox",
          "already being traced", "the program is being traced by a debugger");

  private CriuLog() {}

  /** The first errors of a log in one sentence, its meaning first where that is known. */
  static String reason(Path log) throws IOException {
    if (!Files.exists(log)) {
      return "CRIU wrote no log";
    }
    return reason(Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1));
  }

  static String reason(List<String> lines) {
    List<String> errors = new ArrayList<>();
    for (String line : lines) {
      Matcher error = ERROR.matcher(line);
      if (error.matches()) {
        String said = error.group(1).strip();
        if (!said.isEmpty() && !errors.contains(said) && !NOISE.matcher(said).matches()) {
          errors.add(said);
        }
      }
    }
    if (errors.isEmpty()) {
      return "CRIU gave no reason";
    }
    String all = String.join("; ", errors.subList(0, Math.min(KEPT, errors.size())));
    String said = all.length() > CHARS ? all.substring(0, CHARS) + "..." : all;
    for (Map.Entry<String, String> known : MEANINGS.entrySet()) {
      if (errors.stream().anyMatch(error -> error.contains(known.getKey()))) {
        return known.getValue() + " (CRIU: " + said + ")";
      }
    }
    return "CRIU: " + said;
  }
}
