#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts, and keeps the count nowhere but in memory: the program that demo and bench protect.

One process, one thread, one loop over non-blocking sockets; nothing but the standard library.
It adds 1 every 100 ms and answers over HTTP; README.md beside it describes the interface.
"""

import json
import os
import selectors
import signal
import socket
import sys
import time

TICK_SECONDS = 0.1
REQUEST_BYTES_MAX = 8192
CONNECTION_SECONDS_MAX = 5.0
CONNECTIONS_MAX = 512
COUNTER_MAX = 2**53 - 1
CLOCK_JUMP_SECONDS_MIN = 0.005
BALLAST_CHUNK_BYTES = 1 << 20

REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    431: "Request Header Fields Too Large",
}


class RestoreClock:
    """Notices that the process came back from a checkpoint, without being told.

    While a process stands still, stopped or frozen, both clocks go on. Between a checkpoint and
    its restore the process does not exist: CLOCK_REALTIME goes on, and CLOCK_MONOTONIC either
    continues where the checkpoint left it (a time namespace) or is another machine's. Either way
    the difference of the two jumps. A step of the wall clock looks the same; slewing does not.
    """

    def __init__(self):
        self.restores = 0
        self.last_jump_seconds = 0.0
        self._offset = time.time() - time.monotonic()

    def look(self):
        before = time.monotonic()
        wall = time.time()
        spread = time.monotonic() - before
        jump = wall - before - self._offset
        if spread > CLOCK_JUMP_SECONDS_MIN:
            return  # stopped between the readings: they do not belong together
        self._offset = wall - before
        if abs(jump) > CLOCK_JUMP_SECONDS_MIN:
            self.restores += 1
            self.last_jump_seconds = jump


class Count:
    """The state, and what each request does with it."""

    def __init__(self):
        self.counter = 0
        self.clock = RestoreClock()
        self.next_tick = time.monotonic() + TICK_SECONDS

    def tick(self):
        """Adds 1 if it is time; returns the seconds until the next time. Never catches up."""
        now = time.monotonic()
        if now >= self.next_tick:
            self.counter += 1
            self.next_tick += TICK_SECONDS
        # After a stop the missed ticks are left out; a clock that ran back must not silence us.
        if not now < self.next_tick <= now + TICK_SECONDS:
            self.next_tick = now + TICK_SECONDS
        return self.next_tick - now

    def answer(self, method, path, body):
        """Returns the HTTP status and the document of one request."""
        if path == "/state":
            if method == "GET":
                return 200, {"counter": self.counter}
            if method == "POST":
                return self.replace(body)
        elif path == "/restore" and method == "GET":
            return 200, {
                "restored": self.clock.restores > 0,
                "restores": self.clock.restores,
                "clock_jump_ms": round(self.clock.last_jump_seconds * 1000, 3),
                "counter": self.counter,
            }
        elif path == "/health" and method == "GET":
            return 200, {"healthy": True}
        elif path == "/kill" and method == "GET":
            return 200, {"killed": True}
        else:
            if path in ("/restore", "/health", "/kill"):
                return 405, {"error": f"{path} takes GET"}
            return 404, {"error": "unknown path; known: /state /restore /health /kill"}
        return 405, {"error": "/state takes GET and POST"}

    def replace(self, body):
        try:
            counter = json.loads(body)["counter"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return 400, {"error": 'the body must be {"counter": n}'}
        if type(counter) is not int or not 0 <= counter <= COUNTER_MAX:
            return 400, {"error": f"counter must be a whole number from 0 to {COUNTER_MAX}"}
        self.counter = counter
        return 200, {"counter": counter}


class Connection:
    """One client: what it has sent so far, and until when it may take."""

    def __init__(self, client):
        self.client = client
        self.received = b""
        self.deadline = time.monotonic() + CONNECTION_SECONDS_MAX

    def request(self):
        """Returns (method, path, body) once complete, None before; raises ValueError."""
        head, end, rest = self.received.partition(b"\r\n\r\n")
        if not end:
            return None
        lines = head.decode("latin-1").split("\r\n")
        method, target, version = lines[0].split(" ")
        if not version.startswith("HTTP/1."):
            raise ValueError("not HTTP/1")
        length = 0
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-length":
                length = int(value)
        if not 0 <= length <= REQUEST_BYTES_MAX:
            raise ValueError("content-length out of range")
        if len(rest) < length:
            return None
        return method, target.partition("?")[0], rest[:length]


class Server:
    def __init__(self, port):
        self.count = Count()
        self.connections = {}
        self.selector = selectors.DefaultSelector()
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("0.0.0.0", port))
        self.listener.listen(512)
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ)

    def run(self):
        while True:
            wait = self.count.tick()
            for key, _ in self.selector.select(wait):
                self.count.clock.look()
                if key.fileobj is self.listener:
                    self.accept()
                else:
                    self.receive(key.data)
            self.count.clock.look()
            self.drop_overdue()

    def accept(self):
        """Takes all that wait, at most as many as there is room for, so that ticks stay on time."""
        for _ in range(CONNECTIONS_MAX):
            try:
                client, _ = self.listener.accept()
            except BlockingIOError:
                return
            except OSError:
                continue  # reset while it waited; the next one may be fine
            client.setblocking(False)
            connection = Connection(client)
            if len(self.connections) >= CONNECTIONS_MAX:
                self.close(next(iter(self.connections.values())))  # the oldest makes room
            self.connections[client.fileno()] = connection
            self.selector.register(client, selectors.EVENT_READ, connection)
            self.receive(connection)  # a prompt client's request is here already

    def receive(self, connection):
        if connection.client.fileno() < 0:
            return  # closed to make room since the selector named it
        try:
            chunk = connection.client.recv(REQUEST_BYTES_MAX)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self.close(connection)
            return
        connection.received += chunk
        try:
            request = connection.request()
        except ValueError:
            self.reply(connection, 400, {"error": "not a request in HTTP/1"})
            return
        if request is not None:
            self.reply(connection, *self.count.answer(*request))
            if request[:2] == ("GET", "/kill"):
                sys.exit(1)
        elif len(connection.received) > REQUEST_BYTES_MAX:
            self.reply(connection, 431, {"error": f"more than {REQUEST_BYTES_MAX} bytes"})

    def reply(self, connection, status, document):
        """Sends and closes. An answer is far smaller than the send buffer of a new connection."""
        body = json.dumps(document, separators=(",", ":")) + "\n"
        head = (
            f"HTTP/1.1 {status} {REASONS[status]}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        try:
            connection.client.send((head + body).encode())
        except OSError:
            pass  # the client went away; there is nobody to tell
        self.close(connection)

    def close(self, connection):
        del self.connections[connection.client.fileno()]
        self.selector.unregister(connection.client)
        connection.client.close()

    def drop_overdue(self):
        """Connections are kept in order of arrival, so the first one is the most overdue."""
        now = time.monotonic()
        while self.connections:
            oldest = next(iter(self.connections.values()))
            # A deadline beyond the longest possible one stems from another machine's clock.
            if now < oldest.deadline <= now + CONNECTION_SECONDS_MAX:
                return
            self.close(oldest)


def ballast(size):
    """That many bytes of private memory, every page touched, different, and hard to compress."""
    memory = bytearray(size)
    for start in range(0, size, BALLAST_CHUNK_BYTES):
        end = min(start + BALLAST_CHUNK_BYTES, size)
        memory[start:end] = os.urandom(end - start)
    return memory


def number_from(name, default, least, most):
    text = os.environ.get(name, str(default))
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        sys.exit(f"count: {name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def main():
    # As process 1 of a container, no signal ends a program that has no handler for it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    signal.signal(signal.SIGINT, lambda number, frame: sys.exit(128 + number))
    port = number_from("PORT", 8080, 1, 65535)
    size = number_from("BALLAST_BYTES", 0, 0, 2**40)
    kept = ballast(size)
    try:
        server = Server(port)
    except OSError as failure:
        sys.exit(f"count: cannot listen on port {port}: {failure.strerror}")
    print(f"count: listening on port {port}, {len(kept)} bytes of ballast", flush=True)
    server.run()


if __name__ == "__main__":
    main()
