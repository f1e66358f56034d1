"""Gain and distribution judged together: what units gained in efficiency, and whether inequality narrowed or widened.

Two changes from the first year to the last and the quadrant they fall in; shares of units with an interval (Wilson
1927, doi:10.1080/01621459.1927.10502953, or draws of units), and the correlation of both changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from nqpf.columns import choose
from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.numerics.resample import turns
from nqpf.regions.panels.regression import check_level, check_number
from nqpf.regions.panels.sample import Sample
from nqpf.regions.systems.sides import keyed_table
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Change = Literal["log", "difference"]
Interval = Literal["wilson", "bootstrap"]
QUADRANTS = ("gain_narrowing", "gain_widening", "loss_narrowing", "loss_widening", "still")
"""Efficiency rose or fell, inequality fell or rose; one of the two did not change."""
FEW = 10
"""Units below which shares of quadrants say little."""


@dataclass(frozen=True, slots=True, eq=False)
class JointGain(Result):
    """What units gained, and how it is distributed.

    Attributes
    ----------
    frame
        Unit (and its group), ``efficiency_start``, ``efficiency_end``, ``gain``, ``inequality_start``,
        ``inequality_end``, ``widening`` (below zero where inequality narrowed), ``quadrant``: ``gain_narrowing``,
        ``gain_widening``, ``loss_narrowing``, ``loss_widening``, ``still`` (one of the two did not change).
    shares
        A row for each quadrant, and for each group and quadrant: ``group`` (null: all units), ``quadrant``, ``units``,
        ``of``, ``share``, ``low``, ``high``.
    together
        One row: ``correlation`` of gain and widening over units (null where one is the same everywhere) with ``low``,
        ``high`` from draws of units, mean ``gain`` and ``widening``, ``units``, ``start``, ``end``.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    shares: pl.DataFrame
    together: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def joint_gain(
    data: Any,
    efficiency: str,
    inequality: str,
    *,
    unit: str,
    time: str,
    start: int | None = None,
    end: int | None = None,
    change: Change = "log",
    group: str | None = None,
    tolerance: float = 0.0,
    interval: Interval = "wilson",
    level: float = 0.95,
    draws: int = 499,
    seed: int = 0,
) -> JointGain:
    """Set each unit's gain in efficiency beside its change in inequality.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year.
    efficiency
        Column of efficiency: productivity, income a head, an index; the higher the better.
    inequality
        Column of inequality within the unit: a Gini or Theil index, a ratio of incomes; the lower the better.
    unit, time
        Columns of units and years.
    start, end
        First and last year; default: those of the table. Units without both are an error.
    change
        Gain as a difference of logarithms (``log``), or as a plain ``difference``. Inequality is always subtracted.
    group
        Column of groups (blocs), whose shares are counted too; a unit has one group in both years.
    tolerance
        Changes of this size or less, in either, are none.
    interval
        Of shares: ``wilson`` as of independent units, which has a length also where nobody is; ``bootstrap``: draws of
        units, or of whole groups where there is a `group`.
    level
        Of intervals.
    draws, seed
        Draws of the bootstrap, and their seed.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, a cell is empty, a unit lacks one of the years or changes its
        group, or two rows have the same unit and year.
    SpecError
        No such option or year, or start is not before end.
    MethodError
        A logarithm of what is not positive.

    References
    ----------
    Wilson (1927). Probable inference, the law of succession, and statistical inference.
    doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> table = {"city": ["a", "b", "a", "b"], "year": [2012, 2012, 2022, 2022],
    ...          "tfp": [1.0, 1.0, 1.2, 1.1], "gini": [0.40, 0.30, 0.35, 0.33]}
    >>> joint_gain(table, "tfp", "gini", unit="city", time="year").frame["quadrant"].to_list()
    ['gain_narrowing', 'gain_widening']
    """
    choose("change", change, get_args(Change))
    choose("interval", interval, get_args(Interval))
    check_level(level)
    check_number("draws", draws, isinstance(draws, int) and draws >= 2, "two_or_more")
    if isinstance(tolerance, bool) or not 0 <= tolerance < np.inf:
        raise SpecError("bad_value", where=Where(key="tolerance"), value=tolerance, expected=say("inequality.from_0"))
    sample = Sample.of(data, [efficiency, inequality], unit=unit, time=time, missing="raise")
    first, last = ends_of(sample.years, start, end)
    before, after = _ends(sample, first, last)
    sides = sample.values[np.stack([before, after])]
    gain = _gain(sample, sides[:, :, 0], change, efficiency, (before, after))
    widening = sides[1, :, 1] - sides[0, :, 1]
    code = _quadrants(gain, widening, tolerance)
    groups = _groups(sample, group, before, after) if group else None
    weights = turns(len(sample.units), draws, np.random.default_rng(seed))
    frame = keyed_table(
        {"unit": (unit, sample.units), **({"group": (group, groups[1])} if group and groups else {})},
        {
            "efficiency_start": sides[0, :, 0],
            "efficiency_end": sides[1, :, 0],
            "gain": gain,
            "inequality_start": sides[0, :, 1],
            "inequality_end": sides[1, :, 1],
            "widening": widening,
            "quadrant": [QUADRANTS[k] for k in code],
        },
    )
    options = {
        "efficiency": efficiency, "inequality": inequality, "start": first, "end": last, "change": change,
        "group": group, "tolerance": tolerance, "interval": interval, "level": level, "draws": draws, "seed": seed,
    }  # fmt: skip
    shares = _shares(code, groups, interval, level, draws, seed)
    together = _together(gain, widening, weights, level).with_columns(start=pl.lit(first), end=pl.lit(last))
    notes = [Note("joint_gain_no_cause", "info")]
    if len(sample.units) < FEW:
        notes.append(Note("joint_gain_few", "warning", {"units": len(sample.units), "least": FEW}))
    method = Method("regions.joint_gain", options)
    return JointGain(frame, shares, together, method, tuple(notes), backend_of(data))


