// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.build;

import dev.understudy.lab.tools.Commands;
import dev.understudy.lab.tools.Tools;
import dev.understudy.lab.tools.ToolsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs the Go tool with caches of its own; the user's proxy settings for Go still count. */
final class GoTool {
  /** How many seconds lie between two lines of progress. */
  private static final int REPORT_SECONDS = 20;

  private final Tools tools;
  private final Path work;
  private final Commands commands;
  private final Consumer<String> progress;

  GoTool(Tools tools, Path work, Commands commands, Consumer<String> progress) {
    this.tools = tools;
    this.work = work;
    this.commands = commands;
    this.progress = progress;
  }

  /** Fetches what the module needs, each verified by {@code go.sum}; counts its packages. */
  int listPackages(int limitSeconds) throws ToolsException {
    String said = go("fetching Go modules", limitSeconds, 0, List.of("list", "-deps", "./..."));
    return Math.toIntExact(said.lines().count());
  }

  /** Compiles and links every program of the module into a folder. */
  void build(Path programs, String linkerFlags, int packages, int limitSeconds)
      throws ToolsException {
    List<String> arguments =
        List.of(
            "build",
            "-v", // names each package, which is the progress
            "-trimpath",
            "-buildvcs=false",
            "-ldflags",
            linkerFlags,
            "-o",
            programs + "/",
            "./...");
    go("compiling", limitSeconds, packages, arguments);
  }

  /** Without a number of packages, progress counts the modules that were fetched. */
  private String go(String doing, int limitSeconds, int packages, List<String> arguments)
      throws ToolsException {
    Stream<String> all =
        Stream.concat(
            Stream.of("nice", "-n", "10", tools.go().toString(), "-C", source()),
            arguments.stream());
    Path told = work.resolve("scratch/stderr");
    int[] seconds = {0};
    Commands.Watcher watcher =
        () -> {
          if (++seconds[0] % REPORT_SECONDS == 0) {
            progress.accept(doing + ": " + count(told, packages) + ", " + seconds[0] + " s");
          }
        };
    Commands.Output output = commands.run(all.toList(), environment(), limitSeconds, watcher);
    if (!output.ok()) {
      throw ToolsException.failed(doing, output);
    }
    return output.out();
  }

  private String count(Path told, int packages) throws IOException {
    try (Stream<String> lines = Files.lines(told)) {
      long count = lines.count();
      return packages == 0
          ? count + " modules fetched"
          : count + " of at most " + packages + " packages";
    }
  }

  private String source() {
    return work.resolve("source").toString();
  }

  private Map<String, String> environment() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("GOROOT", tools.goRoot().toString());
    all.put("GOTOOLCHAIN", "local");
    all.put("GOMODCACHE", work.resolve("modules").toString());
    all.put("GOCACHE", work.resolve("cache").toString());
    all.put("GOPATH", work.resolve("path").toString());
    // Without write permission, nobody could remove the modules again.
    all.put("GOFLAGS", "-modcacherw -mod=readonly");
    all.put("GOWORK", "off");
    all.put("GOOS", "linux");
    all.put("GOARCH", "amd64");
    all.put("CGO_ENABLED", "0");
    return all;
  }
}
