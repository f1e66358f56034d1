"""Bias and intervals of efficiencies: the smoothed bootstrap, and subsampling, which needs fewer assumptions.

Efficiency on an estimated frontier is too high: the frontier is drawn around the observations. Resampling them as they
are is inconsistent. Simar and Wilson (1998), doi:10.1287/mnsc.44.1.49, draw from a smoothed distribution;
Kneip, Simar and Wilson (2008), doi:10.1017/S0266466608080651, prove consistency of subsamples of m < n observations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import backend_of
from nqpf.numerics.programs import OPTIMAL
from nqpf.parallel import spread
from nqpf.productivity.frontier.directional import distance, farrell, radial_direction
from nqpf.productivity.frontier.quantities import Observed, Quantities
from nqpf.productivity.frontier.technology import Floats, Rts, Technology
from nqpf.productivity.inference.draws import bandwidth, check_seed, smooth_draw
from nqpf.results import Method, Note, TableResult

CHUNK = 50
"""Draws that one worker makes at a time: fixed, so that results do not depend on the number of workers."""
FEW = 0.95
"""Share of subsamples in which a unit must have a distance for its interval to be given."""


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """Distances δ ≥ 1 of n units and what resampling says of them, each ``float64[n]``; NaN where not known.

    Attributes
    ----------
    delta
        As estimated.
    bias
        Estimate of the bias of `delta`.
    se
        Standard deviation of the resampled distances.
    low, high
        Interval of the true distance.
    share
        Share of the draws in which the distance exists.
    """

    delta: Floats
    bias: Floats
    se: Floats
    low: Floats
    high: Floats
    share: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What a draw starts from: a technology, its observations, an orientation, and their distances δ ≥ 1."""

    technology: Technology
    quantities: Quantities
    orientation: str
    delta: Floats

    @classmethod
    def of(cls, technology: Technology, quantities: Quantities, orientation: str) -> Sample:
        """Return the observations with their distances to the frontier they span."""
        start = cls(technology, quantities, orientation, np.empty(0))
        delta = start.distances(quantities, np.arange(len(quantities)))
        return replace(start, delta=np.where(np.abs(delta - 1) < 1e-9, 1.0, delta))

    def distances(self, reference: Quantities, own: Any = None) -> Floats:
        """Return δ of the observations against other ones, NaN where there is none."""
        direction = radial_direction(self.quantities, self.orientation)
        found = distance(self.technology, reference, self.quantities, direction, own)
        score = farrell(found.beta, self.orientation)
        return np.where(found.status == OPTIMAL, 1.0 / score if self.orientation == "input" else score, np.nan)

    def projected(self, factor: Floats) -> Quantities:
        """Return the observations with inputs multiplied (or outputs divided) by ``float64[n]`` factors."""
        q = self.quantities
        if self.orientation == "input":
            return replace(q, x=q.x * factor[:, None])
        return replace(q, y=q.y / factor[:, None])


def _smoothed(sample: Sample, h: float, seeds: Sequence[np.random.SeedSequence]) -> Floats:
    """Return ``float64[len(seeds), n]`` distances to frontiers whose observations have drawn distances."""
    own = np.arange(len(sample.quantities))
    rows = []
    for seed in seeds:
        drawn = smooth_draw(sample.delta, h, np.random.default_rng(seed))
        rows.append(sample.distances(sample.projected(drawn / sample.delta), own))
    return np.array(rows)


def _subsampled(sample: Sample, size: int, seeds: Sequence[np.random.SeedSequence]) -> Floats:
    """Return ``float64[len(seeds), n]`` distances to frontiers of `size` of the observations."""
    n = len(sample.quantities)
    rows = []
    for seed in seeds:
        chosen = np.sort(np.random.default_rng(seed).choice(n, size, replace=False))
        own = np.full(n, -1)
        own[chosen] = np.arange(size)
        rows.append(sample.distances(sample.quantities[chosen], own))
    return np.array(rows)


