"""How soon somebody knows that agents are lost."""

from __future__ import annotations

import os
import signal
import time

from daemon import tickets
from floors.tmux_server import server_pid
from host.workbench import Workbench
from report.line import Line, at_most

AGENTS = 50
SETTLE_SECONDS = 1
LOSS_LIMIT_SECONDS = 30


class LossUntold(Exception):
    """A ticket whose terminal is gone was not told of as lost."""


def tmux_killed(bench: Workbench) -> list[Line]:
    """A new daemon each round; its server is killed when all agents run."""
    _, samples = bench.plan.medians(lambda: _milliseconds_until_all_are_lost(bench))
    what = f"SIGKILL of the tmux server with {AGENTS} agents → `lost` at a subscriber for every ticket, the slowest of all rounds"
    return [Line("tmux-killed", what, at_most(1000, "ms"), "ms", ours=max(samples), samples=samples)]


def _milliseconds_until_all_are_lost(bench: Workbench) -> float:
    with bench.daemon() as daemon, daemon.client() as subscriber:
        missing = set(tickets.launch(daemon, AGENTS).tickets)
        time.sleep(SETTLE_SECONDS)
        subscriber.subscribe("ticket.finished")
        pid = server_pid(daemon.tmux_server, bench.scratch)
        killed = time.monotonic_ns()
        os.kill(pid, signal.SIGKILL)
        last = killed
        while missing:
            event = subscriber.next_event(killed / 1e9 + LOSS_LIMIT_SECONDS)
            if event is None:
                raise LossUntold(f"{len(missing)} of {AGENTS} tickets are not lost {LOSS_LIMIT_SECONDS} s after their tmux server")
            if event.ticket in missing:
                if (state := event.data["ticket"]["state"]) != "lost":
                    raise LossUntold(f"a ticket whose tmux server was killed is {state}")
                missing.discard(event.ticket)
                last = event.arrived
        return (last - killed) / 1e6
