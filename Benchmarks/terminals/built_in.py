"""A `reeve-terminal` without a daemon."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from host import processes
from host.scratch import Scratch

START_LIMIT_SECONDS = 20
END_SECONDS = 5
SESSION = "bench"
SCROLLBACK = 10_000


class BuiltInTerminal:
    """A context manager: a program in a terminal of Reeve's own, both of which end on leaving."""

    def __init__(self, binaries: Path, scratch: Scratch, columns: int, rows: int, program: list[str]):
        self._runtime = scratch.short_directory("v")
        (self._runtime / "sessions").mkdir(mode=0o700)
        self.socket = self._runtime / "sessions" / f"{SESSION}.tty"
        self._command = [
            str(binaries / "reeve-terminal"), "start", SESSION, "--runtime-dir", str(self._runtime), "--name", SESSION, "--owner", SESSION,
            "--columns", str(columns), "--rows", str(rows), "--scrollback", str(SCROLLBACK), "--", *program]
        self._environment = scratch.environment()

    def __enter__(self) -> BuiltInTerminal:
        started = subprocess.run(self._command, env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                 timeout=START_LIMIT_SECONDS)
        if started.returncode != 0:
            raise processes.ProcessFailed(f"reeve-terminal start ended with {started.returncode}: {started.stderr.strip()}")
        return self

    def __exit__(self, *_: object) -> None:
        end(self._runtime)
        if left := processes.wait_or_kill([str(self._runtime)], END_SECONDS):
            print(f"    left behind by reeve-terminal and killed: {', '.join(left)}", file=sys.stderr)


def serving(runtime: Path) -> list[int]:
    """The terminals below a runtime directory: each is a process that was started with `serve`."""
    return [pid for pid in processes.mentioning([str(runtime)]) if b"serve" in processes.arguments(pid)]


def end(runtime: Path) -> None:
    """Asks each of them to hang up and end; does not wait."""
    for pid in serving(runtime):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
