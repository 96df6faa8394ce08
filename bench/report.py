"""Rows of the table of figures: medians of interleaved rounds, ratios to a peer, and growth."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

SLOPE = "log-log slope"
"""Unit of growth: 0 is constant, 1 linear, 2 quadratic."""
HEADER = f"| {'measurement':48} | {'unit':16} | {'kg':>9} | {'peer':>9} | {'ratio':>6} | peer |\n|{' --- |' * 6}"


class Scale(StrEnum):
    """How large the inputs of the measurements are."""

    QUICK = "quick"
    NORMAL = "normal"
    FULL = "full"


class NotMeasuredError(Exception):
    """A measurement cannot be made; the message says why, for example which program is not installed."""


@dataclass(frozen=True)
class Row:
    """A figure of ours, and of a peer if there is one: its value in each round."""

    what: str
    unit: str
    ours: Sequence[float]
    peer: str = ""
    theirs: Sequence[float] = ()

    @property
    def ratio(self) -> float | None:
        """Median of the ratios of each round's two values, which were measured one right after the other."""
        pairs = zip(self.ours, self.theirs, strict=True) if self.theirs and self.unit != SLOPE else ()
        ratios = [ours / theirs for ours, theirs in pairs if theirs]
        return statistics.median(ratios) if ratios else None

    def __str__(self) -> str:
        ours, theirs = (shown(statistics.median(values)) if values else "" for values in (self.ours, self.theirs))
        ratio = "" if self.ratio is None else shown(self.ratio)
        return f"| {self.what:48} | {self.unit:16} | {ours:>9} | {theirs:>9} | {ratio:>6} | {self.peer} |"


def shown(value: float) -> str:
    """Return a figure with three digits, or all those before the point.

    >>> shown(12345.6), shown(12.345), shown(0.012345), shown(float("inf"))
    ('12 346', '12.3', '0.0123', 'inf')
    """
    return f"{value:.3g}" if value < 100 or math.isinf(value) else f"{value:,.0f}".replace(",", " ")


def compared(what: str, unit: str, found: Mapping[str, Sequence[float]]) -> Iterator[Row]:
    """Yield a row for each peer, or one without; ``found`` is name → values, ours first."""
    ours, *_ = found.values()
    peers = list(found.items())[1:] or [("", ())]
    for peer, theirs in peers:
        yield Row(what, unit, ours, peer, theirs)


def interleaved(rounds: int, measurements: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Return name → results of each measurement. A round makes all of them, so that all meet the same disturbances."""
    found: dict[str, list[T]] = {name: [] for name in measurements}
    for _ in range(rounds):
        for name, measure in measurements.items():
            found[name].append(measure())
    return found


def slope(values: Mapping[int, float]) -> float:
    """Return the slope of size → value on logarithmic axes, by least squares.

    >>> round(slope({10: 5, 100: 500, 1000: 50_000}), 3)
    2.0
    """
    return statistics.linear_regression([math.log(size) for size in values], list(map(math.log, values.values()))).slope
