// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What the parser and the JSON Schema say to each scenario of scenarios.txt. Keeps both together: a
 * file that the parser accepts is accepted by the schema, and each refusal says whether the schema
 * can express it.
 */
class ScenariosTest {
  private static final String NAME = "scenarios.txt";
  private static final Path SOURCE = Path.of("src/test/resources/dev/understudy/api/cluster", NAME);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @BeforeEach
  void fill() throws IOException {
    Fixture.fill(folder);
  }

  @TestFactory
  Stream<DynamicTest> theParserAnswersAsWritten() throws IOException {
    if (System.getProperty("rewrite") != null) {
      rewrite();
    }
    return scenarios(Files.readString(SOURCE)).stream()
        .map(scenario ->
            DynamicTest.dynamicTest(
                scenario.title(),
                () -> assertThat(answer(scenario)).isEqualTo(scenario.expected())));
  }

  @TestFactory
  Stream<DynamicTest> theSchemaAgrees() throws IOException {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(JSON.readTree(Files.readString(Path.of("../docs/cluster.schema.json"))));
    return scenarios(Fixture.resource(NAME)).stream()
        .filter(scenario -> !scenario.schema().equals("unasked"))
        .map(scenario ->
            DynamicTest.dynamicTest(
                scenario.title(),
                () -> {
                  String verdict =
                      schema.validate(json(document(scenario))).isEmpty() ? "accepts" : "refuses";
                  assertThat(verdict).isEqualTo(scenario.schema());
                  if (scenario.expected().isEmpty()) {
                    assertThat(verdict).isEqualTo("accepts");
                  }
                }));
  }

  @TestFactory
  Stream<DynamicTest> whatIsAcceptedSurvivesWriting() throws IOException {
    return scenarios(Fixture.resource(NAME)).stream()
        .filter(scenario -> scenario.expected().isEmpty())
        .map(scenario ->
            DynamicTest.dynamicTest(
                scenario.title(),
                () -> {
                  Cluster cluster = Fixture.read(folder, document(scenario));
                  String written = ClusterFile.write(cluster);
                  assertThat(Fixture.read(folder, written)).isEqualTo(cluster);
                  assertThat(ClusterFile.write(Fixture.read(folder, written))).isEqualTo(written);
                }));
  }

  @Test
  void scenariosAreThere() throws IOException {
    List<Scenario> all = scenarios(Fixture.resource(NAME));
    assertThat(all).hasSizeGreaterThan(60);
    assertThat(all.stream().map(Scenario::title)).doesNotHaveDuplicates();
    assertThat(all.stream().filter(s -> s.expected().isEmpty())).hasSizeBetween(8, 20);
  }

  private static List<Scenario> scenarios(String text) throws IOException {
    return Scenario.all(text, Fixture.resource("valid.yaml"));
  }

  private String document(Scenario scenario) {
    return scenario.document().replace("DIR", folder.toString()).replace("\\BEL", "\u0007");
  }

  private List<String> answer(Scenario scenario) throws IOException {
    try {
      Fixture.read(folder, document(scenario));
      return List.of();
    } catch (ClusterFileException e) {
      assertThat(e.problems()).hasSize((int) e.getMessage().lines().count());
      return e.getMessage()
          .replace(folder.toString(), "DIR")
          .replace("DIR/cluster.yaml", "cluster.yaml")
          .lines()
          .toList();
    }
  }

  private static JsonNode json(String yaml) {
    LoadSettings settings =
        LoadSettings.builder().setSchema(new org.snakeyaml.engine.v2.schema.JsonSchema()).build();
    // A mapping's keys are text in JSON, whatever YAML takes them for.
    return JSON.valueToTree(new Load(settings).loadFromString(yaml));
  }

  private void rewrite() throws IOException {
    String text = Scenario.preamble(Files.readString(SOURCE));
    List<String> blocks = new ArrayList<>();
    for (Scenario scenario : scenarios(Files.readString(SOURCE))) {
      List<String> lines = new ArrayList<>(scenario.source());
      answer(scenario).forEach(line -> lines.add("> " + line));
      blocks.add("## " + String.join("\n", lines) + "\n");
    }
    Files.writeString(SOURCE, text + String.join("\n", blocks));
  }
}
