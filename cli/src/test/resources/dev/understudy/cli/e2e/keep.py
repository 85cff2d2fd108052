# SPDX-License-Identifier: Apache-2.0
"""Keeps words in memory, with several threads, and in a file of its own root.

GET /put/WORD keeps one; GET / tells all in memory; GET /file reads the file; GET /threads tells
how far each of four counting threads has come.
"""

import http.server
import threading
import time

FILE = "/keep-words.txt"
words = []
counts = [0] * 4


class Keeper(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/put/"):
            words.append(self.path[5:])
            with open(FILE, "a") as file:
                file.write(words[-1] + "\n")
        if self.path == "/file":
            with open(FILE) as file:
                text = " ".join(file.read().split())
        elif self.path == "/threads":
            text = " ".join(map(str, counts))
        else:
            text = " ".join(words)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode() + b"\n")


def count(index):
    while True:
        time.sleep(0.01)
        counts[index] += 1


for i in range(len(counts)):
    threading.Thread(target=count, args=(i,), daemon=True).start()
http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Keeper).serve_forever()
