"""Reeve's own terminals: how fast output goes through them, how soon a person sees one, and what one costs at rest."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from daemon import tickets
from daemon.process import Options
from floors.bare_terminal import BareTerminal
from host import processes
from host.processes import MEBIBYTE
from host.workbench import Workbench
from report.line import Line, at_least, at_most, compared
from terminals import built_in, flood, person
from terminals.built_in import SCROLLBACK, BuiltInTerminal
from terminals.flood import Flood

COLUMNS, ROWS = 200, 50
FLOOD_BYTES = 50_000_000
PAINTED_ROWS = ROWS - 10
PAINTER = ["/bin/sh", "-c", f'n=0; while [ $n -lt {PAINTED_ROWS} ]; do echo "painted row $n."; n=$((n + 1)); done; exec sleep 100000']
END_OF_PICTURE = b"\x1b[?2026l"
SETTLE_SECONDS = 5


class LinesMissing(Exception):
    """What has scrolled away is not there."""


def terminal_flood(bench: Workbench) -> list[Line]:
    """Plain lines that fit, and what an agent writes."""
    return [
        _flooded(bench, "plain lines", lambda path: flood.write_lines(path, FLOOD_BYTES // 81)),
        _flooded(bench, "coloured and wide lines", lambda path: flood.write_coloured_lines(path, FLOOD_BYTES)),
    ]


def _flooded(bench: Workbench, kind: str, write: Callable[[Path], int]) -> Line:
    """The same program in a bare pseudo-terminal and in one of ours; both are at rest before it is told to go."""
    lines = bench.scratch.disk / "flood"
    size = write(lines)
    host = bench.compiler.c_program("floors/bare_terminal.c")

    def bare() -> float:
        flooding = Flood(bench.scratch.short_directory("f"), lines)
        with BareTerminal(host, bench.scratch, COLUMNS, ROWS, flooding.program):
            return size / MEBIBYTE / flooding.seconds()

    def ours() -> float:
        flooding = Flood(bench.scratch.short_directory("f"), lines)
        with BuiltInTerminal(bench.binaries, bench.scratch, COLUMNS, ROWS, flooding.program):
            return size / MEBIBYTE / flooding.seconds()

    pairs = bench.plan.pairs(bare, ours)
    lines.unlink()
    what = f"{size / 1e6:.0f} MB of {kind} by `cat` through `reeve-terminal` ÷ into a bare pseudo-terminal"
    return compared("terminal-flood", what, at_least(0.5), "MiB/s", pairs)


def terminal_attach(bench: Workbench) -> list[Line]:
    """A screen full of text; the whole command, from its start until the last row of the first picture has arrived."""
    return [_attach_to_socket(bench), _attach_to_ticket(bench)]


def _attach_to_socket(bench: Workbench) -> Line:
    with BuiltInTerminal(bench.binaries, bench.scratch, COLUMNS, ROWS, PAINTER) as terminal:
        command = [str(bench.binaries / "reeve-terminal"), "attach", str(terminal.socket)]
        return _attached("`reeve-terminal attach` to the whole first picture, p95", bench, command, bench.scratch.environment())


def _attach_to_ticket(bench: Workbench) -> Line:
    with bench.daemon(Options(wrapper="reeve", agents={"painter": PAINTER})) as daemon:
        ticket = tickets.launch(daemon, 1, "painter").tickets[0]
        command = [str(bench.binaries / "reeve"), "attach", ticket]
        return _attached("`reeve attach` to the whole first picture, p95", bench, command,
                         bench.scratch.environment(REEVE_SOCKET=str(daemon.socket)))


def _attached(what: str, bench: Workbench, command: list[str], environment: dict[str, str]) -> Line:
    """The first look waits until the program has painted, and does not count."""
    samples = [person.seconds_until_shown(command, environment, COLUMNS, ROWS, _is_whole) * 1000
               for _ in range(1 + bench.plan.count(60, 20))][1:]
    ordered = sorted(samples)
    return Line("terminal-attach", what, at_most(50, "ms"), "ms", ours=ordered[int(len(ordered) * 0.95)],
                remarks=[f"median {median(samples):.1f} ms of {len(samples)}"], samples=samples)


def _is_whole(written: bytes) -> bool:
    """Every row that was painted, and the end of that picture."""
    rows = set(re.findall(rb"painted row (\d+)\.", written))
    return len(rows) == PAINTED_ROWS and END_OF_PICTURE in written[written.rindex(b"painted row"):]


def terminal_memory(bench: Workbench) -> list[Line]:
    """A session whose program has written more than is kept; nothing happens in it while it is looked at."""
    memories = [_memory_at_rest(bench) for _ in range(bench.plan.rounds)]
    resident = [memory.resident / MEBIBYTE for memory in memories]
    anonymous = median(memory.anonymous for memory in memories) / MEBIBYTE
    what = f"resident memory of a session's `reeve-terminal` at rest, {SCROLLBACK} lines of scrollback"
    return [Line("terminal-memory", what, at_most(8, "MiB"), "MiB", ours=median(resident),
                 remarks=[f"of it anonymous: {anonymous:.1f} MiB"], samples=resident)]


def _memory_at_rest(bench: Workbench) -> processes.Memory:
    lines = bench.scratch.disk / "scrolled"
    flood.write_lines(lines, SCROLLBACK + 2 * ROWS)
    command = ["/bin/sh", "-c", f"cat {lines}; exec sleep 100000"]
    with bench.daemon(Options(wrapper="reeve")) as daemon, daemon.client() as client:
        client.call("session.spawn", {"name": "bench-scrolled", "command": command})
        time.sleep(SETTLE_SECONDS)
        (terminal,) = built_in.serving(daemon.runtime)
        memory = processes.memory(terminal)
        # Not before: what is read for us would count.
        kept = client.call("session.capture", {"name": "bench-scrolled", "lines": 2 * SCROLLBACK})["text"].count("\n")
    if kept < SCROLLBACK:
        raise LinesMissing(f"{kept} lines are kept instead of {SCROLLBACK}")
    return memory
