"""The size of a run, and the pairs that it is made of.

Absolute figures do not travel and a shared machine is never quiet. So everything with a floor is
measured as floor, ours, floor: if the two floors differ by more than a fifth, something else
was going on and the pair is measured again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ALLOWED_SPREAD = 1.2
TRIES = 4


@dataclass(frozen=True)
class Pair:
    """One floor-ours-floor measurement."""

    floor: float
    ours: float
    spread: float
    tries: int

    @property
    def ratio(self) -> float:
        """Ours in units of the floor."""
        return self.ours / self.floor

    @property
    def steady(self) -> bool:
        """Whether the two floors agree."""
        return self.spread <= ALLOWED_SPREAD


@dataclass(frozen=True)
class Pairs:
    """All rounds of one comparison; figures are medians over the rounds."""

    rounds: list[Pair]

    @property
    def floor(self) -> float:
        """Median of the floors."""
        return median(pair.floor for pair in self.rounds)

    @property
    def ours(self) -> float:
        """Median of ours."""
        return median(pair.ours for pair in self.rounds)

    @property
    def ratio(self) -> float:
        """Median of the rounds' ratios."""
        return median(pair.ratio for pair in self.rounds)

    def remarks(self) -> list[str]:
        """What has to be said about the floors' steadiness; nothing when all went well."""
        repeated = sum(pair.tries - 1 for pair in self.rounds)
        unsteady = [pair for pair in self.rounds if not pair.steady]
        remarks = []
        if repeated:
            remarks.append(f"{repeated} of {repeated + len(self.rounds)} pairs measured again: their floors differed by more than a fifth")
        if unsteady:
            worst = max(pair.spread for pair in unsteady)
            remarks.append(f"{len(unsteady)} of {len(self.rounds)} rounds stayed unsteady (floors up to ×{worst:.2f} apart)")
        return remarks


def measure_pair(floor: Callable[[], float], ours: Callable[[], float]) -> Pair:
    """Floor, ours, floor, at most four times; of unsteady pairs the steadiest is kept."""
    best: Pair | None = None
    for attempt in range(1, TRIES + 1):
        before, value, after = floor(), ours(), floor()
        spread = max(before, after) / min(before, after)
        if best is None or spread < best.spread:
            best = Pair((before + after) / 2, value, spread, attempt)
        if spread <= ALLOWED_SPREAD:
            break
    return Pair(best.floor, best.ours, best.spread, attempt)


@dataclass(frozen=True)
class Plan:
    """How many rounds, and whether each is a small one."""

    rounds: int
    quick: bool

    def count(self, full: int, quick: int) -> int:
        """One of two sizes."""
        return quick if self.quick else full

    def pairs(self, floor: Callable[[], float], ours: Callable[[], float]) -> Pairs:
        """All rounds of one comparison."""
        return Pairs([measure_pair(floor, ours) for _ in range(self.rounds)])

    def medians(self, sample: Callable[[], float]) -> tuple[float, list[float]]:
        """The median of all rounds of something that has no floor, and the rounds."""
        samples = [sample() for _ in range(self.rounds)]
        return median(samples), samples
