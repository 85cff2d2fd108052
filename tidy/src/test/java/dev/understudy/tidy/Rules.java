// SPDX-License-Identifier: Apache-2.0
package dev.understudy.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import dev.understudy.tidy.Repository.TextFile;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Rules for one file each. A rule returns a sentence for each violation. */
final class Rules {
  static final int FILE_LINES = 500;
  static final int METHOD_LINES = 60;
  static final int LINE_CHARACTERS = 100;

  /** Files that may be longer than the limit, each with its reason. The list may only shrink. */
  static final Map<String, String> LONGER_FILES = Map.of();

  private static final Set<String> HEADED_ENDINGS =
      Set.of("java", "xml", "sh", "py", "pins", "yaml", "yml", "txt", "properties", "c");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)");
  // Put together here, so that this file does not contain them.
  private static final Pattern BANNED_WORD =
      Pattern.compile("\\b(" + "TO" + "DO|FIX" + "ME|X" + "XX)\\b");
  private static final Pattern SLEEP = Pattern.compile("\\bThread\\.sleep\\(");

  private Rules() {}

  static List<String> header(TextFile file) {
    String name = file.name();
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    boolean program = file.text().startsWith("#!");
    boolean needed = program || (name.contains(".") && HEADED_ENDINGS.contains(ending));
    boolean there =
        file.lines().stream()
            .limit(3)
            .anyMatch(line -> line.contains("SPDX-License-Identifier: Apache-2.0"));
    return needed && !there ? List.of(file.path() + " has no SPDX header") : List.of();
  }

  static List<String> lengths(TextFile file) {
    List<String> violations = new ArrayList<>();
    List<String> lines = file.lines();
    boolean limited = file.isJava() && !LONGER_FILES.containsKey(file.path());
    if (limited && lines.size() > FILE_LINES) {
      violations.add(file.path() + " has " + lines.size() + " lines");
    }
    for (int i = 0; file.isJava() && i < lines.size(); i++) {
      int length = lines.get(i).length();
      if (length > LINE_CHARACTERS) {
        violations.add(file.path() + ":" + (i + 1) + " has " + length + " characters");
      }
    }
    return violations;
  }

  static List<String> words(TextFile file) {
    List<String> violations = new ArrayList<>();
    List<String> lines = file.lines();
    for (int i = 0; i < lines.size(); i++) {
      Matcher matcher = BANNED_WORD.matcher(lines.get(i));
      if (matcher.find()) {
        violations.add(file.path() + ":" + (i + 1) + " says " + matcher.group());
      }
    }
    return violations;
  }

  /** The lab polls what has no event; everything else waits for conditions. */
  static List<String> sleeps(TextFile file) {
    boolean free = !file.isJava() || file.isTest() || file.module().equals("lab");
    return !free && SLEEP.matcher(file.text()).find()
        ? List.of(file.path() + " sleeps")
        : List.of();
  }

  /** Targets of Markdown links that are files of this repository, relative to the root. */
  static List<String> linkedFiles(TextFile file) {
    List<String> targets = new ArrayList<>();
    if (file.name().endsWith(".md")) {
      Matcher matcher = LINK.matcher(file.text());
      while (matcher.find()) {
        String target = matcher.group(1);
        if (!target.contains("://") && !target.startsWith("mailto:")) {
          targets.add(file.folder().isEmpty() ? target : file.folder() + "/" + target);
        }
      }
    }
    return targets;
  }

  /** Methods that are too long, found with the JDK's own parser. */
  static List<String> methodLengths(List<TextFile> files) throws IOException {
    List<JavaFileObject> sources = new ArrayList<>();
    files.stream().filter(TextFile::isJava).map(Rules::source).forEach(sources::add);
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, List.of("-proc:none"), null, sources);
    List<String> violations = new ArrayList<>();
    SourcePositions positions = Trees.instance(task).getSourcePositions();
    for (CompilationUnitTree unit : task.parse()) {
      LineMap map = unit.getLineMap();
      new TreeScanner<Void, String>() {
        @Override
        public Void visitMethod(MethodTree method, String path) {
          long start = positions.getStartPosition(unit, method);
          long end = positions.getEndPosition(unit, method);
          // What the compiler adds, as a default constructor, has no end.
          long lines = end < 0 ? 0 : map.getLineNumber(end) - map.getLineNumber(start) + 1;
          if (lines > METHOD_LINES) {
            violations.add(path + ": " + method.getName() + " has " + lines + " lines");
          }
          return super.visitMethod(method, path);
        }
      }.scan(unit, unit.getSourceFile().toUri().getPath().substring(1));
    }
    return violations;
  }

  private static JavaFileObject source(TextFile file) {
    URI uri = URI.create("string:///" + file.path());
    return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return file.text();
      }
    };
  }
}
