// SPDX-License-Identifier: Apache-2.0

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The same as keep.py: a program in one file, with its state on the heap. */
final class Keep {
  private static final Path FILE = Path.of("/keep-words.txt");

  private final List<String> words = new ArrayList<>();

  private String answer(String path) throws IOException {
    if (path.startsWith("/put/")) {
      words.add(path.substring("/put/".length()));
      Files.writeString(
          FILE, words.getLast() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    return String.join(" ", path.equals("/file") ? Files.readAllLines(FILE) : words) + "\n";
  }

  void main() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(8080), 64);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = answer(exchange.getRequestURI().getPath()).getBytes();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }
}
