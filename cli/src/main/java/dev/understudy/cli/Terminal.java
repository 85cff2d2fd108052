// SPDX-License-Identifier: Apache-2.0
package dev.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.understudy.api.control.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Where a command speaks: results to standard output, everything else to standard error.
 *
 * @param out for results
 * @param err for progress
 */
record Terminal(PrintWriter out, PrintWriter err) {

  static Terminal of(CommandSpec spec) {
    return new Terminal(spec.commandLine().getOut(), spec.commandLine().getErr());
  }

  /** The one JSON document of a command. */
  void json(Object document) {
    try {
      out.println(Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of ours cannot be written: " + document, e);
    }
  }

  /** One line of a result. */
  void line(String text) {
    out.println(text);
  }

  /** One step of something that takes a while. */
  void progress(String step) {
    err.println("understudy: " + step);
  }

  /** Rows in columns; the first row is the heading. */
  void table(List<List<String>> rows) {
    List<Integer> widths = new ArrayList<>();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        if (widths.size() == i) {
          widths.add(0);
        }
        widths.set(i, Math.max(widths.get(i), row.get(i).length()));
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i)).repeat(' ', widths.get(i) - row.get(i).length() + 2);
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
