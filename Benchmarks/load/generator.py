"""Runs the C load generator and reads what it measured."""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

RUN_LIMIT_SECONDS = 180
UNTIL_STOPPED = 20_000_000


class LoadFailed(Exception):
    """The generator could not finish, or the server answered with errors."""


@dataclass(frozen=True)
class Load:
    """What one run of the generator measured."""

    requests: int
    seconds: float
    rate: float
    p50_us: float
    p99_us: float


class RunningLoad:
    """A generator at work; `finish` waits for its result."""

    def __init__(self, process: subprocess.Popen, line: str):
        self._process = process
        self._line = line

    def finish(self) -> Load:
        """The result, once all requests were answered."""
        try:
            output, errors = self._process.communicate(timeout=RUN_LIMIT_SECONDS)
        except subprocess.TimeoutExpired as late:
            raise LoadFailed(f"not finished after {RUN_LIMIT_SECONDS} s: {self._line}") from late
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
        if self._process.returncode != 0:
            raise LoadFailed(f"{errors.strip()}, sending {self._line}")
        result = json.loads(output)
        if result["errors"]:
            raise LoadFailed(f"{result['errors']} of {result['requests']} answers were errors to {self._line}")
        return Load(**{field: result[field] for field in Load.__dataclass_fields__})

    def stop(self) -> Load:
        """The result of what was sent so far."""
        self._process.send_signal(signal.SIGINT)
        return self.finish()


@dataclass(frozen=True)
class Generator:
    """Starts the generator program."""

    program: Path
    environment: dict[str, str]

    def start(self, socket: Path, line: str, *, requests: int = UNTIL_STOPPED, connections: int = 1,
              pipeline: int = 1, cpu: int | None = None) -> RunningLoad:
        """Begins to send `line`, `requests` times in all."""
        arguments = [str(self.program), "--socket", str(socket), "--line", line, "--requests", str(requests),
                     "--connections", str(connections), "--pipeline", str(pipeline)]
        if cpu is not None:
            arguments += ["--cpu", str(cpu)]
        process = subprocess.Popen(arguments, env=self.environment, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return RunningLoad(process, line)

    def run(self, socket: Path, line: str, *, requests: int, connections: int = 1,
            pipeline: int = 1, cpu: int | None = None) -> Load:
        """Sends `line` `requests` times in all and waits for the answers."""
        return self.start(socket, line, requests=requests, connections=connections, pipeline=pipeline, cpu=cpu).finish()
