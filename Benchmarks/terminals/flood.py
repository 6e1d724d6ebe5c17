"""A program that fills its terminal when it is told to, and says when all of it was taken."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path

from host import processes

LINE = "{:08} the quick brown fox jumps over the lazy dog and writes what it has seen down"
LIMIT_SECONDS = 120

SCRIPT = """
stty -icanon -echo
read go < "$0/go"
cat "$0/lines"
printf '\\033[6n'
dd bs=1 count=1 of=/dev/null 2>/dev/null
echo done > "$0/done"
exec sleep 100000
"""
"""The question after the cursor's place is answered once everything before it has been read: `cat` ends earlier."""


def write_lines(path: Path, count: int) -> int:
    """A file of numbered lines of 80 characters; its bytes."""
    with path.open("w") as file:
        for number in range(count):
            file.write(LINE.format(number)[:80].ljust(80) + "\n")
    return path.stat().st_size


class Flood:
    """One use of the script, in a directory of its own that holds the pipes and the lines."""

    def __init__(self, directory: Path, lines: Path):
        self._go, self._done = directory / "go", directory / "done"
        for pipe in (self._go, self._done):
            os.mkfifo(pipe, 0o600)
        (directory / "lines").symlink_to(lines)
        self.program = ["/bin/sh", "-c", SCRIPT, str(directory)]

    def seconds(self) -> float:
        """Lets it go; seconds until the terminal has taken everything."""
        done = os.open(self._done, os.O_RDONLY | os.O_NONBLOCK)
        try:
            go = self._opened()
            started = time.monotonic()
            os.write(go, b"go\n")
            os.close(go)
            if not select.select([done], [], [], LIMIT_SECONDS)[0] or os.read(done, 16) != b"done\n":
                raise processes.ProcessFailed(f"the terminal has not taken everything within {LIMIT_SECONDS} s")
            return time.monotonic() - started
        finally:
            os.close(done)

    def _opened(self) -> int:
        """The script's side of the pipe is open once it waits."""
        opened: list[int] = []

        def waits() -> bool:
            try:
                opened.append(os.open(self._go, os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                return False
            return True

        processes.wait_for("the flood's program", waits)
        return opened[0]
