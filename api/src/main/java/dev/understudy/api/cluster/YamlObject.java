// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping that remembers which keys were asked for, so that {@link #refuseUnknownKeys} can name
 * every other one. A key that is not text, or that comes twice, is reported at once.
 */
final class YamlObject {
  private record Entry(YamlValue key, YamlValue value) {}

  private final YamlValue self;
  private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();

  YamlObject(YamlValue self, MappingNode mapping) {
    this.self = self;
    for (NodeTuple tuple : mapping.getValue()) {
      add(tuple.getKeyNode(), tuple.getValueNode());
    }
  }

  private void add(Node keyNode, Node valueNode) {
    YamlValue key = new YamlValue(keyNode, self.path(), self.problems());
    if (!(keyNode instanceof ScalarNode scalar) || !keyNode.getTag().equals(Tag.STR)) {
      key.refuse("a key here is not text; put it in quotes, or correct the indentation");
      return;
    }
    String name = scalar.getValue();
    String path = child(name);
    Entry entry = new Entry(key, new YamlValue(keyNode, valueNode, path, self.problems()));
    if (entries.putIfAbsent(name, entry) != null) {
      key.refuse("key " + Words.quoted(name) + " comes twice; remove one of the two");
    }
  }

  private String child(String key) {
    String step = key.matches("[A-Za-z0-9_-]{1,60}") ? key : Words.quoted(key);
    return self.path().isEmpty() ? step : self.path() + "." + step;
  }

  YamlValue self() {
    return self;
  }

  Optional<YamlValue> optional(String key) {
    asked.add(key);
    return Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  /** The key's value; its absence is reported together with what it is for. */
  Optional<YamlValue> required(String key, String meaning) {
    Optional<YamlValue> value = optional(key);
    if (value.isEmpty()) {
      self.refuseAt(child(key), "is missing; write " + meaning);
    }
    return value;
  }

  /** Every key with its value, for a mapping whose keys are the user's own. */
  SequencedMap<String, YamlValue> all() {
    SequencedMap<String, YamlValue> all = new LinkedHashMap<>();
    entries.forEach((name, entry) -> all.put(name, entry.value()));
    return all;
  }

  /** To be called when every known key has been asked for. */
  void refuseUnknownKeys() {
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      String name = entry.getKey();
      if (!asked.contains(name)) {
        String advice =
            Words.nearest(name, asked)
                .map(near -> "did you mean " + Words.quoted(near) + "?")
                .orElseGet(() -> "the keys here are " + String.join(", ", asked));
        entry.getValue().key().refuse("unknown key " + Words.quoted(name) + "; " + advice);
      }
    }
  }
}
