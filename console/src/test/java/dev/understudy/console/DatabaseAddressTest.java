// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseAddressTest {
  @Test
  void offAndPathsAreUnderstood() {
    assertThat(DatabaseAddress.parse("off")).isEqualTo(new DatabaseAddress.Off());
    assertThat(DatabaseAddress.parse("/a/../b/records.db"))
        .isEqualTo(new DatabaseAddress.Sqlite(Path.of("/b/records.db")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://me:p%40ss+word@db.example:6543/metrics?sslmode=verify-full&connect_timeout=3",
        "postgresql://me:p%40ss+word@db.example:6543/metrics?connect_timeout=3&sslmode=verify-full",
        "host=db.example port=6543 user=me password='p@ss+word' dbname=metrics"
            + " sslmode=verify-full connect_timeout=3",
      })
  void bothFormsOfTheVariableMeanTheSame(String text) {
    var address = (DatabaseAddress.Postgres) DatabaseAddress.parse(text);
    assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example:6543/metrics");
    assertThat(address.settings())
        .isEqualTo(
            Map.of(
                "user", "me",
                "password", "p@ss+word",
                "sslmode", "verify-full",
                "connectTimeout", "3"));
    assertThat(address.toString()).doesNotContain("p@ss").contains("db.example:6543/metrics");
  }

  @Test
  void whatIsNotSaidIsUsual() {
    var address = (DatabaseAddress.Postgres) DatabaseAddress.parse("postgres://me@db/");
    assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://db:5432/me");
    assertThat(address.settings()).containsEntry("sslmode", "require");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://me:a%23b@my_db:6543/x%3Fssl=false",
        "host=my_db port=6543 user=me password=a#b dbname=x?ssl=false"
      })
  void namesMayHaveCharactersThatHostsHaveNot(String text) {
    var address = (DatabaseAddress.Postgres) DatabaseAddress.parse(text);
    assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://my_db:6543/x%3Fssl%3Dfalse");
    assertThat(address.settings()).containsEntry("user", "me").containsEntry("password", "a#b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mysql://secret@db/x",
        "jdbc:postgresql://db/x?password=secret",
        "postgres://me:sec ret@db/x",
        "postgres://me:secret@db:99999/x",
        "postgres://me:secret@db/x?frobnicate=secret",
        "postgres://me:secret@one,two/x",
        "postgres://me:1#secret@db/x",
        "postgres:me:secret@db/x",
        "postgres://db/",
        "host=db user=me password='secret dbname=x",
      })
  void othersAreRefusedWithoutTellingThePassword(String text) {
    assertThatThrownBy(() -> DatabaseAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(".")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("sec ret");
  }
}