def in_chunks(work: Any, draws: int, seed: np.random.SeedSequence, workers: int | None) -> Floats:
    """Return what `work` makes of the seeds of all draws, some draws at a time."""
    seeds = seed.spawn(draws)
    parts = spread(work, [seeds[i : i + CHUNK] for i in range(0, draws, CHUNK)], workers=workers)
    return np.concatenate(parts)


def smoothed(
    sample: Sample, h: float, draws: int, level: float, seed: np.random.SeedSequence, workers: int | None
) -> Resampled:
    """Return bias and intervals by the smoothed bootstrap: δ − δ* stands for the true distance − δ."""
    found = in_chunks(partial(_smoothed, sample, h), draws, seed, workers)
    tail = (1 - level) / 2
    low, high = sample.delta + np.quantile(sample.delta - found, [tail, 1 - tail], axis=0, method="normal_unbiased")
    bias = found.mean(axis=0) - sample.delta
    return Resampled(sample.delta, bias, found.std(axis=0, ddof=1), low, high, np.isfinite(found).mean(axis=0))


def subsampled(
    sample: Sample, size: int, draws: int, level: float, seed: np.random.SeedSequence, workers: int | None
) -> Resampled:
    """Return bias and intervals by subsampling: (m/n)^γ (δ*_m − δ) stands for δ − the true distance.

    γ is the rate of convergence: 2/(I + O + 1), or 2/(I + O) under constant returns.
    """
    q = sample.quantities
    n, k = len(q), q.x.shape[1] + q.y.shape[1]
    rate = 2 / (k if sample.technology.rts == "crs" else k + 1)
    found = in_chunks(partial(_subsampled, sample, size), draws, seed, workers)
    share = np.isfinite(found).mean(axis=0)
    moved = (size / n) ** rate * (sample.delta - found)
    moved[:, share < FEW] = 0.0
    tail = (1 - level) / 2
    low, high = sample.delta + np.nanquantile(moved, [tail, 1 - tail], axis=0, method="normal_unbiased")
    bias, se = -np.nanmean(moved, axis=0), np.nanstd(moved, axis=0, ddof=1)
    known = np.where(share < FEW, np.nan, 0.0)
    return Resampled(sample.delta, bias + known, se + known, low + known, high + known, share)


