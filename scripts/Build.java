// SPDX-License-Identifier: Apache-2.0

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Drives Maven for ./build and ./understudy, shows progress, and sums up the tests. Started by
 * these two scripts only, which hold the lock of the build.
 */
final class Build {
  private static final String CLASS_PATH_GOAL =
      "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath";
  private static final String SUREFIRE_GOAL =
      "org.apache.maven.plugins:maven-surefire-plugin:3.6.1:test";
  private static final String FORMAT_GOAL =
      "com.diffplug.spotless:spotless-maven-plugin:3.11.0:check";
  private static final Pattern MODULE =
      Pattern.compile("\\[INFO] Building understudy-(\\S+) .*\\[(\\d+/\\d+)]");
  private static final Pattern RUNNING = Pattern.compile("\\[INFO] Running (\\S+)");
  private static final Pattern CRASH =
      Pattern.compile("The forked VM terminated|error in the forked process|crashed");
  private static final Pattern COMPLAINT = Pattern.compile("^\\[ERROR] +\\S|^\\[WARNING] /");
  private static final Pattern BOILERPLATE =
      Pattern.compile(
          "-> \\[Help|^\\[ERROR] (To see|Re-run|For more|\\[Help|After correcting|  mvn|->)");
  private static final List<String> REPORTS = List.of("surefire-reports", "e2e-reports");
  private static final int LAST_LINES = 25;

  /** Hexadecimal digits of the name of a tree: 40 bits. */
  private static final int SEED_DIGITS = 10;

  private final Path root;
  private final List<String> failedSteps = new ArrayList<>();
  private String toolsFolder = "";
  private int passed;
  private int failed;
  private int skipped;

  private Build(Path root) {
    this.root = root;
  }

  public static void main(String[] arguments) throws Exception {
    List<String> known = List.of("--for-use", "--fast", "--night");
    List<String> given = List.of(arguments);
    if (given.size() > 1 || !known.containsAll(given)) {
      System.err.println("usage: ./build [--fast | --night]");
      System.exit(2);
    }
    // The launcher of single-file programs sets this to the file's path as it was given.
    Path script = Path.of(System.getProperty("jdk.launcher.sourcefile"));
    Build build = new Build(script.toRealPath().getParent().getParent());
    boolean ok =
        given.contains("--for-use")
            ? build.forUse()
            : build.checkAll(given.contains("--fast"), given.contains("--night"));
    System.exit(ok ? 0 : 1);
  }

  /** What ./understudy needs: classes and a class path. */
  private boolean forUse() throws Exception {
    // Sources that change while we compile are newer than this, so the next start builds again.
    Path draft = Files.writeString(target().resolve("built.new"), "");
    boolean ok =
        maven(
            "compile",
            "compile",
            CLASS_PATH_GOAL,
            "-Dmdep.outputFile=target/classpath.txt",
            "-DincludeScope=runtime");
    if (ok) {
      Files.move(draft, target().resolve("built"), StandardCopyOption.REPLACE_EXISTING);
    }
    return ok;
  }

  private boolean checkAll(boolean fast, boolean night) throws Exception {
    clearReports();
    maven("format check", FORMAT_GOAL);
    if (forUse()) {
      boolean built = maven("unit tests", "test", "-Dmaven.test.failure.ignore=true");
      if (built) {
        simulate(fast ? Budget.FAST : night ? Budget.NIGHT : Budget.USUAL);
      }
      if (built && !fast) {
        toolsFolder = fetchTools();
        maven(
            "end-to-end tests",
            "test-compile",
            SUREFIRE_GOAL + "@e2e",
            "-Dmaven.test.failure.ignore=true");
      }
    }
    for (Path report : reports()) {
      count(report);
    }
    if (passed + failed + skipped == 0 && failedSteps.isEmpty()) {
      failedSteps.add("no test ran");
    }
    failedSteps.forEach(step -> System.out.println("FAILED step: " + step));
    failed += failedSteps.size();
    System.out.println(passed + " passed, " + failed + " failed, " + skipped + " skipped");
    return failed == 0;
  }

