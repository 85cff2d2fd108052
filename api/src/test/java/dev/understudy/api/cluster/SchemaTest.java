// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.core.timing.Timing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Keeps the words and defaults of the JSON Schema and of docs/cluster-file.md those of the code.
 */
class SchemaTest {
  private static final String STATE = "/$defs/workload/properties/state";

  private JsonNode schema = new ObjectMapper().nullNode();

  @BeforeEach
  void readSchema() throws IOException {
    schema = new ObjectMapper().readTree(Files.readString(Path.of("../docs/cluster.schema.json")));
  }

  @Test
  void wordsAreThoseOfTheCode() {
    assertThat(texts("/$defs/profile/enum"))
        .containsExactlyElementsOf(Timing.PROFILES.stream().map(Timing::profile).toList());
    assertThat(texts("/properties/prefer/enum"))
        .containsExactlyInAnyOrderElementsOf(names(Cluster.Preference.values()));
    assertThat(texts("/$defs/workload/properties/strategy/enum"))
        .containsExactlyInAnyOrderElementsOf(names(WorkloadSpec.Strategy.values()));
    assertThat(texts("/$defs/workload/properties/withoutQuorum/enum"))
        .containsExactlyInAnyOrderElementsOf(names(WorkloadSpec.WithoutQuorum.values()));
  }

  @Test
  void pathsAreThoseOfTheCode() {
    assertThat(text(STATE + "/properties/path/pattern")).isEqualTo("^" + StateBinder.PATH + "$");
  }

  @Test
  void defaultsAreThoseOfTheCode() {
    assertThat(text("/properties/network/default"))
        .isEqualTo(ClusterBinder.DEFAULT_NETWORK.toString());
    assertThat(text("/properties/timing/default")).isEqualTo(Timing.STANDARD.profile());
    String workload = "/$defs/workload/properties/";
    assertThat(Units.nanos(text(workload + "interval/default")))
        .hasValue(WorkloadBinder.DEFAULT_INTERVAL_NANOS);
    assertThat(Units.bytes(text(workload + "memory/default")))
        .hasValue(WorkloadBinder.DEFAULT_MEMORY_BYTES);
    assertThat(text(STATE + "/properties/path/default")).isEqualTo(StateSpec.PATH_USUAL);
    assertThat(Units.bytes(text(STATE + "/properties/limit/default")))
        .hasValue(StateSpec.LIMIT_USUAL_BYTES);
  }

  @Test
  void boundsAreThoseOfTheCode() {
    assertThat(schema.at("/properties/nodes/maxItems").asInt()).isEqualTo(NodesBinder.NODES_MOST);
    assertThat(schema.at("/properties/workloads/maxItems").asInt())
        .isEqualTo(ClusterBinder.WORKLOADS_MOST);
  }

  @Test
  void everyKeyIsDocumentedWithItsDefault() throws IOException {
    String guide = Files.readString(Path.of("../docs/cluster-file.md"));
    List<String> missing = new ArrayList<>();
    for (String of : List.of("", "/$defs/timing", "/$defs/node", "/$defs/workload", STATE)) {
      schema
          .at(of + "/properties")
          .properties()
          .forEach(entry -> {
            String row = "\n| `" + entry.getKey() + "` |";
            JsonNode otherwise = entry.getValue().path("default");
            boolean plain = otherwise.isValueNode() && !otherwise.isMissingNode();
            boolean found =
                guide
                    .lines()
                    .anyMatch(line ->
                        ("\n" + line).startsWith(row)
                            && (!plain || line.contains("`" + otherwise.asText() + "`")));
            if (!found) {
              missing.add(entry.getKey());
            }
          });
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void theErrorsInTheGuideAreReal() throws IOException {
    List<String> real =
        Scenario.all(Fixture.resource("scenarios.txt"), Fixture.resource("valid.yaml")).stream()
            .filter(
                scenario -> scenario.title().equals("the errors that docs/cluster-file.md shows"))
            .flatMap(scenario -> scenario.expected().stream())
            .toList();
    String guide = Files.readString(Path.of("../docs/cluster-file.md"));
    assertThat(guide.lines().filter(line -> line.startsWith("cluster.yaml:")).toList())
        .isEqualTo(real);
  }

  private String text(String pointer) {
    return schema.at(pointer).asText();
  }

  private List<String> texts(String pointer) {
    List<String> texts = new ArrayList<>();
    schema.at(pointer).forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private static List<String> names(Enum<?>[] constants) {
    return Arrays.stream(constants).map(YamlValue::choiceName).toList();
  }
}
