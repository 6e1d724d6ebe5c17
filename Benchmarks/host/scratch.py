"""Private directories and the environment of every process that a run starts.

There are two roots with one name. `/tmp/rvb-…` holds sockets and programs, because a Unix socket path
must stay below 108 bytes. `/var/tmp/rvb-…` holds databases, because `/tmp` may be memory and commits
must meet a disk.

A process belongs to the run if one of the two paths is in its arguments or environment; `sweep` ends those
that are left, and no others.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from host import processes


class Scratch:
    """The directories of one run; a context manager that leaves nothing behind."""

    def __init__(self, path_first: Path):
        self.short = Path(tempfile.mkdtemp(prefix="rvb-", dir="/tmp"))
        self.disk = Path("/var/tmp") / self.short.name
        self.disk.mkdir(mode=0o700)
        self._path = f"{path_first}:{os.environ.get('PATH', '/usr/bin:/bin')}"
        self._made = 0

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *_: object) -> None:
        self.sweep()
        shutil.rmtree(self.short, ignore_errors=True)
        shutil.rmtree(self.disk, ignore_errors=True)

    def unique(self, word: str) -> str:
        """A name nobody else on this machine uses, fit for a tmux socket."""
        return f"{self.short.name}-{self._numbered(word)}"

    def short_directory(self, word: str) -> Path:
        """A new directory for sockets."""
        return self._new_directory(self.short, word)

    def disk_directory(self, word: str) -> Path:
        """A new directory on a disk."""
        return self._new_directory(self.disk, word)

    def _new_directory(self, root: Path, word: str) -> Path:
        directory = root / self._numbered(word)
        directory.mkdir(mode=0o700)
        return directory

    def _numbered(self, word: str) -> str:
        """All numbers are equally long, so that no name is the beginning of another."""
        self._made += 1
        return f"{word}{self._made:04}"

    def environment(self, **extra: str) -> dict[str, str]:
        """What children get: nothing of ours but PATH; no TMUX, no REEVE_*, a home of their own."""
        return {
            "PATH": self._path,
            "HOME": str(self.disk),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "RUN_OF_BENCH": str(self.short),
            # tmux leaves the file of a dead server's socket behind; here it goes with the rest.
            "TMUX_TMPDIR": str(self.short),
            **extra,
        }

    def sweep(self) -> None:
        """Ends every process of this run that is still there."""
        processes.kill_all(processes.mentioning([str(self.short), str(self.disk)]))
