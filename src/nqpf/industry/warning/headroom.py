"""Room for more capacity: expected demand less what there is and what is committed, and how what there is is used.

Excess capacity that comes in waves where everybody sees the same promising industry: Lin (2007), Economic Research
Journal 1, 126–131; Lin, Wu and Xing (2010), Economic Research Journal 10, 4–19. Each part is assessed where its columns
are given, and by its own tier: a forecast of demand only indicates room, use is measured, prices and margins suggest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.data.keyed import Keyed
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import backend_of, require, to_polars
from nqpf.industry.labels import keys_apart, out_of_size, size_error, stated
from nqpf.industry.options import check_least
from nqpf.industry.warning.lights import CautionResult, Line, Signal, Tier, light_of, line, table_of
from nqpf.numerics.trend import theil_sen
from nqpf.results import Method, Note

Floats = NDArray[np.float64]
COLUMNS = (
    "expected_demand", "supply", "headroom", "headroom_share", "utilisation", "utilisation_gap", "price_growth",
    "margin_change",
)  # fmt: skip
Expected = Literal["trend", "given", "constant"]


@dataclass(frozen=True, slots=True)
class _Part:
    """One number of the assessment: ``float64[T, K]``, and for each year from which it needs how many before."""

    measure: str
    values: Floats | None
    tier: Tier
    thresholds: Line
    needs: tuple[str, ...]


def headroom(
    data: Any,
    *,
    industry: str,
    time: str,
    demand: str | None = None,
    capacity: str | None = None,
    committed: str | None = None,
    utilisation: str | None = None,
    price: str | None = None,
    margin: str | None = None,
    expected: Expected = "trend",
    horizon: int = 5,
    span: int = 5,
    headroom_line: Line = (0.0, -0.1),
    utilisation_line: Line = (0.79, 0.75),
    utilisation_gap_line: Line = (-0.02, -0.05),
    price_line: Line = (-0.02, -0.05),
    margin_line: Line = (-0.005, -0.01),
) -> CautionResult:
    """Tell for each industry and year whether there is room for more capacity, as far as columns are given.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row an industry and year; cells may be missing and are not filled.
    industry, time
        Columns of industries and years.
    demand, capacity
        Columns in the same physical or constant-price unit.
    committed
        Column of capacity that is decided but does not yet produce, in the unit of `capacity`; without it none is
        counted, and a remark says so.
    utilisation
        Column of output over capacity, from 0 to 1 (a little above is possible).
    price, margin
        Columns of the price of output (positive) and of the profit margin (a share of sales).
    expected
        Demand in `horizon` years: ``trend`` continues the median growth of the last `span` years (Theil–Sen, of
        logarithms); ``given``: `demand` already is what is expected; ``constant``: demand as it is.
    horizon
        Years ahead.
    span
        Years over which growth, usual use and falls are taken: use is compared with the mean of the `span` years
        before; all of them must be there.
    headroom_line
        Headroom over existing and committed capacity: to watch, to warn (convention: none left; a tenth too much).
    utilisation_line
        Use (conventions).
    utilisation_gap_line
        Use less its own mean of the years before (conventions).
    price_line
        Growth of the price a year (conventions).
    margin_line
        Change of the margin a year (conventions).

    Returns
    -------
    CautionResult
        A row an industry and year of the table: expected_demand, supply (existing and committed), headroom (their
        difference), headroom_share (over supply), utilisation, utilisation_gap, price_growth, margin_change; null
        where not assessed. ``.lights`` has a row for each number with its tier or the reason.

    Raises
    ------
    DataError
        A column is absent, a label missing, a key twice, or a cell no number.
    SpecError
        No such option; no column that says anything; years that cannot be; thresholds in the wrong order.
    MethodError
        Demand, price or capacity not positive, committed capacity negative, or a use that is a percentage.

    References
    ----------
    Lin (2007), Economic Research Journal 1, 126–131, ISSN 0577-9154. Lin, Wu and Xing (2010), Economic Research Journal
    10, 4–19, ISSN 0577-9154.

    Examples
    --------
    >>> table = {"i": ["pv"], "y": [2023], "d": [500.0], "c": [600.0], "k": [200.0]}
    >>> found = headroom(table, industry="i", time="y", demand="d", capacity="c", committed="k", expected="given")
    >>> found.frame.select("headroom", "headroom_share").row(0)
    (-300.0, -0.375)
    """
    choose("expected", expected, get_args(Expected))
    lines = {
        "headroom": headroom_line, "utilisation": utilisation_line, "utilisation_gap": utilisation_gap_line,
        "price": price_line, "margin": margin_line,
    }  # fmt: skip
    lines = {name: line(f"{name}_line", given, rising=False) for name, given in lines.items()}
    given = {
        "demand": demand, "capacity": capacity, "committed": committed, "utilisation": utilisation, "price": price,
        "margin": margin,
    }  # fmt: skip
    if not (utilisation or price or margin or (demand and capacity)):
        raise SpecError("headroom_nothing")
    for key, years, least in (("horizon", horizon, 0), ("span", span, 2)):
        check_least(key, years, least)
    keys_apart(COLUMNS, industry=industry, time=time)
    table = to_polars(data)
    require(table, industry)
    stated(table, "industry", industry)
    keyed = Keyed.of(table, industry, time)
    cubes = {role: keyed.cube(column) for role, column in given.items() if column}
    _check(keyed, given, cubes, expected)
    parts, frame = _assess(cubes, lines, expected, horizon, span)
    _refuse_sizes(keyed, frame["expected_demand"], "expected_demand")
    columns = {name: keyed.column(values, name) for name, values in frame.items()}
    table = keyed.frame.select(time, industry).with_columns(columns.values()).sort(time, industry)
    thresholds = {f"{name}_line": pair for name, pair in lines.items()}
    options = {**given, "expected": expected, "horizon": horizon, "span": span, **thresholds}
    return CautionResult(
        table,
        table_of(_signals(keyed, parts)),
        Method("industry.headroom", options),
        _remarks(given, expected),
        backend_of(data),
    )


def _check(keyed: Keyed, given: dict[str, str | None], cubes: dict[str, Floats], expected: Expected) -> None:
    wrong: dict[str, Callable[[Floats], NDArray[np.bool_]]] = {
        "demand": lambda x: x <= 0 if expected == "trend" else x < 0,
        "capacity": lambda x: x <= 0,
        "committed": lambda x: x < 0,
        "utilisation": lambda x: (x < 0) | (x > 2),
        "price": lambda x: x <= 0,
        "margin": lambda x: np.abs(x) > 2,
    }
    for role, cube in cubes.items():
        _refuse_sizes(keyed, cube, given[role] or "")
        if (found := wrong[role](cube)).any():
            t, n = np.argwhere(found)[0]
            place = Where(industry=keyed.units[n], period=int(keyed.years[t]), indicator=given[role])
            code = "headroom_share" if role in ("utilisation", "margin") else "headroom_sign"
            raise MethodError(code, where=place, value=float(cube[t, n]))


def _refuse_sizes(keyed: Keyed, cube: Floats, column: str) -> None:
    if (strange := out_of_size(cube)).any():
        t, n = np.argwhere(strange)[0]
        raise size_error(Where(industry=keyed.units[n], period=int(keyed.years[t])), cube[t, n], column)


def _assess(
    cubes: dict[str, Floats], lines: dict[str, Line], expected: Expected, horizon: int, span: int
) -> tuple[list[_Part], dict[str, Floats]]:
    shape = next(iter(cubes.values())).shape
    nothing = np.full(shape, np.nan)
    demand, capacity = cubes.get("demand"), cubes.get("capacity")
    both = demand is not None and capacity is not None
    ahead = nothing if demand is None else _ahead(demand, expected, horizon, span)
    supply = nothing if capacity is None else capacity + cubes.get("committed", 0.0)
    used, price, margin = cubes.get("utilisation"), cubes.get("price"), cubes.get("margin")
    gap = nothing if used is None else used - _mean_before(used, span)
    growth = nothing if price is None else np.expm1(_slope(np.log(price), span))
    change = nothing if margin is None else _slope(margin, span)
    share = (ahead - supply) / supply
    parts = [
        _Part("headroom", share if both else None, "indicated", lines["headroom"], ("demand", "capacity")),
        _Part("utilisation", used, "measured", lines["utilisation"], ("utilisation",)),
        _Part("utilisation_gap", None if used is None else gap, "measured", lines["utilisation_gap"], ("utilisation",)),
        _Part("price", None if price is None else growth, "suggested", lines["price"], ("price",)),
        _Part("margin", None if margin is None else change, "suggested", lines["margin"], ("margin",)),
    ]
    frame = {
        "expected_demand": ahead, "supply": supply, "headroom": ahead - supply, "headroom_share": share,
        "utilisation": nothing if used is None else used, "utilisation_gap": gap, "price_growth": growth,
        "margin_change": change,
    }  # fmt: skip
    return parts, frame


def _ahead(demand: Floats, expected: Expected, horizon: int, span: int) -> Floats:
    if expected != "trend":
        return demand
    with np.errstate(over="ignore"):
        return np.asarray(demand * np.exp(horizon * _slope(np.log(demand), span)))


def _slope(x: Floats, span: int) -> Floats:
    """Return the median slope over each year and the `span` before it, NaN where one of them is missing."""
    out = np.full(x.shape, np.nan)
    times = np.arange(span + 1.0)
    for t in range(span, len(x)):
        out[t] = theil_sen(x[t - span : t + 1], times)
    return out


def _mean_before(x: Floats, span: int) -> Floats:
    out = np.full(x.shape, np.nan)
    for t in range(span, len(x)):
        out[t] = x[t - span : t].mean(axis=0)
    return out


def _signals(keyed: Keyed, parts: list[_Part]) -> Iterator[Signal]:
    order = np.lexsort((np.array(keyed.units)[keyed.n], keyed.t))
    for t, n in zip(keyed.t[order], keyed.n[order], strict=True):
        for part in parts:
            number = float("nan") if part.values is None else float(part.values[t, n])
            reason = "no_column" if part.values is None else "no_number"
            light = light_of(number, part.thresholds, rising=False)
            yield Signal(
                "headroom", part.measure, number, part.thresholds, light, part.tier, reason,
                industry=keyed.units[n], year=int(keyed.years[t]),
            )  # fmt: skip


def _remarks(given: dict[str, str | None], expected: Expected) -> tuple[Note, ...]:
    notes = []
    if given["demand"] and given["capacity"]:
        if not given["committed"]:
            notes.append(Note("headroom_no_committed"))
        notes.append(Note("headroom_forecast", "info") if expected == "trend" else Note("headroom_as_given", "info"))
    return tuple(notes)