def bootstrap(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    unit: str | None = None,
    time: str | None = None,
    rts: Rts = "vrs",
    orientation: Literal["input", "output"] = "input",
    method: Literal["smoothed", "subsampling"] = "smoothed",
    draws: int = 2000,
    level: float = 0.95,
    h: float | None = None,
    exponent: float = 0.7,
    seed: int = 20240131,
    workers: int | None = None,
) -> TableResult:
    """Return radial efficiencies with their bias, standard errors and intervals; each year has its own frontier.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row an observation.
    inputs, outputs
        Columns of quantities, ≥ 0.
    unit, time
        Columns of units and years.
    rts, orientation
        As for `nqpf.productivity.dea`.
    method
        ``smoothed`` (Simar and Wilson 1998) or ``subsampling`` (Kneip, Simar and Wilson 2008).
    draws
        Number of draws, 100 at least.
    level
        Level of the intervals.
    h
        Bandwidth of ``smoothed``; default: see `nqpf.productivity.inference.draws.bandwidth`.
    exponent
        Of ``subsampling``: subsamples have n^exponent observations.
    seed
        Of everything random.
    workers
        As for `nqpf.parallel.spread`; results do not depend on it.

    Returns
    -------
    TableResult
        The keys with score (θ, or φ), corrected (without its bias), bias, se (of δ = 1/θ or φ), low, high (interval of
        the score), share (of draws in which it exists); null where fewer than 95 % of the subsamples give a distance.

    Raises
    ------
    DataError
        A column is absent, a cell empty or no number, a key twice.
    MethodError
        A quantity that is not positive; a year in which every unit is efficient, or with no more units than a
        subsample has.
    SpecError
        No such method; `draws`, `level`, `h`, `exponent` or `seed` out of range.

    References
    ----------
    Simar and Wilson (1998), doi:10.1287/mnsc.44.1.49; Kneip, Simar and Wilson (2008), doi:10.1017/S0266466608080651.

    Examples
    --------
    >>> data = {"u": ["a", "b", "c", "d"], "x": [2.0, 3.0, 6.0, 5.0], "y": [1.0, 3.0, 4.0, 2.0]}
    >>> bootstrap(data, ["x"], ["y"], unit="u", draws=200).frame["score"].round(3).to_list()
    [1.0, 1.0, 1.0, 0.5]
    """
    _check(method, orientation, draws, level, exponent, h)
    check_seed(seed)
    seen = Observed.of(data, inputs, outputs, (), unit, time)
    q = seen.quantities
    seen.refuse(~(q.all > 0), "bootstrap_not_positive", [*inputs, *outputs])
    roots = np.random.SeedSequence(seed).spawn(len(seen.periods))
    columns = {name: np.full(len(q), np.nan) for name in ("score", "corrected", "bias", "se", "low", "high", "share")}
    used: dict[Any, float] = {}
    notes: list[Note] = []
    for t, period in enumerate(seen.periods):
        rows = np.flatnonzero(seen.t == t)
        sample = Sample.of(Technology(rts), q[rows], orientation)
        if method == "smoothed":
            used[period] = bandwidth(sample.delta) if h is None else h
            found = smoothed(sample, used[period], draws, level, roots[t], workers)
        else:
            used[period] = max(2, round(rows.size**exponent))
            if used[period] >= rows.size:
                raise MethodError("bootstrap_few_rows", where=Where(period=period), count=rows.size)
            found = subsampled(sample, int(used[period]), draws, level, roots[t], workers)
        for name, values in _as_scores(found, orientation).items():
            columns[name][rows] = values
        notes += _notes(period, rows.size, len(inputs) + len(outputs), found)
    frame = seen.keys.with_columns(pl.Series(k, v) for k, v in columns.items()).fill_nan(None)
    what = "bandwidth" if method == "smoothed" else "size"
    options: dict[str, Any] = {
        "method": method,
        "rts": rts,
        "orientation": orientation,
        "draws": draws,
        "level": level,
        "seed": seed,
    }
    options |= {what: used if time else next(iter(used.values()))}
    return TableResult(frame, Method("inference.bootstrap", options), tuple(notes), backend_of(data))


def _check(method: str, orientation: str, draws: int, level: float, exponent: float, h: float | None) -> None:
    choose("method", method, ("smoothed", "subsampling"))
    choose("orientation", orientation, ("input", "output"))
    if draws < 100:
        raise SpecError("bootstrap_draws", where=Where(key="draws"), draws=draws)
    if h is not None and not 0 < h < np.inf:
        raise SpecError("bootstrap_bandwidth", where=Where(key="h"), value=h)
    for key, value in (("level", level), ("exponent", exponent)):
        if not 0 < value < 1:
            raise SpecError("bootstrap_range", where=Where(key=key), value=value)


def _as_scores(found: Resampled, orientation: str) -> dict[str, Floats]:
    """Return distances δ ≥ 1 as θ = 1/δ or φ = δ."""
    corrected = found.delta - found.bias
    if orientation == "output":
        ends = {"score": found.delta, "corrected": corrected, "low": found.low, "high": found.high}
    else:
        ends = {"score": 1 / found.delta, "corrected": 1 / corrected, "low": 1 / found.high, "high": 1 / found.low}
    return ends | {"bias": ends["score"] - ends["corrected"], "se": found.se, "share": found.share}


def _notes(period: int | None, units: int, dimensions: int, found: Resampled) -> list[Note]:
    notes = []
    year = "" if period is None else str(period)
    if units < 3 * dimensions:
        notes.append(Note("bootstrap_few_units", values={"year": year, "units": units, "dimensions": dimensions}))
    lost = int((found.share < FEW).sum())
    if lost:
        notes.append(Note("bootstrap_infeasible", values={"year": year, "count": lost, "share": 100 * FEW}))
    return notes
