"""What the processes cost: the daemon at rest, its start, and a whole command."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from statistics import median

from daemon import tickets
from daemon.process import Daemon, Options
from host import processes
from host.processes import MEBIBYTE
from host.workbench import Workbench
from peers import supervisor
from report.line import Line, at_most, compared

AGENTS = 50
CONNECTIONS = 1_000
SETTLE_SECONDS = 3
FINISHED, QUEUED = 10_000, 500


class StateLost(Exception):
    """What came back is not what was there."""


def idle(bench: Workbench) -> list[Line]:
    """Memory is medians over rounds with a new daemon each; processor time is one long window of the last."""
    window = bench.plan.count(60, 10)
    memories, per_connection = [], []
    for number in range(bench.plan.rounds):
        with bench.daemon() as daemon:
            tickets.launch(daemon, AGENTS)
            time.sleep(SETTLE_SECONDS)
            memories.append(processes.memory(daemon.pid))
            if number == bench.plan.rounds - 1:
                percent = _cpu_percent(daemon, window)
            per_connection.append(_kibibytes_per_connection(daemon))
    resident = [memory.resident / MEBIBYTE for memory in memories]
    anonymous = median(memory.anonymous for memory in memories) / MEBIBYTE
    return [
        Line("idle", f"resident memory of reeved, {AGENTS} idle agents", at_most(32, "MiB"), "MiB", ours=median(resident),
             remarks=[f"of it anonymous: {anonymous:.1f} MiB"], samples=resident),
        Line("idle", f"processor time of reeved over {window} s, {AGENTS} idle agents, in % of a core", at_most(0.5, "%"), "%",
             ours=percent, samples=[percent]),
        Line("idle", f"resident memory per idle connection, {CONNECTIONS} more of them", at_most(16, "KiB"), "KiB",
             ours=median(per_connection), samples=per_connection),
    ]


def _cpu_percent(daemon: Daemon, window: int) -> float:
    before = processes.cpu_seconds(daemon.pid)
    time.sleep(window)
    return (processes.cpu_seconds(daemon.pid) - before) / window * 100


def _kibibytes_per_connection(daemon: Daemon) -> float:
    """Each connection asks once, so that the daemon has really taken it, and is silent then."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    before = processes.memory(daemon.pid).resident
    connections = []
    try:
        for _ in range(CONNECTIONS):
            connections.append(daemon.client())
            connections[-1].call("system.ping")
        time.sleep(SETTLE_SECONDS)
        return (processes.memory(daemon.pid).resident - before) / 1024 / CONNECTIONS
    finally:
        for connection in connections:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def start(bench: Workbench) -> list[Line]:
    """Builds the state once, then kills the daemon and starts it again, each round."""
    with bench.daemon(Options(max_parallel=AGENTS)) as daemon:
        _build(daemon)

        def milliseconds_to_ready() -> float:
            daemon.kill()
            seconds = daemon.start()
            _check(daemon)
            return seconds * 1000

        milliseconds, samples = bench.plan.medians(milliseconds_to_ready)
    what = f"start after SIGKILL to READY: {FINISHED} finished, {QUEUED} queued, {AGENTS} live agents"
    return [Line("start", what, at_most(250, "ms"), "ms", ours=milliseconds, samples=samples)]


def _build(daemon: Daemon) -> None:
    """The queue stays paused after the launch, and full anyway."""
    tickets.launch(daemon, AGENTS)
    with daemon.client() as client:
        finished = tickets.create(client, FINISHED)
        client.call_all("ticket.cancel", [{"ticket": ticket} for ticket in finished])
        tickets.create(client, QUEUED)
    _check(daemon)


def _check(daemon: Daemon) -> None:
    expected = {"cancelled": FINISHED, "queued": QUEUED, "at work": AGENTS}
    with daemon.client() as client:
        counts = client.call("system.status")["counts"]
        found = {"cancelled": counts["cancelled"], "queued": counts["queued"], "at work": tickets.at_work(client)}
    if found != expected:
        raise StateLost(f"expected {expected}, found {found}")


def cli(bench: Workbench) -> list[Line]:
    """Against the least that a Swift process costs, and against supervisor's command."""
    with bench.daemon() as daemon:
        environment = bench.scratch.environment(REEVE_SOCKET=str(daemon.socket))
        reeve_status = [str(bench.binaries / "reeve"), "status"]

        def ours() -> float:
            return processes.run_seconds(reeve_status, environment)

        return [_beside_bare_process(bench, ours), _beside_supervisorctl(bench, ours)]


def _beside_bare_process(bench: Workbench, ours: Callable[[], float]) -> Line:
    what, bar = "`reeve status` ÷ a bare static Swift process", at_most(3)
    program = bench.compiler.swift_program("floors/bare_process.swift")
    if program is None:
        return Line("cli", what, bar, skipped="there is no Swift compiler")
    runs = bench.plan.count(40, 15)
    environment = bench.scratch.environment()
    pairs = bench.plan.pairs(
        lambda: _median_milliseconds(lambda: processes.run_seconds([str(program)], environment), runs),
        lambda: _median_milliseconds(ours, runs))
    return compared("cli", what, bar, "ms", pairs)


def _beside_supervisorctl(bench: Workbench, ours: Callable[[], float]) -> Line:
    what, bar = "`reeve status` ÷ `supervisorctl status`", at_most(0.1)
    if not supervisor.installed():
        return Line("cli", what, bar, skipped="supervisor is not installed")
    runs = bench.plan.count(40, 15)
    with supervisor.Supervisor(bench.scratch) as peer:
        pairs = bench.plan.pairs(
            lambda: _median_milliseconds(peer.status_command_seconds, runs // 5),
            lambda: _median_milliseconds(ours, runs))
    return compared("cli", what, bar, "ms", pairs)


def _median_milliseconds(seconds: Callable[[], float], runs: int) -> float:
    return median(seconds() for _ in range(runs)) * 1000
