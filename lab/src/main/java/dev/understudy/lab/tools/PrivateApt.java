// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The host's apt with lists, cache, sources and status of its own. The host's apt.conf is still
 * read first, for its proxy; what would act on the host (hooks, preferences) is cleared.
 */
final class PrivateApt {
  private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
  private static final int UPDATE_SECONDS = 240;
  private static final int QUERY_SECONDS = 60;
  private static final int DOWNLOAD_SECONDS = 900;
  private static final Pattern PRINTED_URI =
      Pattern.compile("'[^']+' (\\S+) ([0-9]+) SHA256:([0-9a-f]{64})");

  private final Path folder;
  private final Path debs;
  private final PackageSource mirror;
  private final String suite;
  private final Commands commands;
  private final Consumer<String> progress;

  PrivateApt(
      Path folder, Path debs, PackageSource mirror, String suite, Consumer<String> progress) {
    this.folder = folder;
    this.debs = debs;
    this.mirror = mirror;
    this.suite = suite;
    this.commands = new Commands(folder);
    this.progress = progress;
  }

  /**
   * A file that the signed index names.
   *
   * @param name of the package
   * @param sha256 as the index says
   */
  record Download(String name, String file, long bytes, String sha256) {}

  /** Writes the configuration and gets the suite's index. */
  void update() throws ToolsException, IOException {
    if (!Files.isReadable(KEYRING)) {
      throw new ToolsException(
          KEYRING + " is missing: install the package debian-archive-keyring, it proves packages");
    }
    for (String part : List.of("lists/partial", "cache/archives/partial", "log")) {
      Files.createDirectories(folder.resolve(part));
    }
    Files.writeString(folder.resolve("status"), "");
    Files.writeString(
        folder.resolve("sources.list"),
        "deb [arch=amd64 signed-by=" + KEYRING + "] " + mirror.uri() + " " + suite + " main\n");
    Files.writeString(folder.resolve("apt.conf"), configuration());
    progress.accept("reading the index of Debian " + suite + " from " + mirror.uri());
    run("reading the index of Debian " + suite, UPDATE_SECONDS, apt("apt-get", "-q", "update"));
  }

  /** The versions of each package that the index has, the newest first; unknown ones are absent. */
  Map<String, List<String>> versions(Collection<String> names) throws ToolsException {
    List<String> command = apt("apt-cache", "madison");
    command.addAll(names);
    return parseMadison(run("asking for versions", QUERY_SECONDS, command).out());
  }

  static Map<String, List<String>> parseMadison(String text) {
    Map<String, List<String>> versions = new TreeMap<>();
    for (String line : text.lines().toList()) {
      String[] columns = line.split("\\|", -1);
      if (columns.length == 3) {
        List<String> known = versions.computeIfAbsent(columns[0].strip(), _ -> new ArrayList<>());
        known.add(columns[1].strip());
      }
    }
    return versions;
  }

  /** The shared libraries that these packages depend on, directly or not, in today's suite. */
  Collection<String> libraries(Collection<String> names) throws ToolsException {
    List<String> command = apt("apt-cache", "depends", "--recurse");
    for (String kind :
        List.of("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")) {
      command.add("--no-" + kind);
    }
    command.addAll(names);
    return parseDepends(run("asking for dependencies", QUERY_SECONDS, command).out());
  }

  /** Packages stand at the start of a line; those that are not libraries only do maintenance. */
  static Collection<String> parseDepends(String text) {
    TreeSet<String> libraries = new TreeSet<>();
    for (String line : text.lines().toList()) {
      if (line.matches("(lib|zlib)[a-z0-9.+-]+")) {
        libraries.add(line);
      }
    }
    return libraries;
  }

  /** Where the index says that these are, each given as {@code name=version}. */
  List<Download> plan(Collection<String> nameAndVersions) throws ToolsException {
    List<String> command = apt("apt-get", "download", "--print-uris");
    command.addAll(nameAndVersions);
    List<Download> plan =
        parseUris(run("asking for addresses of packages", QUERY_SECONDS, command).out());
    if (plan.size() != nameAndVersions.size()) {
      throw new IllegalStateException("asked apt for " + nameAndVersions + ", got " + plan);
    }
    return plan;
  }

