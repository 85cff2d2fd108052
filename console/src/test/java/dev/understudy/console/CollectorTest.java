// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.api.control.Json;
import dev.understudy.api.records.NodeRecord;
import dev.understudy.api.records.RecordCursor;
import dev.understudy.api.records.RecordPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CollectorTest {
  @TempDir Path folder;

  private DatabaseAddress address() {
    return new DatabaseAddress.Sqlite(folder.resolve("records.db"));
  }

  @Test
  void anotherCollectorGoesOnWhereOneEnded() throws Exception {
    try (ScriptedAgents agents = new ScriptedAgents("a", "b", "c")) {
      agents.grow(700);
      try (Collector first = new Collector("lab", agents, address(), agents::said)) {
        first.start();
        agents.awaitKept(first, 2_100);
      }
      agents.grow(5);
      try (Collector second = new Collector("lab", agents, address(), agents::said)) {
        second.start();
        agents.awaitKept(second, 15);
      }
      assertThat(agents.said()).isEmpty();
    }
    try (RecordStore store = RecordStore.open(address())) {
      assertThat(store.newest(Optional.empty(), 10_000)).hasSize(2_115);
    }
  }

  @Test
  void anAgentThatDoesNotAnswerIsSaidOnceAndAskedAgain() throws Exception {
    try (ScriptedAgents agents = new ScriptedAgents("a");
        Collector collector = new Collector("lab", agents, address(), agents::said)) {
      agents.silent(true);
      collector.start();
      agents.awaitSaid("node a: does not answer; trying again");
      agents.grow(3);
      agents.silent(false);
      agents.awaitKept(collector, 3);
      assertThat(agents.said())
          .containsExactly("node a: does not answer; trying again", "node a: works again");
    }
  }

  @Test
  void recordsThatWereLostAreCounted() {
    NodeRecord later = Samples.checkpoint(9);
    NodeRecord other = new NodeRecord("f".repeat(32), 3, "a", 4, "count", 1, 1, Samples.restore());
    Pages page = new Pages(other.cursor(), List.of(later, other), List.of("one"));
    assertThat(page.missing(new RecordCursor(Samples.STREAM, 5))).isEqualTo(3 + 2 - 1);
    assertThat(page.missing(new RecordCursor(Samples.STREAM, 8))).isEqualTo(1);
  }

  /** A page of two records, the first of which somebody has changed. */
  private static Pages changed(Consumer<ObjectNode> change) throws IOException {
    NodeRecord good = Samples.checkpoint(2);
    ObjectNode page =
        Json.mapper()
            .valueToTree(
                new RecordPage("a", good.cursor().text(), List.of(Samples.checkpoint(1), good)));
    change.accept((ObjectNode) page.path("records").path(0));
    return Pages.read("a", Json.mapper().writeValueAsBytes(page));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "node=b",
        "node=",
        "stream=xyz",
        "sequence=0",
        "sequence=99999999999999999999",
        "sequence=many",
        "wall_millis=-5",
        "workload=../../etc",
        "workload=a\u0000b",
        "figures.kind=surprise",
        "figures.generation=3@a",
        "figures.failure=a\u0000b",
        "figures.pause_nanos=-2",
        "figures.pod=two words",
        "figures.criu=nothing",
      })
  void aHostileRecordIsRefusedAndThoseBehindItAreNot(String change) throws Exception {
    String[] parts = change.split("=", 2);
    Pages page =
        changed(record -> {
          String[] path = parts[0].split("\\.", 2);
          ObjectNode at = path.length == 1 ? record : (ObjectNode) record.path("figures");
          String field = path[path.length - 1];
          assertThat(at.has(field)).isTrue();
          if (parts[1].matches("-?[0-9]+")) {
            at.put(field, new java.math.BigInteger(parts[1]));
          } else {
            at.put(field, parts[1]);
          }
        });
    assertThat(page.records()).containsExactly(Samples.checkpoint(2));
    assertThat(page.refused()).hasSize(1);
    assertThat(page.refused().getFirst()).doesNotContain("\u0000").hasSizeLessThan(600);
    assertThat(page.next()).isEqualTo(Samples.checkpoint(2).cursor());
  }

  @Test
  void aRecordThatLacksSomethingIsRefused() throws Exception {
    for (String field : List.of("stream", "node", "workload", "figures")) {
      assertThat(changed(record -> record.remove(field)).refused()).hasSize(1);
    }
    assertThat(changed(record -> record.put("failure", "x".repeat(600))).refused()).isEmpty();
    Pages tooLong =
        changed(record -> ((ObjectNode) record.path("figures")).put("failure", "x".repeat(600)));
    assertThat(tooLong.refused()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "not json",
        "{\"node\":\"b\",\"next\":\"\",\"records\":[]}",
        "{\"node\":\"a\",\"next\":\"somewhere\",\"records\":[]}",
        "{\"node\":\"a\",\"next\":\"\",\"records\":7}",
      })
  void anAnswerThatIsNoPageIsRefused(String body) {
    assertThatThrownBy(() -> Pages.read("a", body.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aPageThatIsTooLongIsRefused() {
    ObjectNode page = Json.mapper().createObjectNode().put("node", "a").put("next", "");
    ArrayNode records = page.putArray("records");
    for (int i = 0; i <= RecordPage.RECORDS_MOST; i++) {
      records.addObject();
    }
    assertThatThrownBy(() -> Pages.read("a", Json.mapper().writeValueAsBytes(page)))
        .hasMessageContaining("501 records");
    assertThatThrownBy(() -> Pages.read("a", new byte[Agents.PAGE_BYTES_MOST + 1]))
        .hasMessageContaining("too long");
  }

  @Test
  void whatNobodyForesawEndsItAllWithItsCause() throws Exception {
    try (ScriptedAgents agents = new ScriptedAgents("a", "b")) {
      Agents broken =
          new Agents() {
            @Override
            public List<String> nodes() {
              return agents.nodes();
            }

            @Override
            public byte[] records(String node, String after) throws IOException {
              if (node.equals("b")) {
                throw new IllegalStateException("of node b");
              }
              return agents.records(node, after);
            }
          };
      try (Collector collector = new Collector("lab", broken, address(), agents::said)) {
        collector.start();
        assertThatThrownBy(collector::await)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("of node b")
            .hasRootCauseMessage("of node b");
      }
    }
  }
}
