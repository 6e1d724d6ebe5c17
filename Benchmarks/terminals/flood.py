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


COLOURED = (
    "\x1b[1m\x1b[38;5;208m●\x1b[0m \x1b[1mUpdate\x1b[22m(src/queue/\x1b[36mledger_{0:05}.py\x1b[39m)",
    "  \x1b[2m⎿  Updated with 2 additions and 1 removal\x1b[22m",
    "\x1b[38;2;120;120;120m  {0:>6} \x1b[0m    def settle(self, entries: list[Entry]) -> Balance:",
    "\x1b[48;2;90;30;40m\x1b[38;2;240;240;240m  {0:>6} -        return sum(entry.amount for entry in entries)\x1b[0m",
    "\x1b[48;2;30;80;40m\x1b[38;2;240;240;240m  {0:>6} +        return Balance(sum(entry.amount for entry in entries), self.currency)\x1b[0m",
    "╭" + "─" * 78 + "╮",
    "│ \x1b[32m✓\x1b[0m tests/ledger_test.py::test_{0:05} \x1b[32mPASSED\x1b[0m — “größer als naïve” → Ω ≥ 3 \x1b[2m(12 ms)\x1b[22m",
    "\x1b[33mwarning: the colour of this line is not taken back,",
    "         so that the next one has it too ({0})\x1b[0m",
    '{{"level":"info","number":{0},"message":"' + "one line of a log that is wider than the terminal, " * 6 + '"}}',
    "",
    "plain words between two tools, as an agent thinks aloud: step {0} is done and the next one is about to begin",
)
"""One after another they are what an agent writes: colours within lines and over their ends, some UTF-8, and a line in eleven that takes
two rows of the screen."""


def write_coloured_lines(path: Path, least: int) -> int:
    """A file of such lines of at least so many bytes; its bytes."""
    number = 0
    with path.open("w", encoding="utf-8") as file:
        while path.stat().st_size < least:
            for _ in range(1000):
                file.write("\n".join(COLOURED).format(number) + "\n")
                number += 1
            file.flush()
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
