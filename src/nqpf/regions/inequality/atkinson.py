"""Atkinson's measure: the part of the whole that could go without loss if the rest were shared out evenly.

Atkinson (1970, doi:10.1016/0022-0531(70)90039-6); by groups after Blackorby, Donaldson and Auersperg (1981, Canadian
Journal of Economics 14(4), 665–685): 1 − A = (1 − within)(1 − between).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.messages import say
from nqpf.regions.inequality.powers import atkinson_loss
from nqpf.regions.inequality.rows import Rows, Year
from nqpf.results import Method, TableResult


def atkinson(
    data: Any,
    value: str,
    *,
    by: str | None = None,
    unit: str | None = None,
    group: str | None = None,
    weight: str | None = None,
    aversion: float = 0.5,
) -> TableResult:
    """Measure inequality by Atkinson's index, and decompose it by groups.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of values, none negative; positive ones where `aversion` is 1 or above.
    by
        Column of years, each of which is measured by itself. Default: all rows together.
    unit
        Column of units: names a row that is refused, and two rows of a unit in a year are refused.
    group
        Column of groups, for the parts between and within them.
    weight
        Column of weights (population); they need not sum to 1. Default: all rows weigh the same.
    aversion
        Aversion to inequality ε ≥ 0; the higher, the more low values count.

    Returns
    -------
    TableResult
        A row a year: the year, n, mean, equivalent (the value which, had by all, would be as good), atkinson; with
        groups within, between and cross, atkinson being within + between − cross.

    Raises
    ------
    DataError
        A column is absent, holds no numbers, a row has no group, or two rows stand for one unit.
    MethodError
        A value is missing or negative, or zero where `aversion` is 1 or above; all values of a year are zero.
    SpecError
        An `aversion` that is negative or no finite number.

    References
    ----------
    Atkinson (1970), doi:10.1016/0022-0531(70)90039-6. Blackorby, Donaldson and Auersperg (1981), Canadian Journal of
    Economics 14(4), 665–685.

    Examples
    --------
    >>> atkinson({"y": [1.0, 4.0]}, "y", aversion=1).frame["atkinson"].round(6).to_list()
    [0.2]
    """
    wrong = isinstance(aversion, bool) or not isinstance(aversion, int | float)
    if wrong or not 0 <= aversion < np.inf:
        raise SpecError("bad_value", where=Where(key="aversion"), value=aversion, expected=say("inequality.from_0"))
    zeros = None if aversion < 1 else say("inequality.atkinson_of", aversion=aversion)
    groups = [group] if group else []
    rows = Rows.of(data, value, by=by, unit=unit, weight=weight, groups=groups, zeros=zeros)
    total = np.array([_whole(year, aversion) for year in rows.years])
    mean = np.array([year.mean for year in rows.years])
    columns: dict[str, Any] = {
        "n": [year.y.size for year in rows.years],
        "mean": mean,
        "equivalent": mean * (1 - total),
        "atkinson": total,
    }
    if group:
        within, between = np.array([_parts(year, aversion) for year in rows.years]).T
        columns |= {"within": within, "between": between, "cross": within * between}
    method = Method("regions.atkinson", {"value": value, "group": group, "weight": weight, "aversion": aversion})
    notes = (*rows.notes(), *(rows.small_groups() if group else ()))
    return TableResult(rows.table(columns), method, notes, backend_of(data))


def _whole(year: Year, aversion: float) -> float:
    return atkinson_loss(year.y / year.mean, year.w / year.w.sum(), aversion)


def _parts(year: Year, aversion: float) -> tuple[float, float]:
    """Return the parts within and between groups: the second were all of a group given its mean."""
    code, w = year.levels[0].code, year.w / year.w.sum()
    weight, value = (np.bincount(code, x).astype(np.float64) for x in (w, w * year.y))
    between = atkinson_loss(value / weight / year.mean, weight, aversion)
    return 1 - (1 - _whole(year, aversion)) / (1 - between), between