  /**
   * How much of the protocol's faults a build explores.
   *
   * @param roughSeeds runs with everything that must be survived, of two virtual minutes each
   * @param mildSeeds runs with what the times are made for: 30 of them are a virtual hour
   */
  private record Budget(int roughSeeds, int mildSeeds) {
    static final Budget FAST = new Budget(100, 90);
    static final Budget USUAL = new Budget(1_000, 900);
    static final Budget NIGHT = new Budget(60_000, 30_000);
  }

  /** Each counts as one test. */
  private void simulate(Budget budget) throws IOException, InterruptedException {
    System.out.println("== simulation");
    long first = budget == Budget.NIGHT ? seedOfNow() : seedOfSources();
    simulate("rough", first, budget.roughSeeds());
    simulate("mild", first, budget.mildSeeds(), "--mild");
  }

  private static long seedOfNow() {
    return System.currentTimeMillis() / 60_000 * 100_000;
  }

  /**
   * Each commit has fresh seeds, and every build of it the same ones: what is red on one machine is
   * red on the next. Sources that no commit has yet, or that came without their history, take the
   * seeds of the minute.
   */
  private long seedOfSources() throws IOException, InterruptedException {
    if (!git("status", "--porcelain").equals(Optional.of(""))) {
      return seedOfNow();
    }
    return git("rev-parse", "HEAD^{tree}")
        .map(tree -> Long.parseLong(tree.substring(0, SEED_DIGITS), 16))
        .orElseGet(Build::seedOfNow);
  }

