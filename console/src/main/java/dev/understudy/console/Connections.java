// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Connections to a database whose tables are those of this version. */
final class Connections {
  private static final String SCRIPTS = "classpath:dev/understudy/console/";
  private static final String HISTORY = "understudy_schema_history";

  /** Held, or its level would be forgotten with it. */
  private static final Logger FLYWAY = Logger.getLogger("org.flywaydb");

  /** Seconds; a server that does not answer is away. */
  private static final Map<String, String> LIMITS =
      Map.of(
          "connectTimeout",
          "5",
          "loginTimeout",
          "5",
          "socketTimeout",
          "10",
          "tcpKeepAlive",
          "true");

  private Connections() {}

  static Connection migrated(DatabaseAddress address) throws StoreException {
    FLYWAY.setLevel(Level.WARNING);
    return switch (address) {
      case DatabaseAddress.Off _ -> throw new IllegalArgumentException("there is no database");
      case DatabaseAddress.Sqlite(var file) -> sqlite(file);
      case DatabaseAddress.Postgres server -> postgres(server);
    };
  }

  private static Connection sqlite(Path file) throws StoreException {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      String url = "jdbc:sqlite:" + file;
      migrate(Flyway.configure().dataSource(url, null, null).locations(SCRIPTS + "sqlite"));
      Properties pragmas = new Properties();
      pragmas.put("journal_mode", "WAL");
      pragmas.put("synchronous", "NORMAL");
      pragmas.put("foreign_keys", "true");
      pragmas.put("busy_timeout", "5000");
      return manual(DriverManager.getConnection(url, pragmas));
    } catch (IOException | SQLException | FlywayException e) {
      throw StoreException.of(file + " cannot be opened", e);
    }
  }

  private static Connection postgres(DatabaseAddress.Postgres server) throws StoreException {
    Properties properties = server.properties();
    LIMITS.forEach(properties::putIfAbsent);
    Map<String, String> same = new TreeMap<>();
    properties.stringPropertyNames().forEach(n -> same.put(n, properties.getProperty(n)));
    try {
      migrate(
          Flyway.configure()
              .dataSource(server.jdbcUrl(), same.get("user"), same.get("password"))
              .jdbcProperties(same)
              .locations(SCRIPTS + "postgresql"));
      return manual(DriverManager.getConnection(server.jdbcUrl(), properties));
    } catch (SQLException | FlywayException e) {
      throw StoreException.of(server + " cannot be opened", e);
    }
  }

  /** Other tables may be in the same schema: ours are all above version 0. */
  private static void migrate(FluentConfiguration configuration) {
    configuration.table(HISTORY).baselineOnMigrate(true).baselineVersion("0").load().migrate();
  }

  private static Connection manual(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    return connection;
  }
}
