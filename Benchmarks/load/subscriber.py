"""A process of its own that subscribes to everything: it can be stopped, as a person stops a program with Ctrl+Z."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

START_SECONDS = 30
LOOK_SECONDS = 0.05


class SubscriberFailed(Exception):
    """The process ended or was refused."""


class Subscriber:
    """A context manager: subscribed from entering to leaving."""

    def __init__(self, path: Path, environment: dict[str, str]):
        self._process = subprocess.Popen([sys.executable, __file__, str(path)], env=environment, text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1)
        self._ask()

    def __enter__(self) -> Subscriber:
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on()
        self._process.kill()
        self._process.communicate()

    def stop(self) -> None:
        """SIGSTOP."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        os.kill(self._process.pid, signal.SIGCONT)

    def missing(self, before: int, made: Callable[[], int], seconds: float) -> int:
        """Waits until it has as many tickets as were made until now and were not there `before`; the difference, and every gap."""
        wanted = made() - before
        deadline = time.monotonic() + seconds
        tickets, gaps = self._ask()
        while tickets < wanted and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
            tickets, gaps = self._ask()
        return max(0, wanted - tickets) + gaps

    def _ask(self) -> tuple[int, int]:
        """New tickets that it was told of, and steps of the sequence that were not by one."""
        self._process.stdin.write("?\n")
        if not select.select([self._process.stdout], [], [], START_SECONDS)[0]:
            raise SubscriberFailed("it does not say what it has seen")
        words = self._process.stdout.readline().split()
        if len(words) != 2:
            raise SubscriberFailed("it has ended")
        return int(words[0]), int(words[1])


def main() -> None:
    """Subscribes; says what it has seen whenever it is asked by a line."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(sys.argv[1])
    connection.sendall(b'{"jsonrpc":"2.0","id":1,"method":"events.subscribe","params":{}}\n')
    unfinished, last, tickets, gaps, is_subscribed = b"", None, 0, 0, False
    while True:
        # Nothing is said before the subscription stands: what is made after the first answer counts.
        ready = select.select([connection, sys.stdin] if is_subscribed else [connection], [], [])[0]
        if connection in ready:
            if not (received := connection.recv(1 << 18)):
                sys.exit("the daemon closed the connection")
            *lines, unfinished = (unfinished + received).split(b"\n")
            for message in map(json.loads, lines):
                if "error" in message or message.get("method") == "event.error":
                    sys.exit(f"refused: {message}")
                is_subscribed = is_subscribed or "result" in message
                if message.get("method") != "event":
                    continue
                seq = message["params"]["seq"]
                gaps += last is not None and seq != last + 1
                last = seq
                tickets += message["params"]["kind"] == "ticket.created"
        if sys.stdin in ready:
            if not sys.stdin.readline():
                return
            print(tickets, gaps, flush=True)


if __name__ == "__main__":
    main()