  /** What Git says in the folder of the sources; empty when it is not there or knows nothing. */
  private Optional<String> git(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git", "-C", root.toString()));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException noGit) {
      return Optional.empty();
    }
    String said = new String(process.getInputStream().readAllBytes()).strip();
    return process.waitFor() == 0 ? Optional.of(said) : Optional.empty();
  }

  private void simulate(String weather, long first, int seeds, String... more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(root.resolve("understudy").toString());
    command.addAll(List.of("simulate", "--seeds", first + ".." + (first + seeds - 1)));
    command.addAll(List.of("--minutes", "2"));
    command.addAll(List.of(more));
    System.out.println("   ./" + String.join(" ", command).substring(root.toString().length() + 1));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.redirectInput(new File("/dev/null"));
    builder.environment().put("UNDERSTUDY_NO_BUILD", "1");
    long start = System.nanoTime();
    boolean ok = builder.start().waitFor() == 0;
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    System.out.println("   " + weather + (ok ? " ok" : " FAILED") + ", " + seconds + " s");
    if (ok) {
      passed++;
    } else {
      failedSteps.add("simulation, " + weather + " weather");
    }
  }

  /** Where CRIU and runc are for modules that do not know the cache; tests say what they miss. */
  private String fetchTools() throws IOException, InterruptedException {
    System.out.println("== tools");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String rest = Files.readString(root.resolve("cli/target/classpath.txt")).strip();
    String classPath = root.resolve("cli/target/classes") + ":" + rest;
    Process process =
        new ProcessBuilder(java, "-cp", classPath, "dev.understudy.lab.tools.FetchTools")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String folder = new String(process.getInputStream().readAllBytes()).strip();
    boolean ok = process.waitFor() == 0;
    System.out.println("   tools " + (ok ? "ok" : "missing: tests that need them are skipped"));
    return ok ? folder : "";
  }

  private boolean maven(String step, String... arguments) throws Exception {
    System.out.println("== " + step);
    long start = System.nanoTime();
    Path log = target().resolve(step.replace(' ', '-') + ".log");
    List<String> command = new ArrayList<>(List.of("mvn", "-B", "-Dstyle.color=never"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
    builder.redirectErrorStream(true).redirectInput(new File("/dev/null"));
    builder.environment().put("UNDERSTUDY_NO_BUILD", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    if (!toolsFolder.isEmpty()) {
      builder.environment().put("UNDERSTUDY_TEST_TOOLS", toolsFolder);
    }
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      System.out.println("Maven is missing: run 'apt-get install maven'.");
      failedSteps.add(step + ": mvn cannot be started");
      return false;
    }
    List<String> last = new ArrayList<>();
    String crash = follow(process, log, last);
    boolean ok = process.waitFor() == 0 && crash.isEmpty();
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    System.out.println("   " + step + (ok ? " ok" : " FAILED") + ", " + seconds + " s");
    if (!ok) {
      last.forEach(System.out::println);
      System.out.println("   the whole output is in " + log);
      failedSteps.add(step + (crash.isEmpty() ? "" : ": " + crash) + ", see " + log);
    }
    return ok;
  }

  /** Copies output to the log, shows where Maven is, keeps the errors, returns a crash's line. */
  private static String follow(Process process, Path log, List<String> last) throws IOException {
    String crash = "";
    String module = "";
    List<String> plain = new ArrayList<>();
    try (BufferedReader in = process.inputReader();
        BufferedWriter out = Files.newBufferedWriter(log)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.write(line);
        out.newLine();
        Matcher building = MODULE.matcher(line);
        Matcher running = RUNNING.matcher(line);
        if (building.find()) {
          module = building.group(1);
          System.out.println("   " + module + " (" + building.group(2) + ")");
        } else if (running.find()) {
          System.out.println("   " + module + ": " + running.group(1));
        } else if (isComplaint(line) && !last.contains(line)) {
          last.add(line);
        }
        if (line.startsWith("[ERROR]") && CRASH.matcher(line).find()) {
          crash = line.substring("[ERROR]".length()).strip();
        }
        plain.add(line);
      }
    }
    List<String> shown = last.isEmpty() ? plain : List.copyOf(last);
    int from = last.isEmpty() ? Math.max(0, shown.size() - LAST_LINES) : 0;
    List<String> cut = shown.subList(from, Math.min(shown.size(), from + LAST_LINES));
    List<String> copy = List.copyOf(cut);
    last.clear();
    last.addAll(copy);
    return crash;
  }

  private static boolean isComplaint(String line) {
    return COMPLAINT.matcher(line).find() && !BOILERPLATE.matcher(line).find();
  }

  private void count(Path report) throws Exception {
    Element suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getDocumentElement();
    NodeList cases = suite.getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      Element test = (Element) cases.item(i);
      String name = test.getAttribute("classname") + "." + test.getAttribute("name");
      if (has(test, "failure") || has(test, "error")) {
        failed++;
        System.out.println("FAILED " + name + ": " + message(test, "failure", "error"));
      } else if (has(test, "skipped")) {
        skipped++;
        System.out.println("skipped " + name + ": " + message(test, "skipped"));
      } else {
        passed++;
      }
    }
  }

  private static boolean has(Element test, String tag) {
    return test.getElementsByTagName(tag).getLength() > 0;
  }

  private static String message(Element test, String... tags) {
    for (String tag : tags) {
      if (has(test, tag)) {
        Element reason = (Element) test.getElementsByTagName(tag).item(0);
        String text = reason.getAttribute("message");
        String whole = text.isEmpty() ? reason.getTextContent() : text;
        // An assertion needs two or three lines to show both values; of a trace one is enough.
        return String.join(
            " ",
            whole
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("at "))
                .limit(3)
                .map(line -> line.replaceFirst("^org.opentest4j.TestAbortedException: ", ""))
                .toList());
      }
    }
    throw new IllegalStateException("no such result in " + test.getAttribute("name"));
  }

  private List<Path> reports() throws IOException {
    List<Path> reports = new ArrayList<>();
    for (Path folder : reportFolders()) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(f -> f.getFileName().toString().matches("TEST-.*\\.xml")).sorted()
            .forEach(reports::add);
      }
    }
    return reports;
  }

  private void clearReports() throws IOException {
    for (Path report : reports()) {
      Files.delete(report);
    }
  }

  private List<Path> reportFolders() throws IOException {
    List<Path> folders = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        for (String reports : REPORTS) {
          Path folder = module.resolve("target").resolve(reports);
          if (Files.isDirectory(folder)) {
            folders.add(folder);
          }
        }
      }
    }
    return folders;
  }

  private Path target() throws IOException {
    return Files.createDirectories(root.resolve("target"));
  }
}
