"""How many durable commits per second this disk gives to bare SQLite."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

ROW = ("state", "x" * 200)


def commits_per_second(directory: Path, commits: int) -> float:
    """One 200-byte row per commit, WAL, synchronous=FULL, one connection, in a new database."""
    path = directory / "floor.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute("create table event(id integer primary key, kind text, body text)")
    started = time.monotonic()
    for _ in range(commits):
        connection.execute("insert into event(kind, body) values(?, ?)", ROW)
    seconds = time.monotonic() - started
    connection.close()
    for file in directory.glob("floor.db*"):
        file.unlink()
    return commits / seconds