  static List<Download> parseUris(String text) {
    List<Download> plan = new ArrayList<>();
    for (String line : text.lines().toList()) {
      Matcher matcher = PRINTED_URI.matcher(line);
      if (matcher.matches()) {
        String file = matcher.group(1);
        String name = file.substring(0, file.indexOf('_'));
        plan.add(new Download(name, file, Long.parseLong(matcher.group(2)), matcher.group(3)));
      }
    }
    return plan;
  }

  /** Gets files into the folder of packages; apt compares each with the signed index. */
  void download(Collection<String> nameAndVersions, long bytes) throws ToolsException, IOException {
    List<String> command = apt("apt-get", "-qq", "download");
    command.addAll(nameAndVersions);
    long before = size(debs);
    Commands.Watcher watcher =
        () -> {
          long got = size(debs) - before;
          progress.accept(megabytes(got) + " of " + megabytes(bytes) + " fetched");
        };
    Commands.Output output = new Commands(debs).run(command, Map.of(), DOWNLOAD_SECONDS, watcher);
    if (!output.ok()) {
      throw ToolsException.failed("fetching packages from " + mirror.uri(), output);
    }
  }

  static String megabytes(long bytes) {
    return (bytes + 500_000) / 1_000_000 + " MB";
  }

  private Commands.Output run(String doing, int limitSeconds, List<String> command)
      throws ToolsException {
    Commands.Output output = commands.run(command, limitSeconds);
    if (!output.ok()) {
      throw ToolsException.failed(doing + " from " + mirror.uri(), output);
    }
    return output;
  }

  private List<String> apt(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program, "-c", folder.resolve("apt.conf").toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private String configuration() {
    List<String> lines = new ArrayList<>();
    lines.add("Dir::State::lists \"" + folder.resolve("lists") + "\";");
    lines.add("Dir::State::status \"" + folder.resolve("status") + "\";");
    lines.add("Dir::State::extended_states \"" + folder.resolve("extended") + "\";");
    lines.add("Dir::Cache \"" + folder.resolve("cache") + "\";");
    lines.add("Dir::Log \"" + folder.resolve("log") + "\";");
    lines.add("Dir::Etc::sourcelist \"" + folder.resolve("sources.list") + "\";");
    lines.add("Dir::Etc::sourceparts \"/dev/null\";");
    lines.add("Dir::Etc::preferences \"/dev/null\";");
    lines.add("Dir::Etc::preferencesparts \"/dev/null\";");
    lines.add("#clear APT::Architectures;");
    lines.add("APT::Architecture \"amd64\";");
    lines.add("APT::Architectures { \"amd64\"; };");
    lines.add("APT::Default-Release \"\";");
    // Our folders need not be readable for the user _apt.
    lines.add("APT::Sandbox::User \"root\";");
    // The host's hooks would work on the host's caches; its extra indexes are of no use here.
    lines.add("#clear APT::Update::Pre-Invoke;");
    lines.add("#clear APT::Update::Post-Invoke;");
    lines.add("#clear APT::Update::Post-Invoke-Success;");
    lines.add("#clear Acquire::IndexTargets::deb::DEP-11;");
    lines.add("#clear Acquire::IndexTargets::deb::Contents-deb;");
    // A mirror that lags is better than none: a small site may have no other, and pinned packages
    // are proved by checksums of ours, the others by the index's signature.
    lines.add("Acquire::Check-Valid-Until \"false\";");
    lines.add("Acquire::Languages \"none\";");
    lines.add("Acquire::GzipIndexes \"true\";");
    lines.add("Acquire::Retries \"2\";");
    lines.add("Acquire::http::Timeout \"20\";");
    lines.add("Acquire::https::Timeout \"20\";");
    // Otherwise an index that could not be read is only a warning, with exit code 0.
    lines.add("APT::Update::Error-Mode \"any\";");
    return String.join("\n", lines) + "\n";
  }

  /** For people who wait: apt renames files while we look, and what has gone is not counted. */
  private static long size(Path folder) throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        sum += Files.isRegularFile(file) ? file.toFile().length() : 0;
      }
    } catch (UncheckedIOException renamed) {
      return sum;
    }
    return sum;
  }
}
