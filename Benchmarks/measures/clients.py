"""What clients cost that stand still: one that was stopped, and ten thousand that say nothing."""

from __future__ import annotations

import contextlib
import json
import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from daemon.process import Daemon
from host import processes
from host.workbench import Workbench
from load.generator import LoadFailed
from load.subscriber import Subscriber
from measures.requests import PING
from report.line import Line, at_most, compared

EVENTS_PER_SECOND = 1_000
EVENTS_AT_ONCE = 10
CATCH_UP_SECONDS = 60
CONNECTIONS = 10_000
LATE_CALLERS = 100
OWN_DESCRIPTORS = 200
SETTLE_SECONDS = 3
ANSWER_SECONDS = 30


def stopped_client(bench: Workbench) -> list[Line]:
    """Events flow all the time; between two floors with nobody stopped, a subscriber to everything is."""
    seconds, floor_seconds = bench.plan.count(60, 5), bench.plan.count(10, 3)
    missed: list[int] = []
    with bench.daemon() as daemon, _events(daemon) as events:
        def floor() -> float:
            return _p99_during(bench, daemon, floor_seconds)

        def ours() -> float:
            with Subscriber(daemon.socket, bench.scratch.environment()) as subscriber:
                before = events.count
                subscriber.stop()
                p99 = _p99_during(bench, daemon, seconds)
                subscriber.go_on()
                missed.append(subscriber.missing(before, lambda: events.count, CATCH_UP_SECONDS))
                return p99

        pairs = bench.plan.pairs(floor, ours)
        rate = events.rate()
    what = f"p99 of `system.ping` ÷ with nobody stopped, {EVENTS_PER_SECOND} events per second for {seconds} s"
    return [
        compared("stopped-client", what, at_most(2), "µs", pairs, [f"{rate:.0f} events per second were made"]),
        Line("stopped-client", "events that it misses or gets out of order after it goes on", at_most(0), "",
             ours=max(missed), samples=[float(number) for number in missed]),
    ]


def _p99_during(bench: Workbench, daemon: Daemon, seconds: float) -> float:
    load = bench.generator.start(daemon.socket, PING)
    time.sleep(seconds)
    return load.stop().p99_us


class _Events:
    """Makes tickets at a steady rate until it is told to end; each is an event."""

    def __init__(self, daemon: Daemon):
        self.count = 0
        self._seconds = 0.0
        self._ended = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(daemon,))
        self._thread.start()

    def rate(self) -> float:
        """Events per second since the beginning."""
        if self._failure:
            raise LoadFailed(f"no more events: {self._failure}")
        return self.count / self._seconds

    def end(self) -> None:
        """Returns when nothing is being made any more."""
        self._ended.set()
        self._thread.join()

    def _run(self, daemon: Daemon) -> None:
        try:
            with daemon.client() as client:
                client.call("queue.pause")
                began = time.monotonic()
                while not self._ended.is_set():
                    client.call_all("ticket.create", [{"title": "x"}] * EVENTS_AT_ONCE)
                    self.count += EVENTS_AT_ONCE
                    self._seconds = time.monotonic() - began
                    # A round that took longer than its time is made up for by the next ones.
                    self._ended.wait(max(0.0, self.count / EVENTS_PER_SECOND - self._seconds))
        except Exception as failure:  # told by `rate`, in the thread that measures
            self._failure = failure


@contextlib.contextmanager
def _events(daemon: Daemon) -> Iterator[_Events]:
    events = _Events(daemon)
    try:
        yield events
    finally:
        events.end()


def connections_10k(bench: Workbench) -> list[Line]:
    """A new daemon each round, since memory that was once used stays with the process."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    count = min(CONNECTIONS, limits[1] - OWN_DESCRIPTORS)
    memory, silent, accepted = [], [], []
    try:
        for _ in range(bench.plan.rounds):
            with bench.daemon() as daemon:
                kibibytes, answers = _crowd(daemon, count)
                memory.append(kibibytes)
                silent.append(answers.count(""))
                accepted.append(answers.count("pong"))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    remarks = [f"{min(accepted)} accepted, the others refused with `busy`"]
    return [
        Line("connections-10k", f"resident memory per idle connection, {count} of them", at_most(20, "KiB"), "KiB",
             ours=median(memory), samples=memory),
        Line("connections-10k", f"callers without an answer, of {count} and {LATE_CALLERS} more", at_most(0), "",
             ours=max(silent), samples=[float(number) for number in silent], remarks=remarks),
    ]


def _crowd(daemon: Daemon, count: int) -> tuple[float, list[str]]:
    """KiB per accepted connection, and what each caller was told: `pong`, `busy`, or nothing."""
    before = processes.memory(daemon.pid).resident
    answers, open_ones = [], []
    try:
        for number in range(count + LATE_CALLERS):
            if number == count:
                time.sleep(SETTLE_SECONDS)
                grown = (processes.memory(daemon.pid).resident - before) / 1024
                per_connection = grown / max(1, answers.count("pong"))
            connection, answer = _call(daemon.socket)
            answers.append(answer)
            if answer == "pong" and number < count:
                open_ones.append(connection)
            else:
                connection.close()
        return per_connection, answers
    finally:
        for connection in open_ones:
            connection.close()


def _call(path: Path) -> tuple[socket.socket, str]:
    """One connection with one `system.ping`."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(ANSWER_SECONDS)
    received = b""
    try:
        connection.connect(str(path))
        # Who is refused may find the door shut before having asked; the refusal is there to read all the same.
        with contextlib.suppress(BrokenPipeError):
            connection.sendall(PING.encode() + b"\n")
        while not received.endswith(b"\n") and (more := connection.recv(4096)):
            received += more
        message = json.loads(received)
    except (OSError, ValueError):
        return connection, ""
    if "result" in message:
        return connection, "pong"
    return connection, "busy" if message["error"]["data"]["kind"] == "busy" else ""
