"""redis on a Unix socket, asked by its own benchmark."""

from __future__ import annotations

import csv
import shutil
import subprocess

from host import processes
from host.scratch import Scratch

BENCHMARK_LIMIT_SECONDS = 120


def installed() -> bool:
    """Whether both programs are there."""
    return all(shutil.which(program) for program in ("redis-server", "redis-benchmark"))


class Redis:
    """A redis server that keeps nothing; a context manager."""

    def __init__(self, scratch: Scratch):
        self._directory = scratch.short_directory("redis")
        self._socket = self._directory / "redis.sock"
        self._environment = scratch.environment()

    def __enter__(self) -> Redis:
        self._process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", str(self._socket), "--save", "", "--appendonly", "no"],
            cwd=self._directory, env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        processes.wait_for("redis", lambda: processes.accepts(self._socket))
        return self

    def __exit__(self, *_: object) -> None:
        processes.stop(self._process)

    def gets_per_second(self, requests: int) -> float:
        """`redis-benchmark -c 64 -t get`."""
        output = subprocess.run(
            ["redis-benchmark", "-s", str(self._socket), "-c", "64", "-n", str(requests), "-t", "get", "--csv"],
            env=self._environment, capture_output=True, text=True, timeout=BENCHMARK_LIMIT_SECONDS, check=True).stdout
        rows = list(csv.DictReader(output.splitlines()))
        return float(next(row["rps"] for row in rows if row["test"] == "GET"))
