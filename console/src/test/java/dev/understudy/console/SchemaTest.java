// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The two databases have the same tables, each in its own words for a whole number. */
class SchemaTest {
  @Test
  void bothDatabasesHaveTheSameTables() throws IOException {
    String sqlite =
        script("sqlite")
            .replace(
                "INTEGER PRIMARY KEY AUTOINCREMENT",
                "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
            .replace("INTEGER", "BIGINT");
    assertThat(sqlite).isEqualTo(tables(script("postgresql")));
  }

  /** Without the care for a table of somebody else's, which only a shared database can have. */
  private static String tables(String postgresql) {
    int from = postgresql.indexOf("-- A table of that name");
    int to = postgresql.indexOf("CREATE TABLE");
    return postgresql.substring(0, from) + postgresql.substring(to);
  }

  private static String script(String kind) throws IOException {
    try (var in = SchemaTest.class.getResourceAsStream(kind + "/V1__records.sql")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
