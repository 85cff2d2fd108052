// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The example program count, run by this machine's own Python on a free port of the loopback. */
final class CountProcess implements AutoCloseable {
  private final Process process;
  private final int port;

  private CountProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Skips the calling test where there is no Python. */
  static CountProcess start(String... environment) throws IOException, InterruptedException {
    assumeTrue(pythonWorks(), "skipped: there is no python3 on the PATH to run count.py with");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    ProcessBuilder builder = new ProcessBuilder("python3", program().toString());
    builder.environment().put("PORT", String.valueOf(port));
    for (String pair : environment) {
      String[] parts = pair.split("=", 2);
      builder.environment().put(parts[0], parts[1]);
    }
    Process process = builder.redirectErrorStream(true).start();
    String line = process.inputReader(StandardCharsets.UTF_8).readLine();
    CountProcess count = new CountProcess(process, port);
    if (line == null || !line.startsWith("count: listening on port " + port)) {
      count.close();
      throw new IOException("count.py did not start: " + line);
    }
    return count;
  }

  static Path program() {
    Path beside = Path.of("examples/count/count.py").toAbsolutePath();
    return Files.exists(beside)
        ? beside
        : Path.of("../examples/count/count.py").toAbsolutePath().normalize();
  }

  static boolean pythonWorks() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "-c", "").start().waitFor() == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  int exitStatus() throws InterruptedException {
    assertThat(process.waitFor(5, TimeUnit.SECONDS)).as("count.py ended").isTrue();
    return process.exitValue();
  }

  /** Sends text and returns all that comes back until the other side closes. */
  String exchange(String text) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The body of the answer to a GET. */
  String get(String path) throws IOException {
    String answer = exchange("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return answer.substring(answer.indexOf("\r\n\r\n") + 4).strip();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
