"""Kernel density of a value, year by year on one grid: the shape of a distribution and how it changes.

Silverman (1986), doi:10.1201/9781315140919; reflection at the ends of a scale by Schuster (1985),
doi:10.1080/03610928508828965; bandwidths in `nqpf.numerics.density`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, groups_of, numbers
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.numerics.density import (
    REACH,
    Kernel,
    density,
    improved_sheather_jones,
    moments,
    rule_of_thumb,
    trapezoid_weights,
)
from nqpf.regions.distribution.classes import whole
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Bandwidth = Literal["silverman", "scott", "isj"]

FACTORS = {"silverman": 0.9, "scott": 1.06}
FEW_VALUES = 20
TAIL = 5.0
"""Bandwidths by which the grid goes beyond the values; a Gaussian kernel has less than a millionth outside."""
LOW_MODE = 0.01
"""Share of the highest point below which a maximum is not counted."""
WHOLE = 1e-3
"""How far an integral may be from 1 before it is remarked."""


@dataclass(frozen=True, slots=True, eq=False)
class KernelDensity(Result):
    """Densities on one grid.

    Attributes
    ----------
    frame
        The column of years (if there is one), x, density: a row for each point of the grid, years rising.
    summary
        A row for each year: bandwidth (standard deviation of the kernel), n, mean, sd, modes (maxima of at least 1 % of
        the highest), integral (of the density over the grid: 1, unless the grid is too short or too coarse).
    modes
        The maxima: the column of years, x, density.
    method, notes, backend
        How they came about, remarks, and the library of the table that was given.
    """

    frame: pl.DataFrame
    summary: pl.DataFrame
    modes: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the densities as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """Values of a year with weights that sum to 1, and the bandwidth."""

    key: Any
    values: Floats
    weights: Floats
    bandwidth: float


def kernel_density(
    data: Any,
    value: str,
    *,
    by: str | None = None,
    weight: str | None = None,
    kernel: Kernel = "gaussian",
    bandwidth: Bandwidth | float = "silverman",
    lower: float | None = None,
    upper: float | None = None,
    points: int | Sequence[float] = 512,
) -> KernelDensity:
    """Estimate the density of a value, each year apart.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `value` without holes.
    value
        Column whose density is estimated.
    by
        Column of years; default all rows together. All years share one grid.
    weight
        Column of weights, none below zero (e.g. population); default equal.
    kernel
        ``gaussian`` or ``epanechnikov``, both of standard deviation 1, so that a bandwidth smooths alike in both.
    bandwidth
        ``silverman``: 0.9 · min(sd, IQR / 1.34) · n^(−1/5). ``scott``: the same with 1.06. ``isj``: improved
        Sheather–Jones, which does not presume one hump and so suits distributions with several. Or a number.
    lower, upper
        Ends of the scale of the value (e.g. 0 and 1 for an index): what the kernel puts beyond them is turned back.
    points
        Number of points of the grid, or the rising points themselves.

    Returns
    -------
    KernelDensity

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    SpecError
        No such word; a bandwidth or points that make no sense; `lower` not below `upper`.
    MethodError
        A missing value; a negative weight; values beyond `lower` or `upper`; all values equal and no bandwidth
        given; no bandwidth by ``isj``.

    References
    ----------
    Silverman (1986), doi:10.1201/9781315140919. Botev, Grotowski and Kroese (2010), doi:10.1214/10-AOS799.

    Examples
    --------
    >>> found = kernel_density({"x": [0.0, 1.0, 2.0, 9.0]}, "x")
    >>> found.summary.select("n", "mean", "modes").rows()
    [(4, 3.0, 2)]
    """
    choose("kernel", kernel, get_args(Kernel))
    _check_bandwidth(bandwidth)
    if lower is not None and upper is not None and not lower < upper:
        expected = say("distribution.below", value=upper)
        raise SpecError("bad_value", where=Where(key="lower"), value=lower, expected=expected)
    if by in ("x", "density"):
        raise SpecError("bad_value", where=Where(key="by"), value=by, expected=say("distribution.other_name"))
    samples = _samples(data, value, by, weight, bandwidth, (lower, upper))
    grid = _grid(samples, kernel, (lower, upper), points)
    heights = [density(grid, s.values, s.weights, s.bandwidth, kernel, lower, upper) for s in samples]
    peaks = [modes_of(h, lower is not None, upper is not None) for h in heights]
    summary = _summary(samples, grid, heights, peaks)
    keys = [s.key for s in samples]
    heights_of = pl.DataFrame({"x": np.tile(grid, len(samples)), "density": np.concatenate(heights)})
    high = np.concatenate([h[p] for h, p in zip(heights, peaks, strict=True)])
    modes = pl.DataFrame({"x": grid[np.concatenate(peaks)], "density": high})
    options = {
        "kernel": kernel, "bandwidth": bandwidth, "lower": lower, "upper": upper, "weight": weight,
        "points": points if isinstance(points, int) else grid.size,
    }  # fmt: skip
    return KernelDensity(
        _under(by, keys, [grid.size] * len(keys), heights_of),
        _under(by, keys, [1] * len(keys), summary),
        _under(by, keys, [len(p) for p in peaks], modes),
        Method("regions.kernel_density", options),
        tuple(_notes(samples, summary)),
        backend_of(data),
    )


def _under(by: str | None, keys: list[Any], rows: list[int], frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table with the year of each row first, where there are years."""
    if by is None:
        return frame
    years = [key for key, count in zip(keys, rows, strict=True) for _ in range(count)]
    return frame.insert_column(0, pl.Series(by, years))


