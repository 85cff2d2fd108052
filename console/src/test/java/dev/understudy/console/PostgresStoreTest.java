// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The same with a real server, and what only a server can do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresStoreTest extends RecordStoreContract {
  private final PostgresServer server;

  PostgresStoreTest(@TempDir Path folder) throws Exception {
    server = PostgresServer.start(folder);
  }

  @BeforeAll
  void theServerIsReal() throws Exception {
    execute("SELECT version()");
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void nothingIsThere() throws Exception {
    execute("DROP SCHEMA public CASCADE");
    execute("CREATE SCHEMA public");
  }

  @Override
  DatabaseAddress address() {
    return DatabaseAddress.parse(server.url());
  }

  private void execute(String sql) throws Exception {
    DatabaseAddress.Postgres address = (DatabaseAddress.Postgres) address();
    try (Connection connection =
            DriverManager.getConnection(address.jdbcUrl(), address.properties());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aFormerTableOfThatNameIsKeptAside() throws Exception {
    execute("CREATE TABLE ckp_metrics (id serial primary key, start_time int)");
    execute("INSERT INTO ckp_metrics (start_time) VALUES (7)");
    RecordStore.open(address()).close();
    assertThat(row("SELECT start_time FROM ckp_metrics_former")).containsExactly("7");
    assertThat(row("SELECT count(*) FROM ckp_metrics")).containsExactly("0");
  }

  @Test
  void aWrongPasswordIsSaidWithoutIt() {
    String wrong = server.url().replace("ret@", "ret2@");
    assertThatThrownBy(() -> RecordStore.open(DatabaseAddress.parse(wrong)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("password authentication failed")
        .hasMessageNotContaining("s%c")
        .hasMessageNotContaining("ret2");
  }

  @Test
  void withoutAWordOnlyTlsWillDo() {
    String plain = server.url().replace("?sslmode=disable", "");
    assertThatThrownBy(() -> RecordStore.open(DatabaseAddress.parse(plain)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("SSL");
  }

  @Test
  void aServerThatIsAwayLosesNothing() throws Exception {
    try (ScriptedAgents agents = new ScriptedAgents("a", "b");
        Collector collector = new Collector("lab", agents, address(), agents::said)) {
      collector.start();
      agents.grow(10);
      agents.awaitKept(collector, 20);
      server.down();
      agents.grow(2_000);
      agents.awaitSaid("trying again");
      assertThat(collector.kept()).isEqualTo(20);
      server.up();
      agents.awaitKept(collector, 4_020);
      agents.awaitSaid("works again");
    }
    assertThat(
            row(
                "SELECT count(*), count(DISTINCT (node, stream, sequence)), max(sequence)"
                    + " FROM understudy_records"))
        .containsExactly("4020", "4020", "2010");
    assertThat(row("SELECT count(*) FROM ckp_metrics")).containsExactly("4020");
  }
}
