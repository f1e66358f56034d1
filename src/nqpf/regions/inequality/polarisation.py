"""Polarisation: how far a distribution falls apart into a low and a high half, or into groups.

Wolfson (1994, American Economic Review 84(2), 353–358) measures the distance of the Lorenz curve from its tangent at
the median; Esteban and Ray (1994, doi:10.2307/2951734) the distance between groups that feel as one, from which
Esteban, Gradín and Ray (2007, doi:10.1007/s10888-006-9032-x) take what groups differ within.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import backend_of
from nqpf.messages import say
from nqpf.regions.inequality.differences import Sample, distances, pair_sum
from nqpf.regions.inequality.rows import Floats, Rows, Year
from nqpf.results import Method, TableResult

Index = Literal["wolfson", "esteban_ray", "esteban_gradin_ray"]
Lorenz = Literal["interpolated", "counted"]

MOST_ALPHA = 1.6
"""Beyond it the index of Esteban and Ray breaks its own axioms."""
ROUNDING = 1e-12
"""Part of all weight by which a running sum may miss the half and still be the half."""


def polarisation(
    data: Any,
    value: str,
    *,
    by: str | None = None,
    unit: str | None = None,
    group: str | None = None,
    weight: str | None = None,
    index: Index = "wolfson",
    lorenz: Lorenz = "interpolated",
    alpha: float = 1.3,
    beta: float = 1.0,
) -> TableResult:
    """Measure polarisation.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of values, none negative.
    by
        Column of years, each of which is measured by itself. Default: all rows together.
    unit
        Column of units: names a row that is refused, and two rows of a unit in a year are refused.
    group
        Column of groups, which ``esteban_ray`` and ``esteban_gradin_ray`` ask for.
    weight
        Column of weights (population); they need not sum to 1. Default: all rows weigh the same.
    index
        ``wolfson``: 2(2T − G)·mean/median, T = ½ − L(½). ``esteban_ray``: Σ π_i^(1+α) π_j |μ_i − μ_j|/μ over groups.
        ``esteban_gradin_ray``: the same less β(G − Gini coefficient of group means).
    lorenz
        Of ``wolfson``, L(½): ``interpolated`` on the Lorenz curve; ``counted``: the share of all values up to the
        median (that of R's dineq), which with an odd number of rows counts the middle one whole.
    alpha
        Of the two others: how much groups feel as one, above 0 up to 1.6.
    beta
        Of ``esteban_gradin_ray``: weight of what is lost by taking groups for their means, from 0.

    Returns
    -------
    TableResult
        A row a year: the year, n, mean, polarisation; then median, lorenz_half and gini (``wolfson``), gini_between, or
        gini_between and lost = G − gini_between.

    Raises
    ------
    DataError
        A column is absent, holds no numbers, a row has no group, or two rows stand for one unit.
    MethodError
        A value is missing or negative, all values of a year or their median are zero; no groups where they are needed.
    SpecError
        A word that is no choice, an `alpha` or `beta` out of range.

    References
    ----------
    Wolfson (1994), American Economic Review 84(2), 353–358. Esteban and Ray (1994), doi:10.2307/2951734. Esteban,
    Gradín and Ray (2007), doi:10.1007/s10888-006-9032-x.

    Examples
    --------
    >>> polarisation({"y": [1.0, 1.0, 3.0, 3.0]}, "y").frame["polarisation"].to_list()
    [0.5]
    """
    choose("index", index, ("wolfson", "esteban_ray", "esteban_gradin_ray"))
    choose("lorenz", lorenz, ("interpolated", "counted"))
    if not 0 < alpha <= MOST_ALPHA:
        expected = say("inequality.alpha", most=MOST_ALPHA)
        raise SpecError("bad_value", where=Where(key="alpha"), value=alpha, expected=expected)
    if not 0 <= beta < np.inf:
        raise SpecError("bad_value", where=Where(key="beta"), value=beta, expected=say("inequality.from_0"))
    if index != "wolfson" and group is None:
        raise MethodError("polarisation_needs_groups", where=Where(key="group"), index=index)
    grouped = index != "wolfson"
    rows = Rows.of(data, value, by=by, unit=unit, weight=weight, groups=[group] if grouped and group else [])
    options: dict[str, Any] = {"value": value, "group": group if grouped else None, "weight": weight, "index": index}
    columns: dict[str, Any] = {"n": [year.y.size for year in rows.years], "mean": [year.mean for year in rows.years]}
    if not grouped:
        options["lorenz"] = lorenz
        found = np.array([_wolfson(year, lorenz, rows) for year in rows.years])
        names: tuple[str, ...] = ("polarisation", "median", "lorenz_half", "gini")
    else:
        options |= {"alpha": alpha} | ({"beta": beta} if index == "esteban_gradin_ray" else {})
        found = np.array([_between(year, alpha) for year in rows.years])
        names = ("polarisation", "gini_between", "lost")
        if index == "esteban_gradin_ray":
            found[:, 0] -= beta * found[:, 2]
        else:
            names = names[:2]
    columns |= {name: found[:, i] for i, name in enumerate(names)}
    notes = (*rows.notes(), *(rows.small_groups() if grouped else ()))
    return TableResult(rows.table(columns), Method("regions.polarisation", options), notes, backend_of(data))


def _wolfson(year: Year, lorenz: str, rows: Rows) -> tuple[float, float, float, float]:
    """Return the index, the median, the value share of the lower half and the Gini coefficient."""
    sample = Sample.of(year.y, year.w)
    y, w = sample.y, sample.w
    run, sums = np.append(0.0, np.cumsum(w)), np.append(0.0, np.cumsum(w * y))
    middle = median(y, w)
    if middle == 0:
        period = None if rows.by is None else str(year.key)
        raise MethodError("inequality_zero_median", where=Where(period=period, indicator=rows.value))
    half = np.interp(run[-1] / 2, run, sums) if lorenz == "interpolated" else (w * y)[y <= middle].sum()
    share, gini = float(half / sums[-1]), float(pair_sum(y, w) / (run[-1] * sums[-1]))
    return 2 * (2 * (0.5 - share) - gini) * year.mean / middle, middle, share, gini


def median(y: Floats, w: Floats) -> float:
    """Return the weighted median of rising values: where just half of the weight is reached, the mean with the next."""
    run = np.cumsum(w)
    gap = run - run[-1] / 2
    at = int(np.argmax(gap >= -ROUNDING * run[-1]))
    return float(y[at] if gap[at] > ROUNDING * run[-1] else (y[at] + y[at + 1]) / 2)


def _between(year: Year, alpha: float) -> tuple[float, float, float]:
    """Return the index of Esteban and Ray, the Gini coefficient of group means, and what it is short of the whole."""
    code = year.levels[0].code
    weight, value = np.bincount(code, year.w), np.bincount(code, year.w * year.y)
    share, level = weight / weight.sum(), value / weight / year.mean
    order = np.argsort(level, kind="stable")
    share, level = share[order], level[order]
    one, first = np.zeros(level.size, dtype=np.intp), np.zeros(1, dtype=np.intp)
    apart = distances(level, share, first, one)
    whole = Sample.of(year.y / year.mean, year.w / year.w.sum())
    between = float(pair_sum(level, share))
    return float(share**alpha @ apart), between, float(pair_sum(whole.y, whole.w)) - between
