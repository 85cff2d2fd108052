// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import dev.understudy.api.cluster.WorkloadSpec.Root;
import dev.understudy.api.cluster.WorkloadSpec.Strategy;
import dev.understudy.api.cluster.WorkloadSpec.WithoutQuorum;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the items of the key {@code workloads}. */
final class WorkloadBinder {
  static final long DEFAULT_INTERVAL_NANOS = 1_000_000_000L;
  static final long DEFAULT_MEMORY_BYTES = 256L << 20;
  private static final long INTERVAL_LEAST_NANOS = 50_000_000L;
  private static final long INTERVAL_MOST_NANOS = 3_600_000_000_000L;
  private static final long MEMORY_LEAST_BYTES = 4L << 20;
  private static final long MEMORY_MOST_BYTES = 4L << 30;
  static final int PORT_MOST = 65_535;
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");

  private final HostFiles files;
  private final Addresses addresses;
  private final GroupBinder groups;
  private final Names names = new Names();

  /**
   * @param files how to look at the files that it names
   * @param clusterNodes the cluster's nodes, empty when something is wrong with them: then nothing
   *     is said about the nodes of workloads
   */
  WorkloadBinder(HostFiles files, Addresses addresses, Optional<List<NodeSpec>> clusterNodes) {
    this.files = files;
    this.addresses = addresses;
    this.groups = new GroupBinder(clusterNodes);
  }

  /** The workload, if nothing is wrong with it. */
  Optional<WorkloadSpec> bind(YamlObject object) {
    int before = object.self().problems().count();
    Optional<String> name =
        object.required("name", "a name such as name: web").flatMap(names::claim);
    String owner = name.map(known -> "workload " + known).orElse(object.self().path());
    Optional<YamlValue> root = object.optional("root");
    boolean fromImage = root.isPresent() && !root.get().isText();
    Optional<WorkloadPods> pods = root.flatMap(PodsBinder::bind);
    boolean inPods = root.filter(PodsBinder::isMeant).isPresent();
    Optional<Path> image = inPods ? Optional.empty() : root.flatMap(this::image);
    List<String> command = inPods ? List.of() : command(object, fromImage);
    String workdir = object.optional("workdir").flatMap(this::workdir).orElse("/");
    SortedMap<String, String> environment = environment(object.optional("environment"));
    long port = port(object);
    int address =
        object
            .required("address", "the virtual address, a free host of the network")
            .flatMap(v -> inPods ? addresses.claimService(v, owner) : addresses.claim(v, owner))
            .orElse(0);
    Strategy strategy =
        object
            .optional("strategy")
            .flatMap(v -> v.choice(Strategy.values()))
            .orElse(Strategy.MIRROR);
    long interval =
        object
            .optional("interval")
            .flatMap(v -> Amounts.nanos(v, INTERVAL_LEAST_NANOS, INTERVAL_MOST_NANOS))
            .orElse(DEFAULT_INTERVAL_NANOS);
    long memory =
        object
            .optional("memory")
            .flatMap(v -> Amounts.bytes(v, MEMORY_LEAST_BYTES, MEMORY_MOST_BYTES))
            .orElse(DEFAULT_MEMORY_BYTES);
    Optional<StateSpec> state = StateBinder.bind(object, strategy, port, inPods);
    List<String> nodes = groups.bind(object, memory);
    WithoutQuorum withoutQuorum = groups.withoutQuorum(object, nodes);
    object.refuseUnknownKeys();
    if (object.self().problems().count() > before) {
      return Optional.empty();
    }
    return Optional.of(
        new WorkloadSpec(
            name.orElseThrow(),
            command,
            inPods ? Root.PODS : fromImage ? Root.IMAGE : Root.HOST,
            image,
            workdir,
            environment,
            Math.toIntExact(port),
            address,
            strategy,
            interval,
            memory,
            nodes,
            pods,
            withoutQuorum,
            state));
  }

  private static long port(YamlObject object) {
    return object
        .required("port", "the TCP port on which the program answers")
        .flatMap(v -> v.number(1, PORT_MOST))
        .orElse(0L);
  }

  private Optional<Path> image(YamlValue root) {
    String allowed = "host, or a mapping such as { image: images/web.tar }";
    if (root.isText()) {
      String word = root.text().orElse("");
      if (!word.equals("host")) {
        root.refuse(Words.quoted(word) + " is not a root; write " + allowed);
      }
      return Optional.empty();
    }
    if (!root.isMapping()) {
      root.refuseKind(allowed);
      return Optional.empty();
    }
    return root.object()
        .flatMap(object -> {
          Optional<Path> image =
              object.required("image", "the path of an image archive").flatMap(files::image);
          object.refuseUnknownKeys();
          return image;
        });
  }

  private List<String> command(YamlObject object, boolean fromImage) {
    Optional<YamlValue> value =
        fromImage
            ? object.optional("command")
            : object.required("command", "the program and its arguments as a list");
    List<YamlValue> items = value.flatMap(YamlValue::list).orElse(List.of());
    if (items.isEmpty()) {
      value
          .filter(YamlValue::isList)
          .ifPresent(v -> v.refuse("is empty; write the program and its arguments"));
      return List.of();
    }
    List<String> command = texts(items);
    if (command.size() == items.size()) {
      String program = command.getFirst();
      if (!program.startsWith("/")) {
        items.getFirst().refuse(notAbsolute(program));
      } else if (!fromImage) {
        files.checkProgram(items.getFirst(), program);
      }
    }
    return List.copyOf(command);
  }

  private static List<String> texts(List<YamlValue> items) {
    List<String> texts = new ArrayList<>();
    for (YamlValue item : items) {
      item.text().ifPresent(texts::add);
    }
    return texts;
  }

  private Optional<String> workdir(YamlValue value) {
    Optional<String> path = value.text();
    if (path.isPresent() && !path.get().startsWith("/")) {
      value.refuse(notAbsolute(path.get()));
      return Optional.empty();
    }
    return path;
  }

  private static String notAbsolute(String path) {
    return Words.quoted(path) + " is not an absolute path; begin it with /";
  }

  private static SortedMap<String, String> environment(Optional<YamlValue> value) {
    SortedMap<String, String> environment = new TreeMap<>();
    value
        .flatMap(YamlValue::object)
        .ifPresent(
            object -> object.all().forEach((name, text) -> variable(environment, name, text)));
    return Collections.unmodifiableSortedMap(environment);
  }

  private static void variable(SortedMap<String, String> all, String name, YamlValue value) {
    if (!VARIABLE.matcher(name).matches()) {
      value.refuse(
          "is not the name of a variable; write letters, digits and _, not beginning with a digit");
    }
    value.text().ifPresent(text -> all.put(name, text));
  }
}
