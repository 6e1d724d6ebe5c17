"""`system.status`: against the C line server, and beside other daemons that are asked for as little."""

from __future__ import annotations

import os
from pathlib import Path

from daemon.client import request_line
from host import processes
from host.workbench import Workbench
from peers import redis, supervisor
from report.line import Line, at_least, at_most, compared
from rounds.plan import Pairs

STATUS = request_line("system.status")
PING = request_line("system.ping")
CLIENTS = 64


def status_64(bench: Workbench) -> list[Line]:
    """64 connections, one request at a time on each."""
    pairs = _rates(bench, connections=CLIENTS, pipeline=1)
    return [compared("status-64", "`system.status`, 64 clients ÷ C line server", at_least(0.25), "/s", pairs)]


def status_pipelined(bench: Workbench) -> list[Line]:
    """One connection with 16 requests in flight."""
    pairs = _rates(bench, connections=1, pipeline=16)
    return [compared("status-pipelined", "`system.status`, 1 client × 16 pipelined ÷ C line server", at_least(0.50), "/s", pairs)]


def status_p50(bench: Workbench) -> list[Line]:
    """One client, one request at a time; server and client on one core, since where the scheduler puts them decides otherwise."""
    cpu = max(os.sched_getaffinity(0))
    requests = bench.plan.count(50_000, 10_000)
    with bench.line_server() as floor, bench.daemon() as daemon:
        processes.pin(floor.pid, cpu)
        processes.pin(daemon.pid, cpu)

        def p50(socket: Path) -> float:
            return bench.generator.run(socket, STATUS, requests=requests, cpu=cpu).p50_us

        pairs = bench.plan.pairs(lambda: p50(floor.socket), lambda: p50(daemon.socket))
    return [compared("status-p50", "`system.status` p50, 1 client, all on one core ÷ C line server", at_most(3.0), "µs", pairs)]


def _rates(bench: Workbench, connections: int, pipeline: int) -> Pairs:
    requests = bench.plan.count(200_000, 40_000)
    with bench.line_server() as floor, bench.daemon() as daemon:

        def rate(socket: Path) -> float:
            return bench.generator.run(socket, STATUS, requests=requests, connections=connections, pipeline=pipeline).rate

        return bench.plan.pairs(lambda: rate(floor.socket), lambda: rate(daemon.socket))


def peers(bench: Workbench) -> list[Line]:
    """One line per peer."""
    return [_beside_redis(bench), _beside_supervisor(bench)]


def _beside_redis(bench: Workbench) -> Line:
    what, bar = "`system.status`, 64 clients ÷ redis GET, 64 clients", at_least(0.6)
    if not redis.installed():
        return Line("peers", what, bar, skipped="redis is not installed")
    requests = bench.plan.count(200_000, 40_000)
    with redis.Redis(bench.scratch) as peer, bench.daemon() as daemon:
        pairs = bench.plan.pairs(
            lambda: peer.gets_per_second(requests),
            lambda: bench.generator.run(daemon.socket, STATUS, requests=requests, connections=CLIENTS).rate)
    return compared("peers", what, bar, "/s", pairs)


def _beside_supervisor(bench: Workbench) -> Line:
    what, bar = "`system.status`, 64 clients ÷ supervisord version call, 64 clients kept alive", at_least(10)
    if not supervisor.installed():
        return Line("peers", what, bar, skipped="supervisor is not installed")
    requests = bench.plan.count(200_000, 40_000)
    with supervisor.Supervisor(bench.scratch) as peer, bench.daemon() as daemon:
        pairs = bench.plan.pairs(
            lambda: peer.versions_per_second(requests // 20, CLIENTS),
            lambda: bench.generator.run(daemon.socket, STATUS, requests=requests, connections=CLIENTS).rate)
    return compared("peers", what, bar, "/s", pairs)
