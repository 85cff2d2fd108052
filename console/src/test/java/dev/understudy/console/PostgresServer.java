// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real PostgreSQL server from the archive on the class path, in a folder of the test, on a port
 * of its own. As it refuses to be root, it runs in a user namespace where nobody is.
 */
final class PostgresServer implements AutoCloseable {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
  private static final long LIMIT_SECONDS = 60;

  private final Path folder;
  private final int port;

  private PostgresServer(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  /** Unpacks and starts one with an empty database, or skips the test with the reason. */
  static PostgresServer start(Path folder) throws Exception {
    assumeTrue(
        System.getProperty("os.arch").equals("amd64"),
        "the archive of PostgreSQL is for amd64, this is " + System.getProperty("os.arch"));
    for (String tool : List.of("tar", "xz", "unshare")) {
      assumeTrue(hasTool(tool), "PostgreSQL cannot be unpacked and run without " + tool);
    }
    Path archive = folder.resolve("postgres.txz");
    try (InputStream in = PostgresServer.class.getResourceAsStream(ARCHIVE)) {
      if (in == null) {
        throw new IOException("no " + ARCHIVE + " on the class path");
      }
      Files.copy(in, archive);
    }
    Path home = Files.createDirectories(folder.resolve("postgres"));
    run(folder, List.of("tar", "-xJf", archive.toString(), "-C", home.toString()));
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    PostgresServer server = new PostgresServer(folder, port);
    Path password = Files.writeString(folder.resolve("password"), "s%c:ret\n");
    server.program(
        "initdb",
        "--pgdata=" + server.data(),
        "--username=tester",
        "--auth=scram-sha-256",
        "--pwfile=" + password,
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync");
    server.up();
    return server;
  }

  private static boolean hasTool(String name) {
    for (String folder : System.getenv("PATH").split(":", -1)) {
      if (Files.isExecutable(Path.of(folder, name))) {
        return true;
      }
    }
    return false;
  }

  /** As {@code DATABASE} would have it. */
  String url() {
    return "postgres://tester:s%25c:ret@localhost:" + port + "/postgres?sslmode=disable";
  }

  void up() throws Exception {
    program(
        "pg_ctl",
        "start",
        "--wait",
        "--pgdata=" + data(),
        "--log=" + folder.resolve("server.log"),
        "--options=-p " + port + " -c listen_addresses=localhost -c unix_socket_directories=");
  }

  void down() throws IOException, InterruptedException {
    program("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata=" + data());
  }

  private Path data() {
    return folder.resolve("data");
  }

  private void program(String name, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "--user"));
    }
    command.add(folder.resolve("postgres/bin").resolve(name).toString());
    command.addAll(List.of(arguments));
    run(folder, command);
  }

  private static void run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(command + " failed: " + Files.readString(output));
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(data().resolve("postmaster.pid"))) {
      try {
        down();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("the server may still run", e);
      }
    }
  }
}
