// SPDX-License-Identifier: Apache-2.0
package dev.understudy.tidy;

import dev.understudy.tidy.Repository.TextFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who may name whom, as ARCHITECTURE.md draws it. */
final class Layering {
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?([a-z][\\w.]*\\.[A-Z*][\\w.*]*);");
  private static final Pattern AGENT_ROOM =
      Pattern.compile("agent/src/main/java/dev/understudy/agent/(\\w+)/");
  private static final Pattern OWN_NAME = Pattern.compile("dev\\.understudy((?:\\.[a-z]\\w*)+)");

  /** Which modules each module may name, itself included. */
  private static final Map<String, List<String>> MAY_NAME =
      Map.of(
          "core", List.of("core"),
          "simulator", List.of("core", "simulator"),
          "api", List.of("core", "api"),
          "console", List.of("api", "console"),
          "agent", List.of("core", "api", "agent"),
          "operator", List.of("core", "api", "operator"),
          "lab", List.of("core", "api", "agent", "lab"),
          "cli", List.of("core", "simulator", "api", "console", "agent", "lab", "operator", "cli"),
          "tidy", List.of("tidy"));

  /** The same for the rooms of the agent; the agent itself may name all of them. */
  private static final Map<String, List<String>> ROOM_MAY_NAME =
      Map.of(
          "linux", List.of("linux"),
          "gate", List.of("linux", "gate"),
          "wire", List.of("wire"),
          "runtime", List.of("linux", "runtime"),
          "checkpoint", List.of("linux", "runtime", "checkpoint"),
          "control", List.of("runtime", "control"),
          "records", List.of("linux", "control", "records"),
          "duty", List.of("linux", "wire", "duty"),
          "workload",
              List.of(
                  "linux",
                  "gate",
                  "runtime",
                  "checkpoint",
                  "control",
                  "records",
                  "duty",
                  "workload"));

  private static final List<String> CORE_PACKAGES =
      List.of(
          "java.lang",
          "java.lang.annotation",
          "java.math",
          "java.util",
          "java.util.function",
          "java.util.random",
          "java.util.stream",
          "org.jspecify.annotations");

  private Layering() {}

  static List<String> violations(TextFile file) {
    List<String> allowed = MAY_NAME.get(file.module());
    if (!file.isJava() || allowed == null) {
      return List.of();
    }
    List<String> violations = new ArrayList<>();
    Matcher names = OWN_NAME.matcher(withoutComments(file.text()));
    while (names.find()) {
      String[] parts = names.group(1).substring(1).split("\\.", -1);
      if (!allowed.contains(parts[0])) {
        violations.add(file.path() + " names " + names.group() + ", may name " + allowed);
      }
      boolean outside = List.of("lab", "cli", "operator").contains(file.module());
      if (outside && names.group().startsWith("dev.understudy.core.protocol")) {
        violations.add(file.path() + " looks inside of the protocol");
      }
      List<String> rooms = mayNameInAgent(file);
      if (parts[0].equals("agent")
          && !rooms.isEmpty()
          && (parts.length == 1 || !rooms.contains(parts[1]))) {
        violations.add(file.path() + " names " + names.group() + ", may name " + rooms);
      }
    }
    if (file.module().equals("core") && !file.isTest()) {
      violations.addAll(coreImports(file));
    }
    return violations;
  }

  /** Empty when it may name every room. */
  private static List<String> mayNameInAgent(TextFile file) {
    Matcher room = AGENT_ROOM.matcher(file.path());
    return room.find() ? ROOM_MAY_NAME.getOrDefault(room.group(1), List.of()) : List.of();
  }

  private static List<String> coreImports(TextFile file) {
    List<String> violations = new ArrayList<>();
    Matcher imports = IMPORT.matcher(file.text());
    while (imports.find()) {
      String name = imports.group(1);
      Matcher type = Pattern.compile("\\.[A-Z*]").matcher(name);
      String package_ = type.find() ? name.substring(0, type.start()) : name;
      if (!package_.startsWith("dev.understudy.") && !CORE_PACKAGES.contains(package_)) {
        violations.add(file.path() + " imports " + name + ", core may use " + CORE_PACKAGES);
      }
    }
    return violations;
  }

  /** Drops strings, too: they may quote what code may not name. */
  private static String withoutComments(String text) {
    String code = text.replaceAll("\"(?:[^\"\\\\\n]|\\\\.)*\"", "");
    return code.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("//[^\\n]*", "");
  }
}
