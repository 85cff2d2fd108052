// SPDX-License-Identifier: Apache-2.0
package dev.understudy.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What build files use of others. */
final class Poms {
  private static final Pattern COORDINATES =
      Pattern.compile(
          "<(?:dependency|plugin|path)>\\s*"
              + "(?:<groupId>([^<]+)</groupId>\\s*)?<artifactId>([^<]+)</artifactId>");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`:]+:[^`]+)`");

  private Poms() {}

  /** The dependencies, plugins and annotation processors of a pom, as group:artifact. */
  static List<String> artifacts(String pom) {
    List<String> artifacts = new ArrayList<>();
    Matcher matcher = COORDINATES.matcher(pom);
    while (matcher.find()) {
      String group = matcher.group(1) == null ? "org.apache.maven.plugins" : matcher.group(1);
      if (!group.equals("dev.understudy")) {
        artifacts.add(group + ":" + matcher.group(2));
      }
    }
    return artifacts;
  }

  /** The artifacts that have a row in the table of reasons. */
  static List<String> documented(String table) {
    return ROW.matcher(table).results().map(result -> result.group(1)).toList();
  }
}
