"""Density of where units will be given where they are (or where their neighbours are), and where that leads.

Quah (1996), doi:10.2307/2235377, on stochastic kernels; bandwidths by likelihood from Hall, Racine and Li
(2004), doi:10.1198/016214504000000548. What kernels put beyond the grid is turned back, so that every row is a density.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.numerics.density import conditional, likelihood_bandwidths, rule_of_thumb, trapezoid_weights
from nqpf.numerics.transitions import classify, quantile_cuts, stationary
from nqpf.regions.distribution.classes import general_notes, moving, whole
from nqpf.regions.distribution.neighbours import lagged
from nqpf.regions.space.weights import Weights
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Rule = Literal["silverman", "likelihood"]
Status = Literal["determined", "separate", "leaks", "conditioned"]

NEAR = float(np.exp(-0.5 * 3**2))
"""A row is undetermined where no value lies within three bandwidths."""
LEAK = 0.01
"""Share of a row that may lie where nothing is known before the long run is given up."""
SETTLED = 1 - 1e-6
"""Second eigenvalue above which a chain falls into parts."""
MOST_PAIRS = 2500
"""Pairs up to which bandwidths by likelihood are searched for; the work grows with their square."""
WHOLE = 1e-3
LOST: dict[Status, str] = {"leaks": "density_leaks", "separate": "density_separate"}
"""What is said where there is no long run."""


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalDensity(Result):
    """Density of the value after `horizon` years given the value (or its spatial lag) now.

    Attributes
    ----------
    frame
        x (now), y (later), density: a row for each pair of points; null where nothing is known of x.
    rows
        A row for each x: near (how many values speak for it), integral of its density over y, and the mean and sd of y.
    ergodic
        x, density in the long run if the moves stay what they were; null where `status` is not ``determined``.
    summary
        One row: n (moves), bandwidth_x, bandwidth_y, half_life (years until half of a distance from the long run is
        gone; null where there is none), undetermined (points x of which nothing is known).
    status
        ``determined``. ``separate``: the distribution falls into parts between which nothing moves. ``leaks``: moves
        lead to where nothing is known. ``conditioned``: x is the neighbours' value, so there is no long run.
    method, notes, backend
        How they came about, remarks, and the library of the table that was given.
    """

    frame: pl.DataFrame
    rows: pl.DataFrame
    ergodic: pl.DataFrame
    summary: pl.DataFrame
    status: Status
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the densities as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


@dataclass(frozen=True, slots=True, eq=False)
class _LongRun:
    """Density in the long run ``float64[G]``, steps until half of a distance is gone, and what came of it."""

    density: Floats
    half_life: float
    status: Status


def conditional_density(
    data: Any,
    value: str,
    *,
    unit: str,
    time: str,
    horizon: int = 1,
    relative: bool = False,
    weights: Weights | None = None,
    bandwidth: Rule | float | tuple[float, float] = "silverman",
    lower: float | None = None,
    upper: float | None = None,
    points: int = 100,
) -> ConditionalDensity:
    """Estimate the density of a value `horizon` years on, given where it is now.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: one row for each unit and year. A move is used where the unit has a value at
        its start and at its end.
    value, unit, time
        Columns of the value, the units and the years.
    horizon
        Years from now to later; 0 (only with `weights`): the value beside its neighbours' in the same year.
    relative
        Divide by the mean of each year, which takes a common trend away.
    weights
        Condition on the neighbours' value (spatial lag) instead of the unit's own.
    bandwidth
        ``silverman``: min(sd, IQR / 1.34) · n^(−1/6) of each variable, the rule for two; it smooths much where values
        move little. ``likelihood``: those under which each move is likeliest given all others (at most 2,500 moves).
        Or a number, or one for x and one for y.
    lower, upper
        Ends of the grid; default the least and the largest value among the moves.
    points
        Points of the grid in each direction.

    Returns
    -------
    ConditionalDensity

    Raises
    ------
    DataError
        A column is absent, a cell holds no number, a unit has a year twice or no weights.
    SpecError
        No such word; a bandwidth, number of points or horizon that makes no sense; ``likelihood`` with too many moves.
    MethodError
        All values equal; no two years `horizon` apart; a year's mean not above zero; a unit without a neighbour;
        values beyond `lower` or `upper`.

    References
    ----------
    Quah (1996), doi:10.2307/2235377. Hall, Racine and Li (2004), doi:10.1198/016214504000000548.

    Examples
    --------
    >>> table = {"unit": list("aabbcc"), "year": [2020, 2021] * 3, "x": [1.0, 2.0, 2.0, 3.0, 3.0, 1.5]}
    >>> found = conditional_density(table, "x", unit="unit", time="year")
    >>> found.rows["integral"].round(9).unique().to_list()
    [1.0]
    """
    size = whole("points", points, 20)
    moved = moving(data, value, unit, time, horizon=horizon, relative=relative, least=1 if weights is None else 0)
    now = moved.start
    notes: list[Note] = []
    if weights is not None:
        weights, lag, notes = lagged(moved.values, moved.keyed.units, weights)
        now = lag[: len(moved.start)]
    there = np.isfinite(now) & np.isfinite(moved.end)
    x, y = now[there], moved.end[there]
    if x.size < 2 or x.min() == x.max() or y.min() == y.max():
        raise MethodError("distribution_all_equal", where=Where(indicator=value), count=x.size)
    widths = _bandwidths(x, y, bandwidth)
    grids = _grids(x, y, weights is not None, (lower, upper), size, value)
    found, spoken = conditional(*grids, x, y, widths)
    area = trapezoid_weights(grids[1])
    raw = found @ area
    density = np.where((spoken >= NEAR)[:, None], found / raw[:, None], np.nan)
    run = _no_run(size) if weights is not None else _long_run(density, area)
    of = classify(moved.values, cuts := quantile_cuts(moved.values.reshape(1, -1), 4))
    notes = notes + general_notes(moved, cuts, of) + _notes(density, raw, run)
    step = float((y - x).std())
    if weights is None and widths[1] > step:
        notes.append(Note("density_oversmoothed", "warning", {"bandwidth": widths[1], "step": step}))
    options = {
        "horizon": horizon, "relative": relative, "bandwidth": bandwidth, "lower": lower, "upper": upper,
        "points": size, "weights": None if weights is None else dict(weights.method.options),
    }  # fmt: skip
    return ConditionalDensity(
        _frame(grids, density),
        _rows(grids, density, area, spoken),
        pl.DataFrame({"x": grids[1], "density": run.density}, nan_to_null=True),
        _summary(x.size, widths, run, horizon, int(np.isnan(density).any(axis=1).sum())),
        run.status,
        Method("regions.conditional_density", options),
        tuple(notes),
        backend_of(data),
    )


def _bandwidths(x: Floats, y: Floats, bandwidth: Rule | float | tuple[float, float]) -> tuple[float, float]:
    """Return the bandwidths of x and y, given or found."""
    if not isinstance(bandwidth, str):
        given = np.ravel(np.asarray(bandwidth, dtype=np.float64))
        if not (given.size in (1, 2) and np.isfinite(given).all() and (given > 0).all()):
            expected = say("distribution.positive_two")
            raise SpecError("bad_value", where=Where(key="bandwidth"), value=bandwidth, expected=expected)
        return float(given[0]), float(given[-1])
    choose("bandwidth", bandwidth, get_args(Rule))
    equal = np.full(x.size, 1 / x.size)
    thumb = rule_of_thumb(x, equal, 1.0, 1 / 6), rule_of_thumb(y, equal, 1.0, 1 / 6)
    if bandwidth == "silverman":
        return thumb
    if x.size > MOST_PAIRS:
        raise SpecError("distribution_too_many", where=Where(key="bandwidth"), count=x.size, most=MOST_PAIRS)
    return likelihood_bandwidths(x, y, thumb)


def _grids(
    x: Floats, y: Floats, lagged_x: bool, ends: tuple[float | None, float | None], size: int, column: str
) -> tuple[Floats, Floats]:
    """Return the grids of x and y: one for both, unless x is the neighbours' value."""
    values = y if lagged_x else np.concatenate([x, y])
    least, most = float(values.min()), float(values.max())
    low, high = (least if ends[0] is None else ends[0]), (most if ends[1] is None else ends[1])
    for value, end, beyond in ((least, low, least < low), (most, high, most > high)):
        if beyond:
            raise MethodError("distribution_beyond", where=Where(indicator=column), value=value, end=end)
    grid = np.linspace(low, high, size)
    return (np.linspace(x.min(), x.max(), size) if lagged_x else grid), grid


