"""Whether the composite index goes with productivity: rank correlations with intervals, reported, not assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from nqpf.chapters.context import Context
from nqpf.chapters.productivity_frames import validity_frame
from nqpf.messages import say
from nqpf.productivity.survey import Survey

Floats = NDArray[np.float64]
DRAWS = 4999
LEVEL = 0.95
FEWEST = 5
"""A correlation of fewer units is not given."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Spearman's rank correlation of index and productivity over units, with a percentile bootstrap interval.

    Attributes
    ----------
    of
        ``level`` in the last year, or ``change`` since the first.
    units
        Number of units with both.
    rho, low, high
        Correlation and the ends of its interval; None where there are too few units or one of both does not vary.
    """

    of: str
    units: int
    rho: float | None
    low: float | None
    high: float | None

    def record(self) -> dict[str, Any]:
        """Return it for machines."""
        return {"of": self.of, "units": self.units, "rho": self.rho, "low": self.low, "high": self.high}

    def row(self) -> dict[str, Any]:
        """Return it as a row of a table."""
        word = say(f"productivity.validity.{self.of}")
        return self.record() | {"of_zh": word.zh, "of_en": word.en}


def agreements(context: Context, found: Survey) -> tuple[Agreement, ...]:
    """Return the agreement of levels in the last year and of changes since the first."""
    frame = validity_frame(context, found)
    return (
        agreement("level", frame["x"].to_numpy(), frame["y"].to_numpy()),
        agreement("change", frame["index_change"].to_numpy(), frame["tfp_change"].to_numpy()),
    )


def agreement(of: str, x: Floats, y: Floats, seed: int = 0) -> Agreement:
    """Return the rank correlation of two rows of numbers, NaN where missing.

    Examples
    --------
    >>> agreement("level", np.arange(8.0), np.arange(8.0) ** 2).rho
    1.0
    """
    there = np.isfinite(x) & np.isfinite(y)
    x, y = x[there], y[there]
    if x.size < FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return Agreement(of, x.size, None, None, None)
    drawn = np.random.default_rng(seed).integers(0, x.size, (DRAWS, x.size))
    with np.errstate(invalid="ignore", divide="ignore"):
        rhos = _spearman(x[drawn], y[drawn])
    low, high = np.nanquantile(rhos, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Agreement(of, x.size, float(_spearman(x[None], y[None])[0]), float(low), float(high))


TIED = 9
"""Decimals that tell two numbers apart: units on the frontier share a rank, whatever the last bits say."""


def _spearman(x: Floats, y: Floats) -> Floats:
    """Return the rank correlation of each pair of rows."""
    a, b = (rankdata(np.round(v, TIED), axis=1) - (v.shape[1] + 1) / 2 for v in (x, y))
    return np.asarray(np.sum(a * b, axis=1) / np.sqrt(np.sum(a * a, axis=1) * np.sum(b * b, axis=1)))
