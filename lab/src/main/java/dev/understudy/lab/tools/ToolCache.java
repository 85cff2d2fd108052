// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import dev.understudy.agent.runtime.Digests;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The folder {@code tools-HASH} in the project's cache, filled when it is first needed.
 *
 * <p>A run that was killed is continued by the next one: packages that arrived whole are kept, the
 * rest is done again. Of several runs at once one works and the others wait for it. A group that is
 * ready costs a few file reads and no lock.
 */
public final class ToolCache {
  private static final long SPARE_BYTES = 50_000_000;
  private static final int UNPACKED_FACTOR = 6;

  /** File locks are held by the process; this one orders its threads. */
  private static final ReentrantLock THREADS = new ReentrantLock();

  private final PinFile pins;
  private final Path home;
  private final Optional<PackageSource> givenMirror;
  private final Consumer<String> progress;

  /**
   * The cache of this user.
   *
   * @param progress gets one line, without line end, for each step of a fetch
   */
  public ToolCache(Consumer<String> progress) throws ToolsException {
    this(PinFile.bundled(), CacheFolder.ofUser(), Optional.empty(), progress);
  }

  /** A cache elsewhere. */
  ToolCache(PinFile pins, Path folder, Optional<PackageSource> mirror, Consumer<String> progress) {
    this.pins = pins;
    this.home = folder.resolve("tools-" + pins.hash());
    this.givenMirror = mirror;
    this.progress = progress;
  }

  /** The folder of these tools, whether it exists or not. */
  public Path home() {
    return home;
  }

  /** The tools if they were fetched before; never touches the network. */
  public Optional<Tools> ready(ToolGroup... groups) throws ToolsException {
    try {
      Map<String, String> versions = new LinkedHashMap<>();
      for (ToolGroup group : withBase(groups)) {
        Optional<ReadyFile> file = ReadyFile.read(home, group);
        if (file.isEmpty()) {
          return Optional.empty();
        }
        versions.putAll(file.get().versions());
      }
      return Optional.of(new Tools(home, withBase(groups), versions));
    } catch (IOException e) {
      throw trouble(e);
    }
  }

  /** The tools, fetched first where they are not there yet. */
  public Tools provide(ToolGroup... groups) throws ToolsException {
    Optional<Tools> ready = ready(groups);
    if (ready.isPresent()) {
      return ready.get();
    }
    THREADS.lock();
    try {
      Files.createDirectories(home);
      try (FileChannel _ =
          CacheFolder.lock(
              home, () -> progress.accept("another run is fetching the tools, waiting for it"))) {
        fetchMissing(withBase(groups));
      }
    } catch (IOException e) {
      throw trouble(e);
    } finally {
      THREADS.unlock();
    }
    return ready(groups)
        .orElseThrow(() -> new IllegalStateException("fetched, yet not ready: " + home));
  }

  private static List<ToolGroup> withBase(ToolGroup... groups) {
    List<ToolGroup> all = new ArrayList<>(List.of(ToolGroup.BASE));
    for (ToolGroup group : groups) {
      if (!all.contains(group)) {
        all.add(group);
      }
    }
    return all;
  }

