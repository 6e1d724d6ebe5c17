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
from report.line import Line, at_least, at_most, compared

EVENTS_PER_SECOND = 1_000
LEAST_EVENTS_PER_SECOND = 950
"""With fewer than that the client was not stopped under the load that the bar speaks of."""
EVENTS_AT_ONCE = 20
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
    rates: list[float] = []
    with bench.daemon() as daemon, _events(daemon) as events:
        def floor() -> float:
            return _p99_during(bench, daemon, floor_seconds)

        def ours() -> float:
            with Subscriber(daemon.socket, bench.scratch.environment()) as subscriber:
                before, began = events.count, time.monotonic()
                subscriber.stop()
                p99 = _p99_during(bench, daemon, seconds)
                rates.append((events.count - before) / (time.monotonic() - began))
                subscriber.go_on()
                missed.append(subscriber.missing(before, lambda: events.count, CATCH_UP_SECONDS))
                return p99

        pairs = bench.plan.pairs(floor, ours)
        events.check()
    what = f"p99 of `system.ping` ÷ with nobody stopped, {EVENTS_PER_SECOND} events per second for {seconds} s"
    return [
        compared("stopped-client", what, at_most(2), "µs", pairs),
        Line("stopped-client", "events that it misses or gets out of order after it goes on", at_most(0), "",
             ours=max(missed), samples=[float(number) for number in missed]),
        Line("stopped-client", "events per second while it was stopped, the fewest of all rounds", at_least(LEAST_EVENTS_PER_SECOND, "/s"),
             "/s", ours=min(rates), samples=rates),
    ]


def _p99_during(bench: Workbench, daemon: Daemon, seconds: float) -> float:
    load = bench.generator.start(daemon.socket, PING)
    time.sleep(seconds)
    return load.stop().p99_us


class _Events:
    """Makes tickets at a steady rate until it is told to end; each is an event."""

    def __init__(self, daemon: Daemon):
        self.count = 0
        self._ended = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(daemon,))
        self._thread.start()

    def check(self) -> None:
        """Raises what has ended the making of events, if anything has."""
        if self._failure:
            raise LoadFailed(f"no more events: {self._failure}")

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
                    # A round that took longer than its time is made up for by the next ones.
                    self._ended.wait(max(0.0, self.count / EVENTS_PER_SECOND - (time.monotonic() - began)))
        except Exception as failure:  # told by `check`, in the thread that measures
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
    per_connection = f"resident memory per idle connection, {CONNECTIONS} of them"
    unanswered = f"callers without an answer, or cut off after it, of {CONNECTIONS} and {LATE_CALLERS} more"
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limits[1] != resource.RLIM_INFINITY and limits[1] < CONNECTIONS + OWN_DESCRIPTORS:
        # With fewer of them nothing is known of ten thousand.
        reason = f"it takes {CONNECTIONS + OWN_DESCRIPTORS} open files, and this process may have {limits[1]} (ulimit -Hn)"
        return [Line("connections-10k", per_connection, at_most(20, "KiB"), "KiB", skipped=reason),
                Line("connections-10k", unanswered, at_most(0), skipped=reason)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limits[0], CONNECTIONS + OWN_DESCRIPTORS), limits[1]))
    memory, silent, accepted = [], [], []
    try:
        for _ in range(bench.plan.rounds):
            with bench.daemon() as daemon:
                kibibytes, answers, cut_off = _crowd(daemon)
                memory.append(kibibytes)
                silent.append(answers.count("") + cut_off)
                accepted.append(answers.count("pong"))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    remarks = [f"{min(accepted)} accepted, the others refused with `busy`"]
    return [
        Line("connections-10k", per_connection, at_most(20, "KiB"), "KiB", ours=median(memory), samples=memory),
        Line("connections-10k", unanswered, at_most(0), "",
             ours=max(silent), samples=[float(number) for number in silent], remarks=remarks),
    ]


def _crowd(daemon: Daemon) -> tuple[float, list[str], int]:
    """KiB per accepted connection; what each caller was told: `pong`, `busy`, or nothing; how many were not kept once they were accepted."""
    before = processes.memory(daemon.pid).resident
    answers, open_ones = [], []
    try:
        for number in range(CONNECTIONS + LATE_CALLERS):
            if number == CONNECTIONS:
                time.sleep(SETTLE_SECONDS)
                grown = (processes.memory(daemon.pid).resident - before) / 1024
                per_connection = grown / max(1, answers.count("pong"))
            connection, answer = _call(daemon.socket)
            answers.append(answer)
            if answer == "pong" and number < CONNECTIONS:
                open_ones.append(connection)
            else:
                connection.close()
        return per_connection, answers, sum(map(_is_cut_off, open_ones))
    finally:
        for connection in open_ones:
            connection.close()


def _is_cut_off(connection: socket.socket) -> bool:
    """Whether the daemon has closed it; nothing else is said on it any more."""
    connection.setblocking(False)
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True


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
