#!/usr/bin/python3.13 -SB
# SPDX-License-Identifier: Apache-2.0
"""Stands in for the holder: it holds nothing, and is ready from when it is told so."""
import os
import shutil
import signal
import sys

VERB = sys.argv[1] if len(sys.argv) > 1 else "hold"


def told(*_):
    with open("/proc/self/comm", "w") as name:
        name.write("promoted")


if VERB == "install":
    shutil.copy(sys.argv[0], sys.argv[2])
elif VERB == "ready":
    sys.exit(open("/proc/1/comm").read().strip() != "promoted")
elif VERB == "promote":
    os.kill(1, signal.SIGUSR1)
else:
    signal.signal(signal.SIGUSR1, told)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        signal.pause()
