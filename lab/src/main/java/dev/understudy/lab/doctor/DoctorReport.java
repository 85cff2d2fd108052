// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.doctor;

import java.util.ArrayList;
import java.util.List;

/**
 * The result of looking at a host.
 *
 * @param ok whether every check that is not optional is met
 * @param checks in the order in which they are best repaired
 */
public record DoctorReport(boolean ok, List<Check> checks) {
  public DoctorReport {
    checks = List.copyOf(checks);
  }

  static DoctorReport of(List<Check> checks) {
    return new DoctorReport(checks.stream().allMatch(c -> c.ok() || c.optional()), checks);
  }

  /** The required checks that are not met. */
  public List<Check> failures() {
    return checks.stream().filter(check -> !check.ok() && !check.optional()).toList();
  }

  /** A plain-text table, one line a check, the advice below the line that it belongs to. */
  public String table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("", "requirement", "found", "needed"));
    for (Check check : checks) {
      rows.add(List.of(mark(check), check.name(), check.found(), check.needed()));
    }
    int[] widths = new int[4];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        String cell = rows.get(i).get(column);
        line.append(cell).repeat(' ', widths[column] - cell.length() + 2);
      }
      text.append(line.toString().stripTrailing()).append('\n');
      String advice = i == 0 ? "" : checks.get(i - 1).advice();
      if (!advice.isEmpty()) {
        text.repeat(' ', widths[0] + 2).append("-> ").append(advice).append('\n');
      }
    }
    return text.toString();
  }

  private static String mark(Check check) {
    if (check.ok()) {
      return "ok";
    }
    return check.optional() ? "note" : "MISSING";
  }
}
