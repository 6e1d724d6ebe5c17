"""A pseudo-terminal that is only read."""

from __future__ import annotations

import subprocess
from pathlib import Path

from host import processes
from host.scratch import Scratch


class BareTerminal:
    """A context manager around the C program, which runs another one in a terminal."""

    def __init__(self, host: Path, scratch: Scratch, columns: int, rows: int, program: list[str]):
        self._command = [str(host), str(columns), str(rows), *program]
        self._environment = scratch.environment()

    def __enter__(self) -> BareTerminal:
        self._process = subprocess.Popen(self._command, env=self._environment, stdin=subprocess.DEVNULL)
        return self

    def __exit__(self, *_: object) -> None:
        processes.stop(self._process)