def _long_run(density: Floats, area: Floats) -> _LongRun:
    """Return the density that moves keep, over the points of which something is known."""
    known = np.isfinite(density).all(axis=1)
    p = density[known] * area
    inside = p[:, known].sum(axis=1)
    if inside.min() < 1 - LEAK:
        return _no_run(len(area), "leaks")
    p = p[:, known] / inside[:, None]
    second = float(np.sort(np.abs(np.linalg.eigvals(p)))[-2])
    if second > SETTLED:
        return _no_run(len(area), "separate")
    found = np.zeros(len(area))
    found[known] = np.maximum(stationary(p), 0.0) / area[known]
    return _LongRun(found / (found @ area), float(np.log(2) / -np.log(second)) if second > 0 else 0.0, "determined")


def _no_run(size: int, status: Status = "conditioned") -> _LongRun:
    return _LongRun(np.full(size, np.nan), np.nan, status)


def _frame(grids: tuple[Floats, Floats], density: Floats) -> pl.DataFrame:
    x, y = np.repeat(grids[0], grids[1].size), np.tile(grids[1], grids[0].size)
    return pl.DataFrame({"x": x, "y": y, "density": density.ravel()}, nan_to_null=True)


def _rows(grids: tuple[Floats, Floats], density: Floats, area: Floats, near: Floats) -> pl.DataFrame:
    share = density * area
    mean = share @ grids[1]
    spread = np.sqrt((share * (grids[1] - mean[:, None]) ** 2).sum(axis=1))
    columns = {"x": grids[0], "near": near, "integral": share.sum(axis=1), "mean": mean, "sd": spread}
    return pl.DataFrame(columns, nan_to_null=True)


def _summary(n: int, widths: tuple[float, float], run: _LongRun, horizon: int, undetermined: int) -> pl.DataFrame:
    columns = {
        "n": [n],
        "bandwidth_x": [widths[0]],
        "bandwidth_y": [widths[1]],
        "half_life": np.array([run.half_life * horizon]),
        "undetermined": [undetermined],
    }
    return pl.DataFrame(columns, nan_to_null=True)


def _notes(density: Floats, raw: Floats, run: _LongRun) -> list[Note]:
    notes = []
    unknown = int(np.isnan(density).any(axis=1).sum())
    if unknown:
        notes.append(Note("density_undetermined", "warning", {"points": unknown, "of": len(density)}))
    if run.status in LOST:
        notes.append(Note(LOST[run.status], "warning"))
    off = float(np.nanmax(np.abs(raw - 1)))
    if off > WHOLE:
        notes.append(Note("density_coarse", "warning", {"off": off}))
    return notes
