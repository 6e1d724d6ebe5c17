#!/usr/bin/env python3
"""Measures the daemon beside its floors and writes the table. `make bench` runs this; README.md explains the rows.

Exit codes: 0 every measured bar is met, 1 one is missed or a row could not be measured, 2 usage,
3 the daemon does not start or does not answer.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import signal
import sys
from pathlib import Path

from host import machine
from host.compiler import Compiler
from host.scratch import Scratch
from host.workbench import Workbench
from measures import ROWS, Row
from report import markdown
from report.line import Line, Verdict, figure
from rounds.plan import Plan

ROW_LIMIT_SECONDS = 30 * 60
FULL_ROUNDS, QUICK_ROUNDS = 5, 3
BINARIES = ("reeved", "reeve", "reeve-keeper", "reeve-terminal")


class RowTookTooLong(Exception):
    """A row did not end within its limit."""


def main() -> int:
    """Parses, measures, reports."""
    options = parse_arguments()
    if options.list:
        for row in ROWS:
            print(f"{row.name:17} {row.bars:27} {row.what}")
        return 0
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    plan = Plan(options.rounds or (QUICK_ROUNDS if options.quick else FULL_ROUNDS), options.quick)
    with Scratch(options.bin) as scratch:
        bench = Workbench(options.bin, scratch, plan, Compiler(scratch.short, scratch.environment()))
        try:
            facts = machine.facts(scratch.disk, daemon_version(bench))
        except Exception as failure:  # whatever it is, nothing can be measured
            print(f"bench: the daemon cannot be measured: {failure}", file=sys.stderr)
            return 3
        lines = [line for row in options.only for line in measured(row, bench)]
    report(lines, facts, plan, options)
    return 1 if any(line.verdict in (Verdict.MISSED, Verdict.FAILED) for line in lines) else 0


def parse_arguments() -> argparse.Namespace:
    """The command line, checked; `only` becomes the chosen rows."""
    parser = argparse.ArgumentParser(description="Measures reeved beside its floors.")
    parser.add_argument("--bin", type=Path, metavar="DIR", help=f"release binaries: {', '.join(BINARIES)}")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} smaller rounds, for orientation")
    parser.add_argument("--rounds", type=int, metavar="N", help=f"rounds of each row (default {FULL_ROUNDS})")
    parser.add_argument("--only", metavar="NAME[,NAME]", help="only these rows")
    parser.add_argument("--list", action="store_true", help="list the rows and their bars")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything, with all rounds, as JSON")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the page that is printed")
    options = parser.parse_args()

    names = options.only.split(",") if options.only else [row.name for row in ROWS]
    if unknown := set(names) - {row.name for row in ROWS}:
        parser.error(f"no such row: {', '.join(sorted(unknown))} (see --list)")
    options.only = [row for row in ROWS if row.name in names]
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds must be at least 1")
    for file in filter(None, (options.out, options.json)):
        if not file.resolve().parent.is_dir():
            parser.error(f"no directory for {file}")
    if not options.list:
        if options.bin is None:
            parser.error("--bin is needed")
        options.bin = options.bin.resolve()
        if missing := [name for name in BINARIES if not (options.bin / name).is_file()]:
            parser.error(f"not in --bin: {', '.join(missing)}")
    return options


def daemon_version(bench: Workbench) -> str:
    """Starts the daemon once and asks it."""
    with bench.daemon() as daemon, daemon.client() as client:
        return client.call("system.status")["version"]


def measured(row: Row, bench: Workbench) -> list[Line]:
    """One row's lines; a row that fails becomes a line that says so, and the others go on."""
    print(f"{row.name} …", file=sys.stderr, flush=True)
    try:
        with time_limit(ROW_LIMIT_SECONDS):
            lines = row.measure(bench)
    except Exception as failure:
        print(f"    failed: {type(failure).__name__}: {failure}", file=sys.stderr)
        lines = [Line(row.name, row.what, failed=without_paths(f"{type(failure).__name__}: {failure}"))]
    for line in lines:
        judged = line.ours if line.ratio is None else line.ratio
        if judged is not None:
            unit = line.unit if line.ratio is None else ""
            print(f"    {figure(judged, unit)} (bar {line.bar}): {line.verdict.name.lower()}: {line.what}", file=sys.stderr, flush=True)
    return lines


@contextlib.contextmanager
def time_limit(seconds: int):
    """Ends what takes too long by an exception in the middle of it, so that contexts clean up."""
    def expire(*_: object) -> None:
        raise RowTookTooLong(f"more than {seconds} s")

    previous = signal.signal(signal.SIGALRM, expire)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def without_paths(text: str) -> str:
    """One line, and of every absolute path only the last name: the page tells nothing of this machine's directories."""
    return re.sub(r"(?<![\w.])/(?:[^\s/'\",:;]+/)+", "", " ".join(text.split()))[:300]


def report(lines: list[Line], facts: dict[str, str], plan: Plan, options: argparse.Namespace) -> None:
    """Prints the page and writes the files that were asked for."""
    page = markdown.document(lines, facts, plan, complete=len(options.only) == len(ROWS))
    print(page)
    if options.out:
        options.out.write_text(page)
    if options.json:
        everything = {"machine": facts, "rounds": plan.rounds, "quick": plan.quick, "lines": [line.as_json() for line in lines]}
        options.json.write_text(json.dumps(everything, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
