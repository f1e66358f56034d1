"""A series with its holes: for every cell the nearest reported years before and after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.errors import DataError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One series of a panel.

    Attributes
    ----------
    panel, k
        The panel, and which of its series.
    x
        ``float64[T, N]``, NaN in the holes.
    years
        ``float64[T]``.
    before, after
        ``intp[T, N]`` position of the last year known up to a cell and of the first from it on; −1 and T where there
        is none.
    wanted
        ``bool[T, N]``: the holes to fill.
    """

    panel: Panel
    k: int
    x: Floats
    years: Floats
    before: Positions
    after: Positions
    wanted: Bools

    @classmethod
    def of(cls, panel: Panel, k: int, wanted: Bools | None = None) -> Layer:
        """Return series `k` of a panel; all its holes are wanted where nothing is said."""
        x = panel.values[:, :, k]
        before, after = neighbours(x)
        holes = np.isnan(x)
        return cls(panel, k, x, np.array(panel.periods, float), before, after, holes if wanted is None else wanted)

    @property
    def inside(self) -> Bools:
        """Holes between two known years."""
        return np.asarray(np.isnan(self.x) & (self.before >= 0) & (self.after < len(self.x)))

    def known(self, at: Positions) -> Floats:
        """Return the values at positions ``[T, N]``; NaN where the position is none."""
        rows = np.clip(at, 0, len(self.x) - 1)
        found = np.take_along_axis(self.x, rows, axis=0)
        return np.where((at >= 0) & (at < len(self.x)), found, np.nan)

    def year(self, at: Positions) -> Floats:
        """Return the years at positions ``[T, N]``; whatever there is where the position is none."""
        return np.asarray(self.years[np.clip(at, 0, len(self.x) - 1)])

    def need_positive(self, cells: Bools) -> None:
        """Refuse values that are not positive among `cells` ``bool[T, N]``; the first is named."""
        with np.errstate(invalid="ignore"):
            bad = np.argwhere(cells & (self.x <= 0))
        if len(bad):
            t, n = sorted(bad.tolist(), key=lambda cell: (cell[1], cell[0]))[0]
            raise DataError("loglinear_nonpositive", where=self.panel.where(t, n, self.k), value=float(self.x[t, n]))

    def anchors(self) -> Bools:
        """Return the known cells next to a wanted hole, ``bool[T, N]``."""
        found = np.zeros(self.x.shape, dtype=bool)
        t, n = np.nonzero(self.wanted)
        for side in (self.before, self.after):
            at = side[t, n]
            there = (at >= 0) & (at < len(self.x))
            found[at[there], n[there]] = True
        return found

    def span(self, t: int, n: int) -> str:
        """Return the known years beside a hole, for the ledger."""
        ends = [at for at in (int(self.before[t, n]), int(self.after[t, n])) if 0 <= at < len(self.x)]
        return "…".join(str(self.panel.periods[at]) for at in ends)


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """What a rule says: values ``float64[T, N]``, NaN where it says nothing, and the ledger's detail of a cell."""

    values: Floats
    detail: Callable[[int, int], str]


def neighbours(x: Floats) -> tuple[Positions, Positions]:
    """Return positions along the first axis of the last known value up to each cell, and of the first from it on."""
    place = np.arange(len(x)).reshape(-1, *[1] * (x.ndim - 1))
    known = ~np.isnan(x)
    before = np.maximum.accumulate(np.where(known, place, -1), axis=0)
    after = np.minimum.accumulate(np.where(known, place, len(x))[::-1], axis=0)[::-1]
    return before, after


def between(layer: Layer, x: Floats) -> Floats:
    """Return the straight line in time between the known neighbours of every cell; NaN where one of them is absent.

    Parameters
    ----------
    layer
        Says where the neighbours are.
    x
        ``float64[T, N]``: the layer's values on some scale.
    """
    left, right = layer.year(layer.before), layer.year(layer.after)
    rows = np.clip(layer.before, 0, None), np.clip(layer.after, None, len(x) - 1)
    low, high = (np.take_along_axis(x, at, axis=0) for at in rows)
    way = np.divide(
        (high - low) * (layer.years[:, None] - left), right - left, out=np.zeros_like(x), where=right > left
    )
    return np.where((layer.before >= 0) & (layer.after < len(x)), low + way, np.nan)
