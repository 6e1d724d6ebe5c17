"""A blocking JSON-RPC client of the control socket, with events."""

from __future__ import annotations

import json
import socket
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

ANSWER_LIMIT_SECONDS = 60
IN_FLIGHT = 64


class RequestFailed(Exception):
    """The daemon answered with an error; `kind` is its stable word."""

    def __init__(self, method: str, error: dict):
        self.kind = error.get("data", {}).get("kind", "")
        super().__init__(f"{method}: {error['message']} ({self.kind or error['code']})")


class NoAnswer(Exception):
    """The daemon closed the connection or took too long."""


@dataclass(frozen=True)
class Event:
    """One `event` notification and when its bytes arrived (CLOCK_MONOTONIC, nanoseconds)."""

    kind: str
    ticket: str | None
    data: dict
    arrived: int


class Client:
    """One connection; a context manager."""

    def __init__(self, path: Path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._unfinished = b""
        self._lines: deque[tuple[int, bytes]] = deque()
        self._events: deque[Event] = deque()
        self._last_id = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self._socket.close()

    def call(self, method: str, params: dict | None = None) -> dict:
        """One request and its result."""
        return self.call_all(method, [params])[0]

    def call_all(self, method: str, all_params: list[dict | None], in_flight: int = IN_FLIGHT) -> list[dict]:
        """Many requests, a bounded number at a time; results in the order of the requests."""
        first = self._last_id + 1
        results: dict[int, dict] = {}
        for params in all_params:
            if self._last_id + 1 - first - len(results) >= in_flight:
                self._take_answer(method, results)
            self._last_id += 1
            self._socket.sendall(request_line(method, params, self._last_id).encode() + b"\n")
        while len(results) < len(all_params):
            self._take_answer(method, results)
        return [results[number] for number in sorted(results)]

    def subscribe(self, *kinds: str) -> None:
        """From now on `next_event` gives events of these kinds."""
        self.call("events.subscribe", {"kinds": list(kinds)})

    def next_event(self, deadline: float) -> Event | None:
        """The next event, or nothing if there is none until `deadline` (time.monotonic)."""
        while not self._events:
            arrival_and_line = self._next_line(deadline)
            if arrival_and_line is None:
                return None
            self._keep_event(*arrival_and_line)
        return self._events.popleft()

    def _take_answer(self, method: str, results: dict[int, dict]) -> None:
        arrival_and_line = self._next_line(time.monotonic() + ANSWER_LIMIT_SECONDS)
        if arrival_and_line is None:
            raise NoAnswer(f"{method}: no answer within {ANSWER_LIMIT_SECONDS} s")
        message = json.loads(arrival_and_line[1])
        if "method" in message:
            self._keep_event(*arrival_and_line)
        elif "error" in message:
            raise RequestFailed(method, message["error"])
        else:
            results[message["id"]] = message["result"]

    def _keep_event(self, arrived: int, line: bytes) -> None:
        message = json.loads(line)
        if message["method"] != "event":
            raise NoAnswer(f"the daemon sent {message['method']} to a subscriber that reads at once")
        params = message["params"]
        self._events.append(Event(params["kind"], params.get("ticket"), params.get("data", {}), arrived))

    def _next_line(self, deadline: float) -> tuple[int, bytes] | None:
        while not self._lines:
            self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                received = self._socket.recv(1 << 18)
            except TimeoutError:
                return None
            arrived = time.monotonic_ns()
            if not received:
                raise NoAnswer("the daemon closed the connection")
            *complete, self._unfinished = (self._unfinished + received).split(b"\n")
            self._lines.extend((arrived, line) for line in complete)
        return self._lines.popleft()


def request_line(method: str, params: dict | None = None, number: int = 1) -> str:
    """A strict JSON-RPC request, without its newline."""
    request = {"jsonrpc": "2.0", "id": number, "method": method}
    if params is not None:
        request["params"] = params
    return json.dumps(request, separators=(",", ":"))
