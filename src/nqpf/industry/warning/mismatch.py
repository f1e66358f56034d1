"""Investment beside capability: what share of a region's investment goes where it has what share of its capability.

After the documents' rule that layout follows what a place can do. The ratio of two shares is the location quotient of
investment with capability for its base (Balassa 1965, doi:10.1111/j.1467-9957.1965.tb00050.x). Capability is known by
proxies only (advantage, relatedness, patents), and catching up means to invest ahead of it: a light asks,
it does not judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import backend_of, to_polars
from nqpf.industry.grid import Empty, Grid
from nqpf.industry.labels import keys_apart, years_of
from nqpf.industry.options import check_least
from nqpf.industry.warning.lights import CautionResult, Line, Signal, light_of, line, table_of
from nqpf.results import Method, Note

Floats = NDArray[np.float64]
Within = Literal["unit", "industry"]
COLUMNS = ("investment_share", "capability_share", "log_ratio", "percentile", "status")
GROWTH = ("investment_growth", "demand_growth", "gap", "contribution", "first", "last")
STATUS = ("neither", "both", "without_capability", "without_investment")


@dataclass(frozen=True, slots=True, kw_only=True)
class MismatchResult(CautionResult):
    """Investment beside capability.

    Attributes
    ----------
    frame
        A row a region, industry and year: investment_share, capability_share, log_ratio (natural logarithm of their
        ratio; null unless both are there), percentile (of the ratio among all of the year, 0 to 1), status (``both``,
        ``without_capability``, ``without_investment``, ``neither``).
    units
        A row a region and year: misplaced (share of investment that would have to move for shares to be alike),
        uncovered (share of investment where there is no capability). With ``within="industry"`` a row an industry.
    growth
        With `demand` a row an industry: investment_growth and demand_growth a year (logarithmic), gap, contribution
        (share in the rise of all investment that rises), first and last year; else None.
    """

    units: pl.DataFrame
    growth: pl.DataFrame | None = None


def mismatch(
    data: Any,
    investment: str,
    capability: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    demand: str | None = None,
    within: Within = "unit",
    floor: float = 0.0,
    material: float = 0.01,
    empty: Empty = "raise",
    ratio_line: Line = (2.0, 4.0),
    uncovered_line: Line = (0.1, 0.25),
    gap_line: Line = (0.05, 0.10),
) -> MismatchResult:
    """Compare shares of investment with shares of capability.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a region, industry and year; a pair without a row has neither.
    investment
        Column of investment, not negative.
    capability
        Column of capability, not negative: advantage, relatedness density, patents, skilled jobs.
    unit, industry, time
        Columns of regions, industries and years; each year apart.
    demand
        Column of demand for the industry's goods in the region's row; added up over regions, its growth is compared
        with that of investment between the first and the last year. It needs `time`.
    within
        Shares in the total of the region (``unit``) or of the industry over regions (``industry``).
    floor
        Capability of this or less is none.
    material
        Share of investment below which a cell is not lit (convention).
    empty
        Regions or industries without investment, or without capability, in a year: ``raise`` or ``drop``.
    ratio_line
        Investment share over capability share of a cell: twice, four times (conventions).
    uncovered_line
        Share of investment where there is no capability (conventions).
    gap_line
        Yearly growth of investment less that of demand (conventions).

    Returns
    -------
    MismatchResult
        A row a region, industry and year; ``.units``, ``.growth``, ``.lights``.

    Raises
    ------
    DataError
        A column is absent, a label or number missing, or a key twice.
    SpecError
        No such option; thresholds in the wrong order; `demand` without years.
    MethodError
        A negative number; a region or industry with nothing; demand or investment of an industry not positive in the
        first or last year.

    References
    ----------
    Balassa (1965), doi:10.1111/j.1467-9957.1965.tb00050.x.

    Examples
    --------
    >>> table = {"r": ["a", "a"], "i": ["pv", "tea"], "money": [80, 20], "rca": [0.5, 1.5]}
    >>> mismatch(table, "money", "rca", unit="r", industry="i").frame["log_ratio"].round(3).to_list()
    [1.163, -1.322]
    """
    choose("within", within, get_args(Within))
    lines = {"ratio": line("ratio_line", ratio_line), "uncovered": line("uncovered_line", uncovered_line),
             "gap": line("gap_line", gap_line)}  # fmt: skip
    for key, number in (("floor", floor), ("material", material)):
        check_least(key, number, 0.0)
    if lines["ratio"][0] <= 0:
        raise SpecError("caution_line", where=Where(key="ratio_line"), given=str(ratio_line))
    if demand and not time:
        raise SpecError("mismatch_demand_time", where=Where(key="demand"))
    keys_apart(COLUMNS, unit=unit, industry=industry, time=time)
    keys_apart(
        ("misplaced", "uncovered"), time=time, **({"unit": unit} if within == "unit" else {"industry": industry})
    )
    keys_apart(GROWTH if demand else (), industry=industry)
    frame = to_polars(data)
    keys = {"unit": unit, "industry": industry, "time": time}
    money = Grid.of(frame, investment, **keys)  # type: ignore[arg-type]
    skill = Grid.of(frame, capability, **keys)  # type: ignore[arg-type]
    columns, remarks = _shares(money, skill, within, floor, empty)
    whole = _units(columns, within)
    growth = _growth(money, Grid.of(frame, demand, **keys)) if demand else None  # type: ignore[arg-type]
    status = columns.pop("status")
    found = money.long(columns).with_columns(
        pl.Series("status", np.array(STATUS)[status.ravel().astype(int)].tolist(), dtype=pl.String)
    )
    found = found.filter(pl.Series(~np.isnan(columns["investment_share"]).ravel()))
    by = money.by_unit if within == "unit" else money.by_industry
    options = {
        "investment": investment, "capability": capability, "demand": demand, "within": within, "floor": floor,
        "material": material, "empty": empty, **{f"{name}_line": pair for name, pair in lines.items()},
    }  # fmt: skip
    return MismatchResult(
        frame=found,
        lights=table_of(_signals(money, columns, status, whole, growth, lines, within, material)),
        units=by(whole).drop_nulls("misplaced"),
        growth=growth,
        method=Method("industry.mismatch", options),
        notes=(*money.notes, *remarks, Note("mismatch_proxy", "info")),
        backend=backend_of(data),
    )


def _shares(
    money: Grid, skill: Grid, within: Within, floor: float, empty: Empty
) -> tuple[dict[str, Floats], list[Note]]:
    """Return columns ``float64[T, N, K]``, NaN for who is left out."""
    shape = money.values.shape
    columns = {name: np.full(shape, np.nan) for name in COLUMNS}
    columns["status"][:] = 0
    remarks: list[Note] = []
    covered = Grid(
        np.where(skill.values > floor, skill.values, 0.0), *(getattr(skill, s) for s in Grid.__slots__ if s != "values")
    )
    for t in range(shape[0]):
        kept = [grid.kept(t, empty) for grid in (money, covered)]
        remarks += [note for found in kept for note in found[2]]
        units = np.intersect1d(kept[0][0], kept[1][0]) if within == "unit" else np.arange(shape[1])
        industries = np.intersect1d(kept[0][1], kept[1][1]) if within == "industry" else np.arange(shape[2])
        at = np.ix_(units, industries)
        axis = 1 if within == "unit" else 0
        invested, able = (x[t][at] / x[t][at].sum(axis=axis, keepdims=True) for x in (money.values, covered.values))
        columns["investment_share"][t][at], columns["capability_share"][t][at] = invested, able
        both = (invested > 0) & (able > 0)
        ratio = np.full(both.shape, np.nan)
        ratio[both] = np.log(invested[both] / able[both])
        columns["log_ratio"][t][at] = ratio
        columns["percentile"][t][at] = _percentile(ratio)
        columns["status"][t][at] = np.select([both, invested > 0, able > 0], [1, 2, 3], 0)
    return columns, remarks


def _percentile(x: Floats) -> Floats:
    """Return the share of numbers that are smaller, ties half; NaN stays."""
    there = ~np.isnan(x)
    ordered = np.sort(x[there])
    low, high = (np.searchsorted(ordered, x, side=side) for side in ("left", "right"))
    return np.where(there, (low + high) / (2 * max(ordered.size, 1)), np.nan)


def _units(columns: dict[str, Floats], within: Within) -> dict[str, Floats]:
    axis = 2 if within == "unit" else 1
    invested, able = columns["investment_share"], columns["capability_share"]
    gone = np.isnan(invested).all(axis=axis)
    misplaced = np.nansum(np.maximum(invested - able, 0.0), axis=axis)
    uncovered = np.nansum(np.where(columns["status"] == 2, invested, 0.0), axis=axis)
    return {"misplaced": np.where(gone, np.nan, misplaced), "uncovered": np.where(gone, np.nan, uncovered)}


def _growth(money: Grid, demand: Grid) -> pl.DataFrame:
    """Return growth of investment and demand between the first and the last year, industry by industry."""
    years = years_of(money.years)
    if years is None or years.size < 2:
        raise MethodError("mismatch_years", years=len(money.years))
    span = years[-1] - years[0]
    growths = []
    for grid in (money, demand):
        ends = grid.values[[0, -1]].sum(axis=1)
        if (ends <= 0).any():
            t, k = np.argwhere(ends <= 0)[0]
            place = Where(industry=str(grid.industries[int(k)]), period=grid.years[[0, -1][t]])
            raise MethodError("mismatch_growth", where=place, value=float(ends[t, k]))
        growths.append(np.log(ends[1] / ends[0]) / span)
    rise = np.maximum(money.values[-1].sum(axis=0) - money.values[0].sum(axis=0), 0.0)
    share = rise / rise.sum() if rise.sum() > 0 else np.full(rise.size, np.nan)
    return pl.DataFrame(
        {
            money.industry: money.industries,
            "investment_growth": growths[0],
            "demand_growth": growths[1],
            "gap": growths[0] - growths[1],
            "contribution": pl.Series("", share, nan_to_null=True),
            "first": pl.Series([money.years[0]] * rise.size),
            "last": pl.Series([money.years[-1]] * rise.size),
        }
    )


def _signals(
    grid: Grid, columns: dict[str, Floats], status: Floats, whole: dict[str, Floats], growth: pl.DataFrame | None,
    lines: dict[str, Line], within: Within, material: float,
) -> Iterator[Signal]:  # fmt: skip
    ratio = np.exp(columns["log_ratio"])
    for t, n, k in np.argwhere(status == 1):
        number, share = float(ratio[t, n, k]), columns["investment_share"][t, n, k]
        light = light_of(number, lines["ratio"]) if share >= material else "none"
        yield Signal("mismatch", "ratio", number, lines["ratio"], light, "indicated",
                     region=grid.units[int(n)], industry=grid.industries[int(k)], year=grid.years[int(t)])  # fmt: skip
    labels = grid.units if within == "unit" else grid.industries
    key = "region" if within == "unit" else "industry"
    for t, m in np.argwhere(~np.isnan(whole["uncovered"])):
        number = float(whole["uncovered"][t, m])
        about: dict[str, Any] = {key: labels[int(m)]}
        yield Signal("mismatch", "uncovered", number, lines["uncovered"], light_of(number, lines["uncovered"]),
                     "indicated", year=grid.years[int(t)], **about)  # fmt: skip
    if growth is None:
        yield Signal("mismatch", "gap", None, lines["gap"], None, "not_assessed", "no_column")
        return
    for row in growth.iter_rows(named=True):
        span = f"{row['first']}–{row['last']}"
        yield Signal("mismatch", "gap", row["gap"], lines["gap"], light_of(row["gap"], lines["gap"]), "indicated",
                     industry=row[grid.industry], year=span)  # fmt: skip
