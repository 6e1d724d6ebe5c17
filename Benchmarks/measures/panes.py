"""How fast it is planned where panes go."""

from __future__ import annotations

import subprocess

from host.processes import ProcessFailed
from host.workbench import Workbench
from report.line import Line, at_least

SOURCES = (
    *(f"Sources/ReeveModel/{folder}/*.swift" for folder in ("Panes", "Text", "Time", "Identity", "Errors")),
    "Sources/ReeveModel/Ports/PaneWindows.swift",
)
"""The planner and what its folder is built on; the whole model would compile for a minute."""


def pane_plans(bench: Workbench) -> list[Line]:
    """The planner alone, on one core: its sources are compiled into a program that does nothing else."""
    what, bar = "plans of panes in a second, one after another", at_least(10_000, "/s")
    program = bench.compiler.swift_program_with("planner/plans_per_second.swift", *SOURCES)
    if program is None:
        return [Line("pane-plans", what, bar, skipped="there is no Swift compiler")]
    seconds = bench.plan.count(3, 1)

    def plans() -> float:
        run = subprocess.run([str(program), str(seconds)], env=bench.scratch.environment(), capture_output=True, text=True,
                             timeout=seconds + 60)
        if run.returncode != 0:
            raise ProcessFailed(f"{program.name} ended with {run.returncode}: {run.stderr.strip()}")
        return float(run.stdout)

    rate, samples = bench.plan.medians(plans)
    return [Line("pane-plans", what, bar, "/s", ours=rate, samples=samples)]