def _check_bandwidth(bandwidth: object) -> None:
    if isinstance(bandwidth, str):
        choose("bandwidth", bandwidth, get_args(Bandwidth))
    elif not (isinstance(bandwidth, int | float) and np.isfinite(bandwidth) and bandwidth > 0):
        expected = say("distribution.positive")
        raise SpecError("bad_value", where=Where(key="bandwidth"), value=bandwidth, expected=expected)


def _samples(
    data: Any,
    value: str,
    by: str | None,
    weight: str | None,
    bandwidth: Bandwidth | float,
    ends: tuple[float | None, float | None],
) -> list[_Sample]:
    """Return the values of each year, years rising, with what is wrong with them said."""
    columns = [value, *([weight] if weight else [])]
    frame, found = numbers(data, columns, by)
    missing = np.argwhere(np.isnan(found))
    if missing.size:
        row, column = (int(i) for i in missing[0])
        raise MethodError("missing_in_table", row=row + 1, column=columns[column])
    x, w = found[:, 0], found[:, 1] if weight else np.ones(len(found))
    if (w < 0).any():
        row = int(np.argmax(w < 0))
        raise MethodError("distribution_weight", where=Where(row=row + 1, indicator=weight), value=float(w[row]))
    for end, sign in zip(ends, (1, -1), strict=True):
        if end is not None and (sign * (x - end) < 0).any():
            row = int(np.argmax(sign * (x - end) < 0))
            where = Where(row=row + 1, indicator=value)
            raise MethodError("distribution_beyond", where=where, value=float(x[row]), end=end)
    groups = sorted(groups_of(frame, by), key=lambda group: group[0]) if by else groups_of(frame, by)
    return [_sample(key, x[rows], w[rows], value, bandwidth, ends) for key, rows in groups]


def _sample(
    key: Any,
    x: Floats,
    w: Floats,
    column: str,
    bandwidth: Bandwidth | float,
    ends: tuple[float | None, float | None],
) -> _Sample:
    where = Where(indicator=column, period=key)
    x, w = x[w > 0], w[w > 0]
    if not x.size:
        raise MethodError("distribution_weightless", where=where)
    w = w / w.sum()
    if not isinstance(bandwidth, str):
        return _Sample(key, x, w, float(bandwidth))
    if x.min() == x.max():
        raise MethodError("distribution_all_equal", where=where, count=x.size)
    if bandwidth != "isj":
        return _Sample(key, x, w, rule_of_thumb(x, w, FACTORS[bandwidth]))
    found = improved_sheather_jones(x, w, *ends)
    if np.isnan(found):
        raise MethodError("distribution_isj", where=where, count=x.size)
    return _Sample(key, x, w, found)


def _grid(
    samples: list[_Sample], kernel: Kernel, ends: tuple[float | None, float | None], points: int | Sequence[float]
) -> Floats:
    """Return the given points, or evenly spaced ones from end to end of the scale or of the kernels."""
    if not isinstance(points, int):
        given = np.asarray(points, dtype=np.float64)
        rising = given.ndim == 1 and given.size > 1 and np.isfinite(given).all() and bool((np.diff(given) > 0).all())
        low, high = (-np.inf if ends[0] is None else ends[0]), (np.inf if ends[1] is None else ends[1])
        if not rising or given[0] < low or given[-1] > high:
            expected = say("distribution.rising")
            raise SpecError("bad_value", where=Where(key="points"), value=listing(points), expected=expected)
        return given
    reach = min(TAIL, REACH[kernel])
    low = min(s.values.min() - reach * s.bandwidth for s in samples) if ends[0] is None else ends[0]
    high = max(s.values.max() + reach * s.bandwidth for s in samples) if ends[1] is None else ends[1]
    return np.linspace(low, high, whole("points", points, 50))


def modes_of(heights: Floats, at_start: bool, at_end: bool) -> NDArray[np.intp]:
    """Return the places of the maxima of a density, a flat one by its first point.

    Parameters
    ----------
    heights
        ``float64[G]``.
    at_start, at_end
        Whether an end of the grid is an end of the scale, where a maximum counts too.
    """
    first = np.flatnonzero(np.insert(np.diff(heights) != 0, 0, True))  # one point for each flat stretch
    level = heights[first]
    before = np.insert(level[:-1], 0, -np.inf if at_start else np.inf)
    after = np.append(level[1:], -np.inf if at_end else np.inf)
    found: NDArray[np.intp] = first[(level > before) & (level > after) & (level >= LOW_MODE * heights.max())]
    return found


def _summary(
    samples: list[_Sample], grid: Floats, heights: list[Floats], peaks: list[NDArray[np.intp]]
) -> pl.DataFrame:
    area = trapezoid_weights(grid)
    rows = [
        {
            "bandwidth": s.bandwidth,
            "n": s.values.size,
            "mean": (found := moments(s.values, s.weights))[0],
            "sd": found[1],
            "modes": len(peak),
            "integral": float(area @ height),
        }
        for s, height, peak in zip(samples, heights, peaks, strict=True)
    ]
    return pl.DataFrame(rows).with_columns(pl.col("sd").fill_nan(None))


def _notes(samples: list[_Sample], summary: pl.DataFrame) -> list[Note]:
    notes = []
    few = [s for s in samples if s.values.size < FEW_VALUES]
    if few:
        values = {"least": FEW_VALUES, "count": min(s.values.size for s in few), "years": _years(few)}
        notes.append(Note("density_few", "warning", values))
    short = [s for s, total in zip(samples, summary["integral"], strict=True) if abs(total - 1) > WHOLE]
    if short:
        worst = max(summary["integral"].to_list(), key=lambda total: abs(total - 1))
        notes.append(Note("density_integral", "warning", {"years": _years(short), "integral": worst}))
    return notes


def _years(samples: list[_Sample]) -> Any:
    return say("word.all") if samples[0].key is None else listing(s.key for s in samples)
