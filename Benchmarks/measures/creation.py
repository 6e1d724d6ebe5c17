"""`ticket.create`: durable against bare SQLite, batched by group commit, and flat as the queue grows."""

from __future__ import annotations

from statistics import median

from daemon.client import request_line
from daemon.process import Daemon
from floors.sqlite_commits import commits_per_second
from host.workbench import Workbench
from report.line import Line, at_least, at_most, compared
from rounds.plan import Pair, Pairs, measure_pair

CREATE = request_line("ticket.create", {"title": "x"})
WARM_UP = 50
QUEUED = 10_000
HUNDRED = 100


def create(bench: Workbench) -> list[Line]:
    """One client against SQLite, then 64 clients against one; a new daemon each round, since tickets pile up."""
    commits = bench.plan.count(3_000, 500)
    directory = bench.scratch.disk_directory("sqlite")
    alone: list[Pair] = []
    together: list[Pair] = []
    for _ in range(bench.plan.rounds):
        with bench.daemon() as daemon:
            _pause(daemon)

            def one_client() -> float:
                return bench.generator.run(daemon.socket, CREATE, requests=commits).rate

            def many_clients() -> float:
                return bench.generator.run(daemon.socket, CREATE, requests=commits * 4, connections=64).rate

            alone.append(measure_pair(lambda: commits_per_second(directory, commits), one_client))
            together.append(measure_pair(one_client, many_clients))
    return [
        compared("create", "`ticket.create`, 1 client ÷ SQLite WAL FULL commits, same disk", at_least(0.5), "/s", Pairs(alone)),
        compared("create", "`ticket.create`, 64 clients ÷ 1 client", at_least(5), "/s", Pairs(together)),
    ]


def create_10k(bench: Workbench) -> list[Line]:
    """10 000 tickets one after another: the last hundred against the first; a new daemon each round."""
    rounds = [_first_and_last(bench) for _ in range(bench.plan.rounds)]
    ratios = [last / first for first, last in rounds]
    return [Line(
        "create-10k", "10 000 tickets queued: time of the last hundred creates ÷ the first hundred", at_most(1.2), "ms",
        floor=median(first for first, _ in rounds), ours=median(last for _, last in rounds), ratio=median(ratios),
        samples=[{"first": first, "last": last} for first, last in rounds])]


def _first_and_last(bench: Workbench) -> tuple[float, float]:
    """Milliseconds for the first and for the last hundred of `QUEUED` tickets."""
    with bench.daemon() as daemon:
        _pause(daemon)

        def milliseconds(tickets: int) -> float:
            return bench.generator.run(daemon.socket, CREATE, requests=tickets).seconds * 1000

        milliseconds(WARM_UP)
        first = milliseconds(HUNDRED)
        milliseconds(QUEUED - WARM_UP - 2 * HUNDRED)
        return first, milliseconds(HUNDRED)


def _pause(daemon: Daemon) -> None:
    with daemon.client() as client:
        client.call("queue.pause")
