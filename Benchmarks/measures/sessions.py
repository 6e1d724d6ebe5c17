"""How tmux is used: no process per call, and a full list for about the price of tmux's own."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from statistics import median

from daemon import tickets
from daemon.client import Client, request_line
from daemon.process import Options
from floors.tmux_server import ControlConnection
from host.workbench import Workbench
from report.line import Line, at_most, compared

SETTLE_SECONDS = 1.0
SESSIONS = 500
SESSION_FACTS = "list-panes -a -F '#{session_name} #{session_id} #{session_attached} #{pane_id} #{pane_width} #{pane_height}'"
"""What tmux has to say for `session.list` to be answered, and no more."""


class WrapperUnused(Exception):
    """The daemon did not start tmux through `binary_path`, so nothing was counted."""


class SessionsMissing(Exception):
    """`session.list` does not list what was spawned."""


def forks(bench: Workbench) -> list[Line]:
    """tmux processes started by 1 000 calls of each of three methods; a count, so one round says it all."""
    calls = bench.plan.count(1_000, 200)
    directory = bench.scratch.short_directory("w")
    starts = directory / "starts"
    with bench.daemon(Options(tmux_binary=str(_counting_tmux(directory, starts)))) as daemon:
        with daemon.client() as client:
            client.call("session.spawn", {"name": "bench-cat", "command": ["cat"]})
        tickets.launch(daemon, 1)

        def started_by(method: str, params: dict) -> int:
            time.sleep(SETTLE_SECONDS)
            before = _count(starts)
            bench.generator.run(daemon.socket, request_line(method, params), requests=calls)
            time.sleep(SETTLE_SECONDS)
            return _count(starts) - before

        counts = {
            "agent.list": started_by("agent.list", {}),
            "session.capture": started_by("session.capture", {"name": "bench-cat", "lines": 50}),
            "session.send": started_by("session.send", {"name": "bench-cat", "text": "x"}),
        }
    if _count(starts) == 0:
        raise WrapperUnused("tmux was never started through sessions.tmux.binary_path")
    what = f"tmux processes started by {calls} each of " + ", ".join(f"`{method}`" for method in counts)
    remarks = [f"{count} by `{method}`" for method, count in counts.items() if count]
    return [Line("forks", what, at_most(0), ours=sum(counts.values()), remarks=remarks, samples=[counts])]


def refresh_500(bench: Workbench) -> list[Line]:
    """The p50 of `session.list` against the p50 of a raw control-mode query on the same server, both asked from here."""
    repetitions = bench.plan.count(100, 30)
    with bench.daemon() as daemon, daemon.client() as client:
        tickets.spawn_sessions(client, SESSIONS, "bench-")
        with ControlConnection(daemon.tmux_server, bench.scratch) as raw:

            def raw_milliseconds() -> float:
                return median(raw.round_trip_seconds(SESSION_FACTS) for _ in range(repetitions)) * 1000

            def our_milliseconds() -> float:
                return median(_list_seconds(client) for _ in range(repetitions)) * 1000

            pairs = bench.plan.pairs(raw_milliseconds, our_milliseconds)
    what = f"`session.list` with {SESSIONS} sessions ÷ raw control-mode `list-panes -a` of the same facts"
    return [compared("refresh-500", what, at_most(2), "ms", pairs)]


def _list_seconds(client: Client) -> float:
    started = time.monotonic()
    sessions = client.call("session.list")["sessions"]
    seconds = time.monotonic() - started
    if len(sessions) < SESSIONS:
        raise SessionsMissing(f"session.list gave {len(sessions)} of {SESSIONS} sessions")
    return seconds


def _counting_tmux(directory: Path, starts: Path) -> Path:
    """A tmux that adds a line to a file each time it is started."""
    wrapper = directory / "tmux"
    wrapper.write_text(f'#!/bin/sh\necho started >> {starts}\nexec {shutil.which("tmux")} "$@"\n')
    wrapper.chmod(0o700)
    return wrapper


def _count(starts: Path) -> int:
    return len(starts.read_text().splitlines()) if starts.exists() else 0
