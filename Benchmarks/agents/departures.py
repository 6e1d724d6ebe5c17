"""The driver's side of the departing agent: told to leave, it says when it left."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

CONNECT_LIMIT_SECONDS = 60


class Departures:
    """Where departing agents report; a context manager."""

    kind = "departing"

    def __init__(self, program: Path, directory: Path):
        self._path = directory / "gate.sock"
        self.start_command = [str(program), str(self._path), "{ticket}"]
        self._waiting: dict[str, socket.socket] = {}

    def __enter__(self) -> Departures:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen(512)
        self._listener.settimeout(CONNECT_LIMIT_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._waiting.values():
            connection.close()
        self._listener.close()

    def expect(self, tickets: list[str]) -> None:
        """Waits until an agent of every ticket reported."""
        while not self._waiting.keys() >= set(tickets):
            connection, _ = self._listener.accept()
            connection.settimeout(CONNECT_LIMIT_SECONDS)
            self._waiting[connection.makefile("rb").readline().decode().strip()] = connection

    def release(self, ticket: str) -> None:
        """Tells one agent to leave; does not wait."""
        self._waiting[ticket].send(b"!")

    def left_at(self, ticket: str) -> int:
        """When it left: CLOCK_MONOTONIC in nanoseconds, taken by the agent just before its end."""
        with self._waiting.pop(ticket) as connection:
            return struct.unpack("=Q", connection.recv(8))[0]
