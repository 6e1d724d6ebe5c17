"""The table as Markdown."""

from __future__ import annotations

from datetime import date

from report.line import Line, Verdict, figure
from rounds.plan import ALLOWED_SPREAD, TRIES, Plan

HEADINGS = ["row", "what", "floor", "ours", "ratio", "bar", "met?"]


def document(lines: list[Line], facts: dict[str, str], plan: Plan, complete: bool) -> str:
    """The whole page."""
    parts = [
        "# Performance",
        _introduction(plan, complete),
        _table(lines),
        *_remarks(lines),
        "## The machine",
        "\n".join(f"- {name}: {fact}" for name, fact in facts.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _introduction(plan: Plan, complete: bool) -> str:
    size = "a quick run: smaller rounds, for orientation only" if plan.quick else "a full run"
    rows = "" if complete else " Only some rows were measured."
    return (
        f"Written by `make bench` on {date.today().isoformat()} ({size}); do not edit. Every figure was measured beside its floor "
        f"in the same run, so that the ratios travel and the absolute figures need not.{rows}\n\n"
        f"Rounds: {plan.rounds}. Figures are medians over them, the ratio is the median of the ratios. A round with a floor is measured "
        f"as floor, ours, floor; one whose two floors differ by more than {ALLOWED_SPREAD - 1:.0%} is measured again, at most {TRIES} times "
        "in all, and the steadiest is kept. How each row is measured is said in `Benchmarks/README.md`."
    )


def _table(lines: list[Line]) -> str:
    rows = [HEADINGS, ["---"] * 2 + ["---:"] * 4 + ["---"], *map(_cells, lines)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _cells(line: Line) -> list[str]:
    floor, ours = (("" if value is None else figure(value, line.unit)) for value in (line.floor, line.ours))
    ratio = "" if line.ratio is None else figure(line.ratio)
    return [f"`{line.row}`", line.what, floor, ours, ratio, str(line.bar or ""), line.verdict.value]


def _remarks(lines: list[Line]) -> list[str]:
    said = []
    for line in lines:
        reasons = {Verdict.SKIPPED: [line.skipped], Verdict.FAILED: [f"failed: {line.failed}"]}.get(line.verdict, [])
        said += [f"- `{line.row}`, {line.what}: {remark}." for remark in [*reasons, *line.remarks]]
    return ["## Remarks", "\n".join(said)] if said else []
