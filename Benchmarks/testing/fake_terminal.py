#!/usr/bin/env python3
"""A stand-in for reeve-terminal with its command line: `start SESSION … -- PROGRAM …` and `attach SOCKET …`.

It reads a program's output, answers the question after the cursor's place, keeps the last of what it read, and shows that to
whoever connects as one picture. It has no screen, and its figures mean nothing.
"""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
import tty
from pathlib import Path

QUESTION, ANSWER = b"\x1b[6n", b"\x1b[1;1R"
PICTURE_END = b"\x1b[?2026l"
DETACH = b"\x1c"
KEPT = 1 << 16


def start(arguments: list[str]) -> int:
    """Starts a process that serves, waits until it listens, and prints its pid for the stand-in of the daemon."""
    nowhere = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    serving = subprocess.Popen([sys.executable, __file__, "serve", *arguments], start_new_session=True, **nowhere)
    deadline = time.monotonic() + 10
    while not socket_path(arguments).exists():
        if serving.poll() is not None or time.monotonic() > deadline:
            return 71
        time.sleep(0.01)
    print(serving.pid)
    return 0


def socket_path(arguments: list[str]) -> Path:
    """Where a session of these arguments listens."""
    return Path(arguments[arguments.index("--runtime-dir") + 1]) / "sessions" / f"{arguments[0]}.tty"


def serve(arguments: list[str]) -> int:
    """Until SIGTERM, or until the program has ended."""
    program, master = pty.fork()
    if program == 0:
        command = arguments[arguments.index("--") + 1:]
        os.execvp(command[0], command)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    path = socket_path(arguments)
    kept = b""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        people: list[socket.socket] = []
        try:
            while True:
                ready = select.select([listener, master], [], [])[0]
                if listener in ready:
                    people.append(listener.accept()[0])
                    people[-1].sendall(kept + PICTURE_END)
                if master in ready:
                    read = os.read(master, KEPT)
                    kept = (kept + read)[-KEPT:]
                    if QUESTION in kept:
                        kept = kept.replace(QUESTION, b"")
                        os.write(master, ANSWER)
                    for person in people:
                        with contextlib.suppress(OSError):
                            person.sendall(read + PICTURE_END)
        except OSError:
            return 0
        finally:
            os.kill(program, signal.SIGHUP)
            path.unlink(missing_ok=True)


def attach(path: str) -> int:
    """Shows what comes, until the detach key."""
    tty.setraw(0)
    with socket.socket(socket.AF_UNIX) as terminal:
        terminal.connect(path)
        while True:
            ready = select.select([0, terminal], [], [])[0]
            if terminal in ready:
                os.write(1, terminal.recv(KEPT))
            if 0 in ready and DETACH in os.read(0, KEPT):
                return 0


if __name__ == "__main__":
    verb, rest = sys.argv[1], sys.argv[2:]
    sys.exit({"start": start, "serve": serve, "attach": lambda given: attach(given[0])}[verb](rest))
