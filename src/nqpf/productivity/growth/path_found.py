"""What is found of each series after a date: its own past carried on, or other units beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.productivity.growth.path_models import drift, trend
from nqpf.productivity.growth.path_synthetic import Beside, beside, critical, groups, p_values, ratios

Floats = NDArray[np.float64]
LEAST = 8
"""Fewest years before the date from which a path is continued."""
WEIGHTS: dict[str, Any] = {"unit": pl.String, "donor": pl.String, "weight": pl.Float64}


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What is known of one series in the H years after the date, ``float64[H]`` each, in logs."""

    actual: Floats
    expected: Floats
    low: Floats
    high: Floats
    p: Floats
    before: int
    fit: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Pane:
    """Logs ``float64[T, N]`` from the first year that counts, the years before the date, and who is asked about.

    `at` is the place, among the years after the date, of the one that is judged.
    """

    names: tuple[str, ...]
    y: Floats
    cut: int
    asked: NDArray[np.intp]
    at: int

    @property
    def whole(self) -> Floats:
        """Return the mean path of the units asked about, ``float64[T, 1]``: their mean growth added up."""
        steps = np.diff(self.y[:, self.asked], axis=0)
        there = ~np.isnan(steps)
        count = there.sum(axis=1)
        mean = np.divide(
            np.where(there, steps, 0.0).sum(axis=1), count, out=np.full(count.shape, np.nan), where=count > 0
        )
        return np.concatenate([[0.0], mean]).cumsum()[:, None]


Series = dict[str | None, Found | None]
Reasons = dict[str | None, str | None]


def own(pane: Pane, path: str, errors: str, level: float) -> tuple[Series, pl.DataFrame, Reasons]:
    """Return what each series' own years before the date lead to."""
    series: dict[str | None, Floats] = {pane.names[i]: pane.y[:, [i]] for i in pane.asked}
    if len(series) > 1:
        series[None] = pane.whole
    found: Series = dict.fromkeys(series)
    reasons: Reasons = {}
    shapes: dict[int, list[str | None]] = {}
    for name, y in series.items():
        before = int((~np.isnan(y[: pane.cut])).sum()) if not np.isnan(y[pane.cut - 1, 0]) else 0
        reasons[name] = "short" if before < LEAST else "absent" if np.isnan(y[pane.cut + pane.at, 0]) else None
        if reasons[name] is None:
            shapes.setdefault(before, []).append(name)
    ahead = len(pane.y) - pane.cut
    for before, names in shapes.items():  # series of one length go together
        y = np.concatenate([series[name] for name in names], axis=1)
        known = y[pane.cut - before : pane.cut]
        outlook = drift(known, ahead) if path == "drift" else trend(known, ahead, errors)
        actual, less = y[pane.cut :], outlook.below(y[pane.cut :])
        p = 2 * np.minimum(less, 1 - less)
        low, high = (outlook.quantile(share) for share in ((1 - level) / 2, (1 + level) / 2))
        for i, name in enumerate(names):
            parts = [x[:, i] for x in (actual, outlook.mean, low, high, p)]
            found[name] = Found(parts[0], parts[1], parts[2], parts[3], parts[4], before)
    return found, pl.DataFrame(schema=WEIGHTS), reasons


def synthetic(pane: Pane, level: float, draws: int, seed: int) -> tuple[Series, pl.DataFrame, Reasons]:
    """Return what other units lead to; where all are asked about, each stands beside all others in turn."""
    there = np.asarray(~np.isnan(pane.y).any(axis=0))
    reasons: Reasons = {pane.names[i]: None if there[i] and pane.cut >= LEAST else "short" for i in pane.asked}
    every = pane.asked.size == len(pane.names)
    units = np.array([i for i in pane.asked if reasons[pane.names[i]] is None], dtype=np.intp)
    pool = units if every else np.setdiff1d(np.flatnonzero(there), pane.asked)
    found: Series = dict.fromkeys(reasons)
    y, before = pane.y.T, pane.cut
    rows: list[tuple[str | None, str, float]] = []
    enough = pool.size - every >= 2 and pane.cut >= LEAST
    if enough:
        single = {i: beside(y[i], y[np.setdiff1d(pool, [i])], before) for i in np.union1d(pool, units)}
        for i in units:
            others = ratios([single[j] for j in pool if j != i], before)
            found[pane.names[i]] = _placed(single[i], y[i], others, before, level)
            donors = np.setdiff1d(pool, [i])
            rows += [(pane.names[i], pane.names[d], float(w)) for d, w in zip(donors, single[i].weights, strict=True)]
    reasons |= {name: "few_placebos" for name, why in reasons.items() if why is None and not enough}
    if len(reasons) > 1:
        size = units.size
        reasons[None] = "whole" if every else "few_placebos" if not enough or pool.size < size + 2 else None
        found[None] = None
        if reasons[None] is None and size:
            rng = np.random.default_rng(seed)
            sets = groups(pool.size, size, draws, rng)
            placebo = [beside(y[pool[s]].mean(axis=0), y[np.delete(pool, s)], before) for s in sets]
            mean = y[units].mean(axis=0)
            own = beside(mean, y[pool], before)
            found[None] = _placed(own, mean, ratios(placebo, before), before, level)
            rows += [(None, pane.names[d], float(w)) for d, w in zip(pool, own.weights, strict=True)]
    return found, pl.DataFrame(rows, schema=WEIGHTS, orient="row"), reasons


def _placed(own: Beside, series: Floats, placebo: Floats, before: int, level: float) -> Found:
    """Return a series among placebos."""
    reach = own.fit * critical(placebo, level)
    expected = (series - own.gap)[before:]
    p = p_values(ratios([own], before)[:, 0], placebo)
    return Found(series[before:], expected, expected - reach, expected + reach, p, before, own.fit)
