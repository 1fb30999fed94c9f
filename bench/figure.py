"""What was measured, and the bar it is held against."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Unit = Literal["ms", "x", "MB", "tools"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Attributes:
        name: What is measured.
        unit: Milliseconds, a ratio of two medians taken side by side, MiB, or tools in a list.
        samples: One value for each run, in the order of the runs.
        bar: The most that the median may be (for tools: the least); None where nothing is
            promised and the value only explains its neighbours.
        note: What helps to read it.
    """

    name: str
    unit: Unit
    samples: tuple[float, ...]
    bar: float | None = None
    note: str = ""

    @property
    def median(self) -> float:
        """The middle of the samples."""
        return statistics.median(self.samples)

    @property
    def p95(self) -> float:
        """The sample that 95 of 100 do not exceed."""
        return percentile(self.samples, 0.95)

    @property
    def most(self) -> float:
        """The largest sample."""
        return max(self.samples)

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None where there is none."""
        if self.bar is None:
            return None
        if self.unit == "tools":
            return min(self.samples) >= self.bar
        return self.median <= self.bar

    def as_json(self) -> dict[str, object]:
        """The figure as a JSON object; samples are rounded to microseconds."""
        return {
            "name": self.name,
            "unit": self.unit,
            "median": round(self.median, 3),
            "p95": round(self.p95, 3),
            "max": round(self.most, 3),
            "runs": len(self.samples),
            "bar": self.bar,
            "met": self.met,
            "note": self.note,
            "samples": [round(sample, 3) for sample in self.samples],
        }


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` of all do not exceed (nearest rank)."""
    ordered = sorted(samples)
    rank = -(-len(ordered) * share // 1)
    return ordered[max(int(rank) - 1, 0)]


def ratios(ours: Sequence[float], theirs: Sequence[float], *, blocks: int) -> tuple[float, ...]:
    """Ratio of the medians in each block of two series that were taken in turns.

    Noise of the machine that lasts longer than a block hits both sides alike and cancels out.
    """
    return tuple(
        statistics.median(ours[part]) / statistics.median(theirs[part])
        for part in _parts(len(ours), blocks)
    )


def differences(
    ours: Sequence[float], theirs: Sequence[float], *, blocks: int
) -> tuple[float, ...]:
    """Difference of the medians in each block of two series that were taken in turns."""
    return tuple(
        statistics.median(ours[part]) - statistics.median(theirs[part])
        for part in _parts(len(ours), blocks)
    )


def _parts(length: int, blocks: int) -> list[slice]:
    size = max(length // blocks, 1)
    return [slice(start, start + size) for start in range(0, length - size + 1, size)]
