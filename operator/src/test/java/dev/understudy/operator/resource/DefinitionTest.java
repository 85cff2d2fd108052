// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.core.timing.Timing;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The definition of FailoverPolicy that is shipped is that of its classes. */
class DefinitionTest {
  private static final Path SHIPPED = Path.of("deploy/failoverpolicies.yaml");
  private static final String HEADER =
      """
      # SPDX-License-Identifier: Apache-2.0
      #
      # Generated from the classes of dev.understudy.operator.resource; HACKING.md says how.
      """;

  @TempDir static Path folder = Path.of("");
  private static String generated = "";

  @BeforeAll
  static void generate() throws Exception {
    new CRDGenerator()
        .customResourceClasses(FailoverPolicy.class)
        .forCRDVersions("v1")
        .inOutputDir(folder.toFile())
        .generate();
    String text = Files.readString(folder.resolve("failoverpolicies.understudy.dev-v1.yml"));
    // The first lines name the generator and begin the document.
    generated = HEADER + text.substring(text.indexOf("apiVersion:"));
  }

  private static JsonNode version() {
    JsonNode versions = Serialization.unmarshal(generated, JsonNode.class).at("/spec/versions");
    assertThat(versions).hasSize(1);
    return versions.get(0);
  }

  private static JsonNode spec() {
    return version().at("/schema/openAPIV3Schema/properties/spec");
  }

  @Test
  void shippedIsGenerated() throws Exception {
    if (Boolean.getBoolean("understudy.rewrite")) {
      Files.writeString(SHIPPED, generated);
    }
    assertThat(Files.readString(SHIPPED)).isEqualTo(generated);
  }

  @Test
  void wordsAreThoseThatAreUnderstood() {
    assertThat(texts(spec().at("/properties/strategy/enum")))
        .containsExactlyInAnyOrderElementsOf(Strategy.texts());
    assertThat(texts(spec().at("/properties/timing/enum")))
        .containsExactlyInAnyOrderElementsOf(
            Timing.PROFILES.stream().map(Timing::profile).toList());
  }

  @Test
  void theServerChecksWhatItCan() {
    assertThat(texts(spec().at("/required"))).containsExactlyInAnyOrder("target", "strategy");
    assertThat(spec().at("/x-kubernetes-validations")).hasSize(3);
    assertThat(spec().at("/properties/state/properties/port/minimum").asInt()).isEqualTo(1);
    assertThat(spec().at("/properties/interval/pattern").asText()).contains("ms");
  }

  @Test
  void statusIsASubresourceAndColumnsShowIt() {
    assertThat(version().at("/subresources/status").isMissingNode()).isFalse();
    assertThat(version().at("/additionalPrinterColumns").findValuesAsText("name"))
        .contains("Target", "Strategy", "Accepted", "Found", "Age");
  }

  private static List<String> texts(JsonNode array) {
    List<String> all = new ArrayList<>();
    array.forEach(node -> all.add(node.asText()));
    return all;
  }
}
