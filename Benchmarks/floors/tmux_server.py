"""Bare tmux on private servers: sessions made by fork/exec, and one raw control-mode connection."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from pathlib import Path

from host import processes
from host.scratch import Scratch

SLEEP = ["sleep", "100000"]
COMMAND_TIMEOUT_SECONDS = 20
END_SECONDS = 5


class TmuxFailed(Exception):
    """tmux refused or did not answer."""


def tmux(server: str, scratch: Scratch, *arguments: str) -> str:
    """One tmux command by fork/exec; its output."""
    result = subprocess.run(["tmux", "-L", server, *arguments], env=scratch.environment(), stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, timeout=COMMAND_TIMEOUT_SECONDS)
    if result.returncode != 0:
        raise TmuxFailed(f"tmux {arguments[0]}: {result.stderr.strip()}")
    return result.stdout


def server_pid(server: str, scratch: Scratch) -> int:
    """The process of a running server."""
    return int(tmux(server, scratch, "display-message", "-p", "#{pid}"))


def kill_server(server: str, scratch: Scratch) -> None:
    """Ends a private server if it is there, and removes its socket file."""
    with contextlib.suppress(TmuxFailed, subprocess.TimeoutExpired):
        tmux(server, scratch, "kill-server")
    Path(f"/tmp/tmux-{os.getuid()}/{server}").unlink(missing_ok=True)


def new_sessions_per_second(scratch: Scratch, count: int) -> float:
    """`new-session -d` of a sleeping program, one fork/exec after another, on a server that already runs."""
    server, environment = scratch.unique("floor"), scratch.environment()
    new_session = ["tmux", "-L", server, "-f", "/dev/null", "new-session", "-d", "-s"]
    try:
        processes.run_seconds([*new_session, "first", *SLEEP], environment)
        started = time.monotonic()
        for number in range(count):
            processes.run_seconds([*new_session, f"s{number}", *SLEEP], environment)
        return count / (time.monotonic() - started)
    finally:
        kill_server(server, scratch)
        processes.wait_or_kill([server], END_SECONDS)


class ControlConnection:
    """One raw control-mode client of a running server; a context manager."""

    def __init__(self, server: str, scratch: Scratch):
        self._command = ["tmux", "-L", server, "-C", "attach", "-f", "ignore-size,no-output"]
        self._environment = scratch.environment()

    def __enter__(self) -> ControlConnection:
        self._process = subprocess.Popen(self._command, env=self._environment, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        self._read_until(b"\n%session-changed ")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        processes.stop(self._process)

    def round_trip_seconds(self, command: str) -> float:
        """Seconds from writing one command to having its whole output."""
        started = time.monotonic()
        self._process.stdin.write(command.encode() + b"\n")
        self._read_until(b"\n%end ")
        return time.monotonic() - started

    def _read_until(self, mark: bytes) -> None:
        """Reads up to the end of the line that begins with a mark; nothing follows an answer unasked here."""
        received = b""
        while not (mark in received and received.endswith(b"\n")):
            chunk = os.read(self._process.stdout.fileno(), 1 << 18)
            if not chunk:
                raise TmuxFailed("the control connection closed")
            received += chunk
            if b"\n%error " in received:
                raise TmuxFailed(f"refused: {received.decode(errors='replace')}")
