// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where records are kept. No message and no text of one of these has a password in it. */
public sealed interface DatabaseAddress {
  /** The environment variable that says where. */
  String VARIABLE = "DATABASE";

  /** Nowhere: records stay on their nodes for as long as there is room. */
  record Off() implements DatabaseAddress {
    @Override
    public String toString() {
      return "off";
    }
  }

  /** A file of SQLite. */
  record Sqlite(Path file) implements DatabaseAddress {
    @Override
    public String toString() {
      return file.toString();
    }
  }

  /**
   * A database of a PostgreSQL server.
   *
   * @param host name or address
   * @param port TCP port
   * @param database its name
   * @param settings of the driver, user and password among them
   */
  record Postgres(String host, int port, String database, SortedMap<String, String> settings)
      implements DatabaseAddress {
    public Postgres {
      settings = new TreeMap<>(settings);
    }

    String jdbcUrl() {
      String name = URLEncoder.encode(database, StandardCharsets.UTF_8);
      return "jdbc:postgresql://" + host + ":" + port + "/" + name;
    }

    Properties properties() {
      Properties all = new Properties();
      all.putAll(settings);
      return all;
    }

    @Override
    public String toString() {
      return "postgresql://" + host + ":" + port + "/" + database;
    }
  }

  int POSTGRES_PORT = 5432;

  /** What users of other clients write, and what the driver calls it. */
  Map<String, String> PARAMETERS =
      Map.of(
          "sslmode", "sslmode",
          "sslcert", "sslcert",
          "sslkey", "sslkey",
          "sslrootcert", "sslrootcert",
          "connect_timeout", "connectTimeout",
          "application_name", "ApplicationName");

  Pattern WORD = Pattern.compile("(\\w+)\\s*=\\s*(?:'([^']*)'|([^\\s']\\S*))\\s*");

  Pattern AUTHORITY =
      Pattern.compile("(?:([^:@]*)(?::([^@]*))?@)?([\\w.-]*|\\[[0-9A-Fa-f:.]+])(?::([0-9]+))?");

  /**
   * Reads what {@code DATABASE} or the option says: {@code off}, a URL {@code
   * postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=...}, words {@code host=... dbname=...}, or the
   * path of a SQLite file.
   *
   * @throws IllegalArgumentException with one sentence for people, without the password
   */
  static DatabaseAddress parse(String text) {
    if (text.equals("off")) {
      return new Off();
    }
    if (text.startsWith("postgres://") || text.startsWith("postgresql://")) {
      return ofUrl(text);
    }
    if (text.matches("(?s)\\s*\\w+\\s*=.*")) {
      return ofWords(text);
    }
    // What looks like a URL is none of a file: its password would be the name of one.
    if (text.isBlank() || text.contains("://") || text.matches("(?s)[A-Za-z]\\w*:.*")) {
      throw new IllegalArgumentException(
          "The database must be \"off\", postgres://USER:PASSWORD@HOST/NAME, or the path of a"
              + " SQLite file.");
    }
    return new Sqlite(Path.of(text).toAbsolutePath().normalize());
  }

  private static Postgres ofUrl(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      // Its message would quote the password.
      throw new IllegalArgumentException(
          "The URL of the database cannot be read at character "
              + e.getIndex()
              + "; write odd characters of a password as %XX.");
    }
    SortedMap<String, String> words = authority(uri);
    String path = uri.getPath() == null ? "" : uri.getPath();
    if (path.length() > 1) {
      words.put("dbname", path.substring(1));
    }
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      words.put(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
    }
    return ofMap(words);
  }

  /** By hand: for a host as {@code my_db} the class of URLs knows neither host nor user. */
  private static SortedMap<String, String> authority(URI uri) {
    String text = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    Matcher parts = AUTHORITY.matcher(text);
    if (!parts.matches() || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "The URL of the database needs one host, as in postgres://USER:PASSWORD@HOST/NAME; write"
              + " odd characters of a password percent-encoded.");
    }
    SortedMap<String, String> words = new TreeMap<>();
    List<String> names = List.of("user", "password", "host", "port");
    for (int i = 0; i < names.size(); i++) {
      String part = parts.group(i + 1);
      if (part != null && !part.isEmpty()) {
        words.put(names.get(i), decoded(part));
      }
    }
    return words;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static Postgres ofWords(String text) {
    SortedMap<String, String> words = new TreeMap<>();
    Matcher word = WORD.matcher(text.strip());
    int end = 0;
    while (word.find() && word.start() == end) {
      words.put(word.group(1), word.group(2) == null ? word.group(3) : word.group(2));
      end = word.end();
    }
    if (end != text.strip().length()) {
      throw new IllegalArgumentException(
          "The words of the database cannot be read from character "
              + end
              + " on; write NAME=VALUE.");
    }
    return ofMap(words);
  }

  private static Postgres ofMap(SortedMap<String, String> words) {
    SortedMap<String, String> settings = new TreeMap<>();
    // As the client that reads this variable elsewhere does: without a word, only over TLS.
    settings.put("sslmode", "require");
    List<String> unknown = new ArrayList<>();
    for (Map.Entry<String, String> word : words.entrySet()) {
      String name = PARAMETERS.getOrDefault(word.getKey(), "");
      if (List.of("user", "password").contains(word.getKey())) {
        settings.put(word.getKey(), word.getValue());
      } else if (!name.isEmpty()) {
        settings.put(name, word.getValue());
      } else if (!List.of("host", "port", "dbname").contains(word.getKey())) {
        unknown.add(word.getKey());
      }
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "The address of the database has unknown words "
              + unknown
              + "; known are "
              + new TreeMap<>(PARAMETERS).keySet()
              + ".");
    }
    String host = words.getOrDefault("host", "localhost");
    String user = words.getOrDefault("user", "");
    String database = words.getOrDefault("dbname", user);
    if (host.startsWith("/") || database.isEmpty() || !host.matches("[\\w.:\\[\\]-]+")) {
      throw new IllegalArgumentException(
          "The address of the database needs the name of a host that is reached by TCP, and a"
              + " database: postgres://USER:PASSWORD@HOST/NAME.");
    }
    return new Postgres(host, port(words.get("port")), database, settings);
  }

  private static int port(@org.jspecify.annotations.Nullable String text) {
    if (text == null) {
      return POSTGRES_PORT;
    }
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
      throw new IllegalArgumentException("The port of the database must be a number below 65536.");
    }
    return Integer.parseInt(text);
  }
}