  private void fetchMissing(List<ToolGroup> groups) throws ToolsException, IOException {
    List<ToolGroup> missing = new ArrayList<>();
    for (ToolGroup group : groups) {
      if (ReadyFile.read(home, group).isEmpty()) {
        sayWhatChanged(group);
        missing.add(group);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    requirePrograms();
    CacheFolder.requireRoom(home, SPARE_BYTES);
    Path debs = Files.createDirectories(home.resolve("debs"));
    Path apt = Files.createDirectories(home.resolve("apt"));
    Files.createDirectories(home.resolve("root"));
    PackageSource mirror =
        givenMirror.isPresent()
            ? givenMirror.get()
            : PackageSource.ofHost(Path.of("/etc/apt"), System.getenv());
    progress.accept("mirror " + mirror.uri() + " (" + mirror.origin() + ")");
    PrivateApt source = new PrivateApt(apt, debs, mirror, pins.suite(), progress);
    source.update();
    List<Selection.Choice> choices = select(source, missing);
    List<PrivateApt.Download> plan = download(source, choices, debs);
    Programs programs = new Programs(home, apt);
    progress.accept("unpacking " + plan.size() + " packages into " + home);
    for (PrivateApt.Download package_ : plan) {
      programs.unpack(debs.resolve(package_.file()));
    }
    Map<String, String> lines = pinLines(choices, plan);
    for (ToolGroup group : missing) {
      Map<String, String> versions = programs.install(group);
      Map<String, String> own = new LinkedHashMap<>(lines);
      own.keySet().removeIf(name -> !belongs(name, group));
      Map<String, String> sums = new LinkedHashMap<>();
      for (String name : versions.keySet()) {
        sums.put(name, Programs.sum(home, name));
      }
      new ReadyFile(home.toString(), own, versions, sums).write(home, group);
      versions.forEach((name, version) -> progress.accept(name + " " + version + " runs"));
    }
    for (PrivateApt.Download package_ : plan) {
      Files.deleteIfExists(debs.resolve(package_.file()));
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    progress.accept("tools ready after " + millis / 1000 + "." + millis / 100 % 10 + " s");
  }

  private void sayWhatChanged(ToolGroup group) throws IOException {
    Path file = ReadyFile.of(home, group);
    if (Files.isRegularFile(file) && Programs.present(home, group)) {
      ReadyFile.parse(Files.readString(file))
          .changed()
          .forEach(
              name -> progress.accept(name + " is damaged in " + home + ": fetching it again"));
    }
  }

  /** Packages of finished groups stay as they are: running programs have their files mapped. */
  private List<Selection.Choice> select(PrivateApt source, List<ToolGroup> missing)
      throws ToolsException, IOException {
    Map<String, String> installed = new LinkedHashMap<>();
    Map<String, PinFile.Entry> wanted = new LinkedHashMap<>();
    for (ToolGroup group : ToolGroup.values()) {
      if (missing.contains(group)) {
        pins.entries(group).forEach(entry -> wanted.putIfAbsent(entry.name(), entry));
      } else {
        ReadyFile.read(home, group).ifPresent(file -> installed.putAll(file.packages()));
      }
    }
    wanted.keySet().removeAll(installed.keySet());
    Selection selection = choose(source, List.copyOf(wanted.values()));
    if (selection.moved().isEmpty() && selection.gone().isEmpty()) {
      return selection.choices();
    }
    progress.accept(
        "Debian "
            + pins.suite()
            + " has moved past "
            + String.join(", ", concat(selection.moved(), selection.gone()))
            + ": taking its present packages, proved by the signature of its index");
    // Names of libraries change with their interfaces, so today's dependencies count now.
    List<String> roots =
        wanted.values().stream().filter(PinFile.Entry::program).map(PinFile.Entry::name).toList();
    for (String library : source.libraries(roots)) {
      if (!installed.containsKey(library)) {
        wanted.putIfAbsent(library, new PinFile.Entry(library, false, List.of()));
      }
    }
    return choose(source, List.copyOf(wanted.values())).choices();
  }

  private Selection choose(PrivateApt source, List<PinFile.Entry> wanted) throws ToolsException {
    List<String> names = wanted.stream().map(PinFile.Entry::name).toList();
    return Selection.of(wanted, source.versions(names), pins.minimums(), pins.suite());
  }

  private List<PrivateApt.Download> download(
      PrivateApt source, List<Selection.Choice> choices, Path debs)
      throws ToolsException, IOException {
    Map<String, Selection.Choice> byName = new LinkedHashMap<>();
    choices.forEach(choice -> byName.put(choice.name(), choice));
    if (choices.isEmpty()) {
      return List.of();
    }
    List<PrivateApt.Download> plan =
        source.plan(choices.stream().map(Selection.Choice::nameAndVersion).toList());
    List<String> absent = new ArrayList<>();
    long bytes = 0;
    for (PrivateApt.Download item : plan) {
      Selection.Choice choice = known(byName, item.name());
      if (!choice.pinnedSha256().isEmpty() && !choice.pinnedSha256().equals(item.sha256())) {
        throw wrongSum(choice.nameAndVersion(), "the mirror's index", item.sha256());
      }
      Path file = debs.resolve(item.file());
      if (!Files.isRegularFile(file) || !Digests.hexOfFile(file).equals(item.sha256())) {
        Files.deleteIfExists(file);
        absent.add(choice.nameAndVersion());
        bytes += item.bytes();
      }
    }
    CacheFolder.requireRoom(home, SPARE_BYTES + bytes * UNPACKED_FACTOR);
    if (!absent.isEmpty()) {
      progress.accept("fetching " + absent.size() + " packages, " + PrivateApt.megabytes(bytes));
      source.download(absent, bytes);
    }
    for (PrivateApt.Download item : plan) {
      Path file = debs.resolve(item.file());
      String sum = Files.isRegularFile(file) ? Digests.hexOfFile(file) : "no file";
      if (!sum.equals(item.sha256())) {
        Files.deleteIfExists(file);
        throw wrongSum(item.file(), "the fetched file", sum);
      }
    }
    return plan;
  }

  private static Map<String, String> pinLines(
      List<Selection.Choice> choices, List<PrivateApt.Download> plan) {
    Map<String, String> sums = new LinkedHashMap<>();
    plan.forEach(item -> sums.put(item.name(), item.sha256()));
    Map<String, String> lines = new LinkedHashMap<>();
    for (Selection.Choice choice : choices) {
      String kind = choice.program() ? "program " : "library ";
      String sum = known(sums, choice.name());
      lines.put(choice.name(), kind + choice.name() + " " + choice.version() + " " + sum);
    }
    return lines;
  }

  /** A package that no group lists, one that the suite has new, counts as one of the base's. */
  private boolean belongs(String name, ToolGroup group) {
    boolean listed = false;
    for (ToolGroup other : ToolGroup.values()) {
      boolean here = pins.entries(other).stream().anyMatch(entry -> entry.name().equals(name));
      if (here && other == group) {
        return true;
      }
      listed |= here;
    }
    return !listed && group == ToolGroup.BASE;
  }

  private static <T> T known(Map<String, T> map, String name) {
    T value = map.get(name);
    if (value == null) {
      throw new IllegalStateException("no " + name + " among " + map.keySet());
    }
    return value;
  }

  private static List<String> concat(Collection<String> first, Collection<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private static void requirePrograms() throws ToolsException {
    List<String> missing = HostPrograms.missing(concat(HostPrograms.FETCHING, List.of("setpriv")));
    if (!missing.isEmpty()) {
      throw new ToolsException(
          String.join(", ", missing)
              + " is missing: tools come as Debian packages, so run this on a Debian system");
    }
  }

  private static ToolsException wrongSum(String what, String where, String sum) {
    return new ToolsException(
        "the checksum of "
            + what
            + " is wrong: "
            + where
            + " has "
            + sum
            + "; run the command again, or set UNDERSTUDY_DEBIAN_MIRROR to another mirror");
  }

  private ToolsException trouble(IOException e) {
    return new ToolsException(
        "working in " + home + " failed: " + e + "; set UNDERSTUDY_CACHE to another folder", e);
  }
}
