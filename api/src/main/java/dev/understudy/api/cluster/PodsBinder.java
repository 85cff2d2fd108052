// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the key {@code root} of a workload that Kubernetes starts. */
final class PodsBinder {
  private static final int PORT_MOST = 65_535;
  private static final int IDENTITY_MOST = 500;
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern UID = Pattern.compile("[0-9a-f-]{32,36}");

  private PodsBinder() {}

  /** Whether that root means Pods, rightly written or not. */
  static boolean isMeant(YamlValue root) {
    return root.isMapping() && root.object().filter(o -> o.all().containsKey("pods")).isPresent();
  }

  /** The Pods, if Pods are meant and nothing is wrong with them. */
  static Optional<WorkloadPods> bind(YamlValue root) {
    if (!isMeant(root)) {
      return Optional.empty();
    }
    return root.object().flatMap(PodsBinder::bind);
  }

  private static Optional<WorkloadPods> bind(YamlObject object) {
    int before = object.self().problems().count();
    Optional<String> container =
        object
            .required("container", "the name of the container in each Pod")
            .flatMap(v -> matching(v, LABEL, "the name of a container"));
    Optional<String> identity =
        object
            .required("identity", "what the root file system is, as the image with its digest")
            .flatMap(PodsBinder::identity);
    long port =
        object
            .required("targetPort", "the TCP port on which the program answers in its Pod")
            .flatMap(v -> v.number(1, PORT_MOST))
            .orElse(0L);
    SortedMap<String, WorkloadPods.Place> places = new TreeMap<>();
    Optional<YamlObject> byNode =
        object.required("pods", "the Pod of each node").flatMap(YamlValue::object);
    for (Map.Entry<String, YamlValue> entry :
        byNode.map(YamlObject::all).orElseGet(LinkedHashMap::new).entrySet()) {
      entry
          .getValue()
          .object()
          .flatMap(PodsBinder::place)
          .ifPresent(p -> places.put(entry.getKey(), p));
    }
    object.refuseUnknownKeys();
    if (object.self().problems().count() > before) {
      return Optional.empty();
    }
    return Optional.of(
        new WorkloadPods(
            container.orElseThrow(), identity.orElseThrow(), Math.toIntExact(port), places));
  }

  private static Optional<WorkloadPods.Place> place(YamlObject object) {
    Optional<String> uid =
        object.required("uid", "the uid of the Pod").flatMap(v -> matching(v, UID, "a uid"));
    Optional<Integer> address =
        object.required("address", "the IPv4 address of the Pod").flatMap(Addresses::read);
    object.refuseUnknownKeys();
    return uid.isPresent() && address.isPresent()
        ? Optional.of(new WorkloadPods.Place(uid.get(), address.get()))
        : Optional.empty();
  }

  private static Optional<String> identity(YamlValue value) {
    Optional<String> text = value.text();
    if (text.isPresent() && (text.get().isBlank() || text.get().length() > IDENTITY_MOST)) {
      value.refuse("must have 1 to " + IDENTITY_MOST + " characters");
      return Optional.empty();
    }
    return text;
  }

  private static Optional<String> matching(YamlValue value, Pattern pattern, String what) {
    Optional<String> text = value.text();
    if (text.isPresent() && !pattern.matcher(text.get()).matches()) {
      value.refuse(Words.quoted(text.get()) + " is not " + what);
      return Optional.empty();
    }
    return text;
  }
}
