"""What one client's p99 suffers from the misfortune of others."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable

from daemon import tickets
from daemon.client import request_line
from daemon.process import Daemon
from floors.tmux_server import server_pid
from host.workbench import Workbench
from measures.requests import STATUS
from report.line import Line, at_most, compared

LAUNCHES = 50
HISTORY = 2_000
BIG_QUESTION = {"since": 0, "limit": 1_000}
BIG_QUESTIONS = 200
STALL_SECONDS = 0.5
RECOVERY_SECONDS = 2.0


class TooLittleToStall(Exception):
    """The answers would fit into socket buffers, so that a client that never reads would not stall."""


def isolation(bench: Workbench) -> list[Line]:
    """Quiet, disturbed, quiet."""
    requests = bench.plan.count(20_000, 5_000)
    with bench.daemon() as daemon:
        _fill(daemon)

        def p99() -> float:
            return bench.generator.run(daemon.socket, STATUS, requests=requests).p99_us

        def during(disturbance: Callable[[], contextlib.AbstractContextManager]) -> float:
            with disturbance():
                return p99()

        stalled = bench.plan.pairs(p99, lambda: during(lambda: _stalled_clients(daemon)))
        stopped = bench.plan.pairs(p99, lambda: during(lambda: _stopped_tmux(bench, daemon)))
        launching = bench.plan.pairs(p99, lambda: _p99_while_launching(bench))
    what = "p99 of `system.status` ÷ quiet p99: "
    return [
        compared("isolation", what + "two other clients never read their answers and events", at_most(2), "µs", stalled),
        compared("isolation", what + "tmux server stopped", at_most(2), "µs", stopped),
        compared("isolation", what + f"{LAUNCHES} launches under way", at_most(3), "µs", launching),
    ]


def _fill(daemon: Daemon) -> None:
    """One agent, so that tmux is in use, and enough tickets to make answers and backlogs big."""
    tickets.launch(daemon, 1)
    with daemon.client() as client:
        tickets.create(client, HISTORY)
        events = client.call("events.read", BIG_QUESTION)["events"]
    if len(events) < BIG_QUESTION["limit"]:
        raise TooLittleToStall(f"events.read gave {len(events)} of {BIG_QUESTION['limit']} events")


@contextlib.contextmanager
def _stalled_clients(daemon: Daemon):
    """One subscribed to everything since the beginning, one with many big questions; neither ever reads."""
    with _connected(daemon) as subscriber, _connected(daemon) as asker:
        subscriber.sendall(request_line("events.subscribe", {"since": 0}).encode() + b"\n")
        for number in range(BIG_QUESTIONS):
            asker.sendall(request_line("events.read", BIG_QUESTION, number).encode() + b"\n")
        time.sleep(STALL_SECONDS)
        yield


def _connected(daemon: Daemon) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(30)
    connection.connect(str(daemon.socket))
    return connection


@contextlib.contextmanager
def _stopped_tmux(bench: Workbench, daemon: Daemon):
    """SIGSTOP to the daemon's tmux server, and SIGCONT whatever happens."""
    pid = server_pid(daemon.tmux_server, bench.scratch)
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(STALL_SECONDS)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
        time.sleep(RECOVERY_SECONDS)


def _p99_while_launching(bench: Workbench) -> float:
    """A new daemon; the load runs from `queue.resume` until the last agent runs."""
    with bench.daemon() as daemon, daemon.client() as client, daemon.client() as subscriber:
        client.call("queue.pause")
        subscriber.subscribe("agent.state", "agent.exited")
        queued = tickets.create(client, LAUNCHES)
        load = bench.generator.start(daemon.socket, STATUS)
        try:
            client.call("queue.resume")
            tickets.wait_until_at_work(subscriber, queued)
        finally:
            result = load.stop()
        return result.p99_us
