"""What speaks for a repaired name: the gaps it fills and the sums it restores, counted over all tables it stands in.

The sum is weighed against the widest total beside it that is a sum of provinces (`nqpf.data.places.tables.covered`) and
whose parts are all there. They add up if the difference is within the rounding of the table's numbers, or, as the
totals of yearbooks are often off by a little, below a ten-thousandth of the total and a fiftieth of what the repair
adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from nqpf.data.places.names import gazetteer
from nqpf.data.places.tables import complete_set, covered

_MOST_DECIMALS = 6
_OFF_TOTAL, _OFF_GAP = 1e-4, 0.02


@dataclass(frozen=True, slots=True)
class Balance:
    """A table's sum of provinces without and with the repair, beside the total that stands in it."""

    indicator: str
    period: int | None
    total: str
    before: float
    after: float
    whole: float
    decimals: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one repair.

    Attributes
    ----------
    tables
        Tables (indicator × year, of one sheet) that the name stands in.
    filled
        How many of them lack what it is thought to be and nothing else.
    tested
        How many of them hold a total that it belongs to, and all the total's other parts.
    restored
        How many of those add up with the repair and not without it.
    refuted
        How many of those add up without it and not with it.
    example
        The first restored table, else the first tested one.
    """

    tables: int
    filled: int
    tested: int
    restored: int
    refuted: int
    example: Balance | None


def weigh(rows: pl.DataFrame, meant: Mapping[str, str], scheme: str) -> dict[str, Evidence]:
    """Return the evidence for each repaired name. All are weighed together, as each is part of the others' sums.

    Parameters
    ----------
    rows
        Columns table and series (number of the table, and of the series that it is a year of), unit, id (code of a
        place, cleaned name of a total, null for an unknown name), is_total, value, indicator, period.
    meant
        The id that each unknown name is thought to mean.
    scheme
        Scheme of the places.
    """
    mended = pl.col("unit").is_in(list(meant))
    touched = rows.filter(mended).select("table").unique()
    here = rows.join(touched, on="table").with_columns(
        id=pl.coalesce("id", pl.col("unit").replace_strict(meant, default=None, return_dtype=pl.String)), mended=mended
    )
    here = here.filter(pl.col("id").is_not_null())
    here = here.with_columns(is_total=~pl.col("id").is_in(list(gazetteer(scheme).places)))
    gaps, sums = _gaps(rows, here, scheme), _sums(here)
    return {name: _evidence(id, gaps.filter(unit=name), sums) for name, id in meant.items()}


def _gaps(rows: pl.DataFrame, here: pl.DataFrame, scheme: str) -> pl.DataFrame:
    """Return for every table and repaired name (``unit``) whether the repairs fill all that is missing there."""
    kin = ["series", "is_total"]
    usual = rows.filter(pl.col("id").is_not_null()).select(*kin, "id").unique()
    beside = here.filter(~pl.col("mended")).select("table", *kin, "id").unique()
    mended = here.filter("mended").select("table", *kin, "id", "unit").unique()
    mended = mended.join(usual.with_columns(is_usual=True), on=[*kin, "id"], how="left").with_columns(
        pl.col("is_usual").fill_null(False)
    )
    whole = list(complete_set(scheme))
    full = here.filter(pl.col("id").is_in(whole)).group_by("table").agg(full=pl.col("id").n_unique() == len(whole))
    counts = (
        mended.join(usual.group_by(kin).len("usual"), on=kin, how="left")
        .join(beside.group_by("table", *kin).len("beside"), on=["table", *kin], how="left")
        .join(full, on="table", how="left")
        .with_columns(pl.col("usual", "beside").fill_null(0), pl.col("full").fill_null(False))
        .with_columns(mended=pl.col("is_usual").sum().over("table", *kin))
    )
    others_there = pl.col("usual") == pl.col("beside") + pl.col("mended")
    fills = (pl.col("is_usual") & others_there) | (pl.col("full") & ~pl.col("is_total"))
    return counts.select("table", "unit", fills=fills)


def _sums(here: pl.DataFrame) -> pl.DataFrame:
    """Return for every total in a table the sum of its parts, without and with the repaired names.

    Columns table, total (id), name, parts, before, after, whole, decimals, indicator, period; only where all parts are
    there, each once and with a number.
    """
    names = here.filter("is_total").unique("id")
    parts = {id: covered(id) or () for id in names["id"]}
    pairs = [(id, part) for id, ids in parts.items() for part in ids]
    of = pl.DataFrame(pairs, schema={"total": pl.String, "part": pl.String}, orient="row")
    units = here.filter(~pl.col("is_total")).select("table", "value", "mended", part="id")
    totals = here.filter("is_total").select(
        "table", "indicator", "period", total="id", name="unit", whole="value", decimals=_decimals().max().over("table")
    )
    totals = totals.filter(pl.col("whole").is_not_null()).unique(["table", "total"], keep="none")
    found = totals.join(of, on="total").join(units, on=["table", "part"], how="left")
    return (
        found.group_by("table", "total", maintain_order=True)
        .agg(
            pl.col("name", "indicator", "period", "whole", "decimals").first(),
            before=pl.col("value").filter(~pl.col("mended")).sum(),
            after=pl.col("value").sum(),
            parts=pl.col("part"),
            complete=pl.col("value").is_not_null().all() & (pl.col("part").n_unique() == pl.len()),
        )
        .filter("complete")
        .drop("complete")
    )


def _decimals() -> pl.Expr:
    """Return how many decimals a number is written with."""
    value, found = pl.col("value"), pl.lit(_MOST_DECIMALS)
    for places in reversed(range(_MOST_DECIMALS)):
        shifted = value * 10**places
        whole = (shifted - shifted.round()).abs() <= 1e-9 * shifted.abs().clip(1.0)
        found = pl.when(whole).then(pl.lit(places)).otherwise(found)
    return pl.when(value.is_null()).then(0).otherwise(found)


def _evidence(id: str, gaps: pl.DataFrame, sums: pl.DataFrame) -> Evidence:
    mine = sums.join(gaps, on="table", how="semi")
    own = mine.filter(total=id)  # a total is weighed against its parts, a place within the widest total it is part of
    mine = own if own.height else mine.filter(pl.col("parts").list.contains(id))
    mine = mine.sort(pl.col("parts").list.len(), descending=True, maintain_order=True)
    mine = mine.unique("table", keep="first", maintain_order=True).sort("table")
    rounding = 0.5 * 10.0 ** -pl.col("decimals") * (pl.col("parts").list.len() + 1) + 1e-9 * pl.col("whole").abs()
    left, gap = (pl.col("after") - pl.col("whole")).abs(), (pl.col("before") - pl.col("whole")).abs()
    small = (left <= _OFF_TOTAL * pl.col("whole").abs()) & ((left <= _OFF_GAP * gap) | (pl.col("total") == id))
    holds = (left <= rounding) | small
    held = (gap <= rounding) & (pl.col("total") != id)
    mine = mine.with_columns(restored=holds & ~held, refuted=held & ~holds)
    shown = mine.sort("restored", descending=True, maintain_order=True).head(1)
    return Evidence(
        tables=gaps.height,
        filled=int(gaps["fills"].sum()),
        tested=mine.height,
        restored=int(mine["restored"].sum()),
        refuted=int(mine["refuted"].sum()),
        example=_balance(shown.row(0, named=True)) if shown.height else None,
    )


def _balance(row: Mapping[str, Any]) -> Balance:
    same = ("indicator", "period", "before", "after", "whole", "decimals")
    return Balance(total=row["name"], **{name: row[name] for name in same})
