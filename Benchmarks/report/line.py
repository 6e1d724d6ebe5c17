"""One line of the table: a figure, what it is compared with, and the bar it has to meet."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum

from rounds.plan import Pairs


class Verdict(Enum):
    """What became of a line."""

    MET = "yes"
    MISSED = "**no**"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class Bar:
    """At least or at most this much, in the unit of what is judged (none for a ratio)."""

    relation: str
    limit: float
    unit: str = ""

    def is_met(self, value: float) -> bool:
        """Whether a figure is on the right side."""
        return value >= self.limit if self.relation == "≥" else value <= self.limit

    def __str__(self) -> str:
        return f"{self.relation} {figure(self.limit, self.unit)}"


def at_least(limit: float, unit: str = "") -> Bar:
    """More is better."""
    return Bar("≥", limit, unit)


def at_most(limit: float, unit: str = "") -> Bar:
    """Less is better."""
    return Bar("≤", limit, unit)


@dataclass
class Line:
    """A judged figure. With a floor the ratio is judged, without one the figure itself.

    A line that failed or was skipped says why, and has no figures.
    """

    row: str
    what: str
    bar: Bar | None = None
    unit: str = ""
    floor: float | None = None
    ours: float | None = None
    ratio: float | None = None
    remarks: list[str] = field(default_factory=list)
    samples: list = field(default_factory=list)
    skipped: str | None = None
    failed: str | None = None

    @property
    def verdict(self) -> Verdict:
        """Judged from the exact figure, not from the rounded one that is printed."""
        if self.failed is not None:
            return Verdict.FAILED
        if self.skipped is not None:
            return Verdict.SKIPPED
        judged = self.ours if self.ratio is None else self.ratio
        return Verdict.MET if self.bar.is_met(judged) else Verdict.MISSED

    def as_json(self) -> dict:
        """All of it, for programs."""
        return {**asdict(self), "bar": str(self.bar or ""), "met": {Verdict.MET: True, Verdict.MISSED: False}.get(self.verdict)}


def compared(row: str, what: str, bar: Bar, unit: str, pairs: Pairs, remarks: list[str] | None = None) -> Line:
    """A line from pairs."""
    return Line(row, what, bar, unit, pairs.floor, pairs.ours, pairs.ratio,
                (remarks or []) + pairs.remarks(), [asdict(pair) for pair in pairs.rounds])


def figure(value: float, unit: str = "") -> str:
    """Three digits that matter; thousands are set apart by a narrow space that does not break."""
    if abs(value) >= 1000:
        digits = f"{value:,.0f}".replace(",", "\u202f")
    elif value == int(value):
        digits = f"{value:.0f}"
    else:
        digits = f"{value:.3g}"
    return f"{digits} {unit}".strip() if unit != "/s" else f"{digits}/s"
