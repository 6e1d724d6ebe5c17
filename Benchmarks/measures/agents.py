"""Agents come and go: launches per second, and how soon a subscriber knows of an exit."""

from __future__ import annotations

import time
from statistics import median

from agents.departures import Departures
from daemon import tickets
from daemon.client import Client
from daemon.process import Daemon, Options
from floors.tmux_server import new_sessions_per_second
from host.workbench import Workbench
from report.line import Line, at_least, at_most, compared

FEW, MANY = 10, 500
BATCH = 10
PAUSE_SECONDS = 0.005
SETTLE_SECONDS = 0.3
EVENT_LIMIT_SECONDS = 10


class EventMissing(Exception):
    """An agent left and no event came."""


def launches(bench: Workbench) -> list[Line]:
    """From `queue.resume` until the last agent runs, a new daemon each time; the floor makes as many bare sessions."""
    count = bench.plan.count(100, 30)

    def launches_per_second() -> float:
        with bench.daemon() as daemon:
            return count / tickets.launch(daemon, count).seconds

    pairs = bench.plan.pairs(lambda: new_sessions_per_second(bench.scratch, count), launches_per_second)
    what = f"launches, {count} queued tickets until all run ÷ `tmux new-session -d` by fork/exec"
    return [compared("launches", what, at_least(0.5), "/s", pairs)]


def exit_latency(bench: Workbench) -> list[Line]:
    """Two daemons side by side, one with few other sessions and one with many."""
    exits = bench.plan.count(100, 30)
    program = bench.compiler.c_program("agents/departing_agent.c")
    medians: list[float] = []
    with Departures(program, bench.scratch.short_directory("g")) as departures:
        options = Options(agents={departures.kind: departures.start_command})
        with bench.daemon(options) as quiet, bench.daemon(options) as busy:
            for daemon, others in ((quiet, FEW), (busy, MANY)):
                with daemon.client() as client:
                    tickets.spawn_sessions(client, others, "bench-")

            def p99_with_many() -> float:
                latencies = _latencies(busy, departures, exits)
                medians.append(median(latencies))
                return _p99(latencies)

            pairs = bench.plan.pairs(lambda: _p99(_latencies(quiet, departures, exits)), p99_with_many)
    return [
        Line("exit-latency", f"exit → `agent.exited` at a subscriber, {MANY} other sessions: p50", at_most(5, "ms"), "ms",
             ours=median(medians), samples=medians),
        Line("exit-latency", f"exit → `agent.exited` at a subscriber, {MANY} other sessions: p99", at_most(50, "ms"), "ms",
             ours=pairs.ours, samples=[pair.ours for pair in pairs.rounds]),
        compared("exit-latency", f"the p99 with {MANY} other sessions ÷ with {FEW}", at_most(2), "ms", pairs),
    ]


def _latencies(daemon: Daemon, departures: Departures, exits: int) -> list[float]:
    """Milliseconds of each exit.

    Agents come in small batches whose sessions are closed afterwards, so that the crowd stays as large as it is.
    """
    latencies: list[float] = []
    while len(latencies) < exits:
        batch = tickets.launch(daemon, BATCH, departures.kind).tickets
        departures.expect(batch)
        time.sleep(SETTLE_SECONDS)
        with daemon.client() as subscriber:
            subscriber.subscribe("agent.exited")
            latencies += [_one_exit(subscriber, departures, ticket) for ticket in batch]
    return latencies[:exits]


def _one_exit(subscriber: Client, departures: Departures, ticket: str) -> float:
    departures.release(ticket)
    deadline = time.monotonic() + EVENT_LIMIT_SECONDS
    while (event := subscriber.next_event(deadline)) is not None and event.ticket != ticket:
        pass
    if event is None:
        raise EventMissing(f"no agent.exited within {EVENT_LIMIT_SECONDS} s of an exit")
    time.sleep(PAUSE_SECONDS)
    return (event.arrived - departures.left_at(ticket)) / 1e6


def _p99(latencies: list[float]) -> float:
    return sorted(latencies)[int((len(latencies) - 1) * 0.99)]
