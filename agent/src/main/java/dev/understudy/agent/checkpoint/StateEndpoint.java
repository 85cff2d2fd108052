// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.checkpoint;

import dev.understudy.agent.linux.Namespaces;
import dev.understudy.api.cluster.Ipv4;
import dev.understudy.api.cluster.StateSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The program's own word about its state, over HTTP in its network namespace, where requests do not
 * pass the gate. Only an answer that is certainly whole counts: a status of 2xx, no longer than
 * allowed, and as long as it said itself (RFC 9112, section 6).
 *
 * <p>HttpURLConnection opens its socket on the calling thread, which is in that namespace; the
 * newer client has threads of its own, which are not.
 */
public final class StateEndpoint {
  private static final int CONNECT_MILLIS = 1_000;
  private static final int SILENCE_MILLIS = 2_000;
  private static final long WHOLE_NANOS = 5_000_000_000L;
  private static final String LOOPBACK = "127.0.0.1";
  private static final int TYPE_MOST = 256;

  private final Path netns;
  private final List<String> hosts;
  private final StateSpec spec;

  /**
   * That of one workload.
   *
   * @param netns its network namespace
   * @param address its virtual address, where it is asked first; then on the loopback interface
   */
  public StateEndpoint(Path netns, int address, StateSpec spec) {
    this(netns, List.of(Ipv4.text(address), LOOPBACK), spec);
  }

  StateEndpoint(Path netns, List<String> hosts, StateSpec spec) {
    this.netns = netns;
    this.hosts = List.copyOf(hosts);
    this.spec = spec;
  }

  /** Most that a generation of it may hold: the answer, and its content type. */
  public long generationLimitBytes() {
    return spec.limitBytes() + TYPE_MOST;
  }

  /** One exchange with the program, on an open connection. */
  private interface Exchange<T> {
    T with(HttpURLConnection connection) throws IOException;
  }

  /**
   * Asks for the state; blocks for some seconds at most.
   *
   * @param to becomes the body of the answer
   * @return its content type; empty when it names none
   * @throws IOException with one sentence when there is no answer that counts
   */
  public String read(Path to) throws IOException {
    return exchange(
        "GET",
        connection -> {
          long until = System.nanoTime() + WHOLE_NANOS;
          succeed(connection);
          try (InputStream in = connection.getInputStream();
              OutputStream out = Files.newOutputStream(to)) {
            long length = copy(in, out, until);
            checkWhole(connection, length);
          }
          return type(connection);
        });
  }

  /**
   * Tells the program that state; blocks for some seconds at most.
   *
   * @param type content type; empty to name none
   * @throws IOException with one sentence when the program did not take it
   */
  public void write(Path body, String type) throws IOException {
    boolean _ =
        exchange(
            "POST",
            connection -> {
              connection.setDoOutput(true);
              // Of known length, so that it is sent once and never repeated behind our back.
              connection.setFixedLengthStreamingMode(Files.size(body));
              if (!type.isEmpty()) {
                connection.setRequestProperty("Content-Type", type);
              }
              try (OutputStream out = connection.getOutputStream()) {
                Files.copy(body, out);
              }
              succeed(connection);
              return true;
            });
  }

  private <T> T exchange(String method, Exchange<T> exchange) throws IOException {
    return Namespaces.callIn(
        netns,
        () -> {
          Optional<IOException> refused = Optional.empty();
          for (String host : hosts) {
            try {
              return exchange(method, host, exchange);
            } catch (ConnectException e) {
              refused = Optional.of(e);
            }
          }
          throw new IOException(
              "%s %s: nobody listens on port %d".formatted(method, spec.path(), spec.port()),
              refused.orElse(null));
        });
  }

  private <T> T exchange(String method, String host, Exchange<T> exchange) throws IOException {
    URI uri = URI.create("http://" + host + ":" + spec.port() + spec.path());
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
    try {
      connection.setRequestMethod(method);
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(SILENCE_MILLIS);
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestProperty("Connection", "close");
      return exchange.with(connection);
    } catch (ConnectException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(method + " " + uri + ": " + e.getMessage(), e);
    } finally {
      connection.disconnect();
    }
  }

  private static void succeed(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status < 200 || status > 299) {
      throw new IOException("answered with status " + status);
    }
  }

  private long copy(InputStream in, OutputStream out, long until) throws IOException {
    byte[] buffer = new byte[64 << 10];
    long length = 0;
    while (true) {
      int some = some(in, buffer, length);
      if (some < 0) {
        return length;
      }
      length += some;
      if (length > spec.limitBytes()) {
        throw new IOException("the answer is longer than " + spec.limitBytes() + " bytes");
      }
      if (System.nanoTime() - until > 0) {
        throw new IOException(
            "the answer was not whole after " + WHOLE_NANOS / 1_000_000_000L + " s");
      }
      out.write(buffer, 0, some);
    }
  }

  private static int some(InputStream in, byte[] buffer, long before) throws IOException {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw new IOException(
          "the answer was cut after " + before + " bytes or more: " + e.getMessage(), e);
    }
  }

  /** The end of an answer in chunks was checked as it was read; any other must name its length. */
  private static void checkWhole(HttpURLConnection connection, long length) throws IOException {
    String coding = connection.getHeaderField("Transfer-Encoding");
    if (coding != null && coding.toLowerCase(Locale.ROOT).endsWith("chunked")) {
      return;
    }
    long named = connection.getContentLengthLong();
    if (named < 0) {
      throw new IOException("the answer does not say how long it is, so that it may be cut");
    }
    if (named != length) {
      throw new IOException("the answer was cut after " + length + " of " + named + " bytes");
    }
  }

  private static String type(HttpURLConnection connection) throws IOException {
    String type = connection.getContentType();
    if (type != null && type.length() > TYPE_MOST) {
      throw new IOException("its content type has " + type.length() + " characters");
    }
    return type == null ? "" : type;
  }
}
