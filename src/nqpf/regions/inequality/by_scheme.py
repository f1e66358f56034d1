"""Regions by a preset scheme: their level and change, and how much inequality lies within and between them.

The schemes (four blocs, eight zones, three belts, the named routes of regional strategies, river basins) are tables of
`nqpf.data.places`; inequality is Dagum's (1997, doi:10.1007/BF01205777).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from nqpf.columns import choose
from nqpf.data import places
from nqpf.data.keyed import Keyed
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import backend_of
from nqpf.regions.inequality.dagum import dagum
from nqpf.results import Method, Note, TableResult


@dataclass(frozen=True, slots=True, kw_only=True)
class BySchemes(TableResult):
    """Regions of one or more schemes.

    Attributes
    ----------
    frame
        A row for each scheme, region and year: scheme, region, title_zh, title_en, period, units, level (mean),
        relative (over the mean of all units of the scheme), change (of the level since the first year), growth (of its
        log a year; null where a level is zero), rank (1 highest), gini (within; null of a single unit). Change and
        growth are null where the region had other units in the first year.
    parts
        A row for each scheme and year: scheme, period, units, gini = within + between + transvariation, and the shares
        share_within, share_between, share_transvariation.
    """

    parts: pl.DataFrame


def by_scheme(
    data: Any,
    value: str,
    *,
    unit: str,
    time: str,
    scheme: str | Sequence[str] = places.SCHEMES_OF_PROVINCES,
    weight: str | None = None,
) -> BySchemes:
    """Profile China's regions by preset schemes.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each province and year.
    value
        Column of values, none negative.
    unit, time
        Columns of provinces (names or codes) and of years. Rows of totals (全国) are left out.
    scheme
        One or more of `nqpf.data.places.SCHEMES_OF_PROVINCES`; default: all.
    weight
        Column of weights (population), of which proportions count; default: equal.

    Raises
    ------
    PlaceError
        A unit is no province.
    DataError
        A column is absent, holds what is no number, or two rows have the same province and year.
    MethodError
        A value or weight is missing or negative, or no province is covered by the scheme.
    SpecError
        There is no such scheme.

    References
    ----------
    Dagum (1997), doi:10.1007/BF01205777.

    Examples
    --------
    >>> table = {"p": ["京", "津", "冀", "沪"] * 2, "t": [2010] * 4 + [2020] * 4, "y": [3, 2, 1, 4, 6, 4, 2, 8.0]}
    >>> found = by_scheme(table, "y", unit="p", time="t", scheme="route")
    >>> found.frame.filter(period=2020).select("title_en", "level", "change", "rank").rows()
    [('Beijing–Tianjin–Hebei', 4.0, 2.0, 2), ('Yangtze River Delta', 8.0, 4.0, 1)]
    """
    asked = [scheme] if isinstance(scheme, str) else list(scheme)
    if not asked:
        raise SpecError("by_scheme_none", where=Where(key="scheme"))
    for one in asked:
        choose("scheme", one, places.SCHEMES_OF_PROVINCES)
    table, totals = _provinces(data, unit, time, value, weight)
    frames, parts, notes = [], [], []
    for one in asked:
        region = dict(zip(codes := table["code"].unique(maintain_order=True), places.bloc_of(codes, one), strict=True))
        rows = table.with_columns(region=pl.col("code").replace_strict(region, return_dtype=pl.String))
        covered = rows.drop_nulls("region")
        if covered.is_empty():
            raise MethodError("by_scheme_uncovered", scheme=one)
        if lacking := sum(group is None for group in region.values()):
            notes.append(Note("by_scheme_uncovered", "info", {"count": lacking, "scheme": one}))
        weigh = None if weight is None else "weight"
        found = dagum(covered, "value", group="region", by="period", unit="code", weight=weigh, pairs=False)
        frames.append(_regions(one, covered, found.groups))
        parts.append(_parts(one, found.frame))
    if totals:
        notes.append(Note("by_scheme_totals", "info", {"count": totals}))
    return BySchemes(
        pl.concat(frames),
        Method("regions.by_scheme", {"value": value, "scheme": asked, "weight": weight}),
        tuple(notes),
        backend_of(data),
        parts=pl.concat(parts),
    )


def _provinces(data: Any, unit: str, time: str, value: str, weight: str | None) -> tuple[pl.DataFrame, int]:
    """Return code, period, value and weight of provinces, and how many rows were totals."""
    table = Keyed.of(data, unit, time)
    found = places.resolve(table.units, "provinces")
    codes = [found[u].code if u in found else None for u in table.units]
    columns: dict[str, Any] = {"code": [codes[n] for n in table.n], "period": table.years[table.t]}
    columns["value"] = table.column(table.cube(value), "value")
    columns["weight"] = [1.0] * table.n.size if weight is None else table.column(table.cube(weight), "weight")
    whole = pl.DataFrame(columns, schema_overrides={"code": pl.String, "weight": pl.Float64})
    kept = whole.drop_nulls("code")
    Keyed.of(kept, "code", "period")  # two names of one province are the same row twice
    return kept, whole.height - kept.height


def _regions(scheme: str, rows: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `BySchemes.frame` of one scheme."""
    first = rows["period"].min()
    mean = (pl.col("value") * pl.col("weight")).sum() / pl.col("weight").sum()
    members = pl.col("code").sort().str.join(",")
    level = rows.group_by("region", "period", maintain_order=True).agg(units=pl.len(), level=mean, members=members)
    whole = rows.group_by("period").agg(all=mean)
    start = level.filter(period=first).select("region", base="level", before="members")
    within = groups.select(pl.col("group").alias("region"), "period", "gini")
    titles = places.blocs(scheme).with_row_index("order").rename({"id": "region"})
    joined = (
        level.join(whole, on="period")
        .join(start, on="region", how="left")
        .join(within, on=["region", "period"], how="left")
        .join(titles, on="region")
    )
    same = pl.when(pl.col("members") == pl.col("before"))
    years = pl.col("period") - first
    positive = (pl.col("level") > 0) & (pl.col("base") > 0) & (years > 0)
    table = joined.with_columns(
        scheme=pl.lit(scheme),
        relative=pl.col("level") / pl.col("all"),
        change=same.then(pl.col("level") - pl.col("base")),
        growth=same.then(pl.when(positive).then((pl.col("level") / pl.col("base")).log() / years)),
        rank=pl.col("level").rank("min", descending=True).over("period").cast(pl.Int64),
        gini=pl.when(pl.col("units") > 1).then(pl.col("gini")),
    )
    shown = ("scheme", "region", "title_zh", "title_en", "period", "units", "level", "relative", "change", "growth")
    return table.sort("period", "order").select(*shown, "rank", "gini")


def _parts(scheme: str, found: pl.DataFrame) -> pl.DataFrame:
    kept = ("gini", "within", "between", "transvariation")
    shares = ("share_within", "share_between", "share_transvariation")
    return found.select(pl.lit(scheme).alias("scheme"), "period", pl.col("n").alias("units"), *kept, *shares)