def ends_of(years: tuple[int, ...], start: int | None, end: int | None) -> tuple[int, int]:
    """Return first and last year; a SpecError where there is no such year or one is not before the other."""
    for key, year in (("start", start), ("end", end)):
        if year is not None and year not in years:
            raise SpecError("convergence_no_year", where=Where(key=key), year=year, years=listing(years, 30))
    first, last = years[0] if start is None else start, years[-1] if end is None else end
    if first >= last:
        raise SpecError("joint_gain_years", where=Where(key="end"), start=first, end=last)
    return first, last


def _ends(sample: Sample, first: int, last: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return each unit's row of the first and of the last year."""
    found = []
    for year in (first, last):
        rows = np.flatnonzero(np.array(sample.years)[sample.time] == year)
        absent = np.setdiff1d(np.arange(len(sample.units)), sample.unit[rows])
        if absent.size:
            where = Where(unit=sample.units[absent[0]], period=year)
            raise DataError("joint_gain_absent", where=where, units=listing(sample.units[n] for n in absent))
        found.append(rows)
    return found[0], found[1]


def _gain(
    sample: Sample, levels: Floats, change: str, column: str, rows: tuple[NDArray[np.intp], NDArray[np.intp]]
) -> Floats:
    """Return the change of efficiency ``float64[N]`` from levels ``float64[2, N]``."""
    if change == "difference":
        return np.asarray(levels[1] - levels[0])
    if (levels <= 0).any():
        end, n = (int(at) for at in np.argwhere(levels <= 0)[0])
        where = Where(unit=sample.units[n], period=sample.years[sample.time[rows[end][n]]], indicator=column)
        raise MethodError("joint_gain_not_positive", where=where, value=float(levels[end, n]))
    return np.asarray(np.log(levels[1]) - np.log(levels[0]))


def _quadrants(gain: Floats, widening: Floats, tolerance: float) -> NDArray[np.intp]:
    moved = (np.abs(gain) > tolerance) & (np.abs(widening) > tolerance)
    return np.where(moved, 2 * (gain < 0) + (widening > 0), 4).astype(np.intp)


def _groups(
    sample: Sample, group: str, before: NDArray[np.intp], after: NDArray[np.intp]
) -> tuple[NDArray[np.intp], list[str]]:
    """Return each unit's group as a number and by name."""
    code, names = sample.grouping(group)
    if (code[before] != code[after]).any():
        n = int(np.flatnonzero(code[before] != code[after])[0])
        raise DataError("joint_gain_group", where=Where(unit=sample.units[n], indicator=group))
    return code[before], [names[k] for k in code[before]]


def _shares(
    code: NDArray[np.intp],
    groups: tuple[NDArray[np.intp], list[str]] | None,
    interval: str,
    level: float,
    draws: int,
    seed: int,
) -> pl.DataFrame:
    """Return how many units stand in each quadrant, of all and by group."""
    cluster = groups[0] if groups else np.arange(code.size)
    drawn = turns(int(cluster.max()) + 1, draws, np.random.default_rng(seed))[:, cluster]
    names = sorted(set(groups[1])) if groups else []
    parts: list[tuple[str | None, NDArray[np.bool_]]] = [(None, np.ones(code.size, dtype=bool))]
    parts += [(name, np.array([own == name for own in groups[1]])) for name in names] if groups else []

    def rows() -> Iterator[tuple[str | None, str, int, int, float, float | None, float | None]]:
        for name, mine in parts:
            for k, word in enumerate(QUADRANTS):
                count, of = int((code[mine] == k).sum()), int(mine.sum())
                low, high = wilson(count, of, level)
                if interval == "bootstrap":
                    # of a single group nothing is left to draw: its units are drawn instead
                    weights = drawn if name is None else turns(of, draws, np.random.default_rng(seed))
                    share = weights @ (code[mine] == k) / weights.sum(axis=1)
                    low, high = np.quantile(share, [(1 - level) / 2, (1 + level) / 2]).tolist()
                yield name, word, count, of, count / of, low, high

    schema = {"group": pl.String, "quadrant": pl.String, "units": pl.Int64, "of": pl.Int64}
    return pl.DataFrame(list(rows()), schema=schema | dict.fromkeys(("share", "low", "high"), pl.Float64), orient="row")


def wilson(count: int, of: int, level: float) -> tuple[float, float]:
    """Return the interval of a share of independent units (Wilson 1927).

    Examples
    --------
    >>> [round(end, 4) for end in wilson(0, 10, 0.95)]
    [0.0, 0.2775]
    """
    z2 = float(special.ndtri((1 + level) / 2)) ** 2
    share = count / of
    middle, reach = share + z2 / (2 * of), np.sqrt(z2 * (share * (1 - share) / of + z2 / (4 * of**2)))
    scale = 1 + z2 / of
    return max(0.0, float((middle - reach) / scale)), min(1.0, float((middle + reach) / scale))


def _together(gain: Floats, widening: Floats, weights: Floats, level: float) -> pl.DataFrame:
    """Return the correlation of both changes with its interval, and their means."""
    whole = np.vstack([np.ones(gain.size), weights]) / gain.size
    both = np.stack([gain - gain.mean(), widening - widening.mean()])
    means = whole @ both.T
    xx, yy, xy = (whole @ (both[i] * both[j]) - means[:, i] * means[:, j] for i, j in ((0, 0), (1, 1), (0, 1)))
    floor = 1e-24 * np.array([(gain**2).mean(), (widening**2).mean()])
    told = (xx > floor[0]) & (yy > floor[1])
    r = np.divide(xy, np.sqrt(np.where(told, xx * yy, 1.0)), out=np.full(len(xy), np.nan), where=told)
    drawn = r[1:][told[1:]]
    ends = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]).tolist() if told[0] and drawn.size > 1 else [None] * 2
    row = (float(r[0]) if told[0] else None, *ends, float(gain.mean()), float(widening.mean()), gain.size)
    schema = dict.fromkeys(("correlation", "low", "high", "gain", "widening"), pl.Float64) | {"units": pl.Int64}
    return pl.DataFrame([row], schema=schema, orient="row")
