"""Runs the C line server."""

from __future__ import annotations

import subprocess
from pathlib import Path

from host import processes
from host.scratch import Scratch


class LineServer:
    """A context manager around the C program; `socket` is where it listens."""

    def __init__(self, program: Path, scratch: Scratch):
        self.socket = scratch.short_directory("f") / "line.sock"
        self._program = program
        self._environment = scratch.environment()

    @property
    def pid(self) -> int:
        """Of the running server."""
        return self._process.pid

    def __enter__(self) -> LineServer:
        self._process = subprocess.Popen([str(self._program), str(self.socket)], env=self._environment, stdin=subprocess.DEVNULL)
        processes.wait_for("the C line server", lambda: processes.accepts(self.socket))
        return self

    def __exit__(self, *_: object) -> None:
        processes.stop(self._process)
