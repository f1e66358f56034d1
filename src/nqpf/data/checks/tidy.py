"""Tidy rows made ready for a panel: rows told twice, and series that mix editions, are found and set apart first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from nqpf.data.checks.found import Cell, Found, Severity
from nqpf.data.panel import Panel, Series, complete
from nqpf.data.units import convert_factor, is_unit, parse_unit
from nqpf.errors import listing
from nqpf.messages import Text, say

EDITION = ("measure", "source", "vintage", "scope")
"""Columns that make two rows of one indicator two editions of it."""
OVERLAP = 0.25
"""Least share of its units and years that an indicator has in two files for these to be two sources of it."""
KEYS = ("key", "period", "indicator")


@dataclass(frozen=True, slots=True, eq=False)
class Sorted:
    """A panel of series without doubles, what was wrong with the rows, and which series are editions of one.

    Attributes
    ----------
    panel
        The panel; a further edition of an indicator is a series of its own, ``indicator [edition]``.
    found
        Rows told twice, and series that mix editions.
    editions
        Pairs of series that are one indicator.
    """

    panel: Panel
    found: list[Found]
    editions: list[tuple[str, str]]


def sort_out(tidy: pl.DataFrame, labels: Mapping[str, Text]) -> Sorted:
    """Return tidy rows as a panel, with what had to be set apart."""
    tidy = complete(tidy).with_columns(key=pl.coalesce("code", "unit"))
    stated = tidy
    tidy, editions = _editions(tidy)
    twice = tidy.filter(pl.struct(KEYS).is_duplicated())
    tidy = tidy.unique(KEYS, keep="first", maintain_order=True)
    names = tidy["indicator"].unique(maintain_order=True).to_list()
    allowed = [Series(name, Text.same(name), mix=("vintage", "scope")) for name in names]
    panel = Panel.from_tidy(_one_measure(tidy).drop("key"), labels, allowed)
    return Sorted(panel, [*_doubles(panel, twice), *_mixed(panel, stated)], editions)


def _one_measure(tidy: pl.DataFrame) -> pl.DataFrame:
    """Bring each series to the unit of measure of most of its rows; what cannot be converted stays as it is."""
    counted = tidy.drop_nulls("measure").group_by("indicator", "measure", maintain_order=True).len()
    mixed = counted.filter(pl.col("indicator").is_duplicated()).sort("len", descending=True, maintain_order=True)
    if not mixed.height:
        return tidy
    main = dict(mixed.unique("indicator", keep="first").select("indicator", "measure").iter_rows())
    rows = [(n, m, main[n], factor(m, main[n])) for n, m in mixed.select("indicator", "measure").iter_rows()]
    schema = {"indicator": pl.String, "measure": pl.String, "main": pl.String, "factor": pl.Float64}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    joined = tidy.join(table, on=["indicator", "measure"], how="left", maintain_order="left")
    return joined.with_columns(
        pl.col("value") * pl.col("factor").fill_null(1.0), measure=pl.coalesce("main", "measure")
    ).drop("main", "factor")


@cache
def factor(measure: str | None, main: str | None) -> float:
    """Return what numbers in one unit of measure are multiplied by to be in another; 1 where nothing is known of it."""
    if measure is None or main is None or measure == main or not (is_unit(measure) and is_unit(main)):
        return 1.0
    return convert_factor(measure, main) if parse_unit(measure).dimension == parse_unit(main).dimension else 1.0


def _editions(tidy: pl.DataFrame) -> tuple[pl.DataFrame, list[tuple[str, str]]]:
    """Give rows of a further edition a name of their own where editions overlap in a unit and year."""
    edition = pl.concat_str(*(pl.col(c).fill_null("") for c in EDITION), separator="\x1f")
    by_file = pl.col("indicator").is_in(_of_two_files(tidy))
    files = pl.when(by_file).then(pl.col("file")).otherwise(pl.lit("")).fill_null("")
    tidy = tidy.with_columns(edition=pl.concat_str(edition, files, separator="\x1f"))
    overlapping = tidy.filter(pl.struct(KEYS).is_duplicated()).group_by(KEYS).agg(pl.col("edition").n_unique())
    names = overlapping.filter(pl.col("edition") > 1)["indicator"].unique().to_list()
    if not names:
        return tidy.drop("edition"), []
    several = tidy.filter(pl.col("indicator").is_in(names))
    kinds = several.unique(["indicator", "edition"], keep="first", maintain_order=True)
    renamed: list[dict[str, str]] = []
    pairs: list[tuple[str, str]] = []
    for (name,), group in kinds.group_by("indicator", maintain_order=True):
        differing = [c for c in EDITION if group[c].n_unique() > 1] or ["file"]
        ids: list[str] = []
        for row in group.iter_rows(named=True):
            stated = " · ".join(row[c] for c in differing if row[c])
            ids.append(f"{name} [{stated}]" if ids else str(name))
            renamed.append({"indicator": str(name), "edition": row["edition"], "as": ids[-1]})
        pairs += [(ids[0], other) for other in ids[1:]]
    joined = tidy.join(pl.DataFrame(renamed), on=["indicator", "edition"], how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("as", "indicator").alias("indicator")).drop("as", "edition"), pairs


def _of_two_files(tidy: pl.DataFrame) -> list[str]:
    """Return the indicators that several files tell of the same units and years: two sources of one figure."""
    told = tidy.group_by(KEYS).agg(files=pl.col("file").n_unique()).group_by("indicator")
    shared = told.agg(share=(pl.col("files") > 1).mean())
    return shared.filter(pl.col("share") >= OVERLAP)["indicator"].to_list()


def _doubles(panel: Panel, twice: pl.DataFrame) -> list[Found]:
    """Return rows told twice: with one value a warning, with several an error."""
    found = []
    for (key, period, name), rows in twice.group_by(KEYS, maintain_order=True):
        values = rows["value"].unique(maintain_order=True).to_list()
        cell = (panel.periods.index(int(str(period))), panel.units.index(str(key)))
        words = "double_same" if len(values) == 1 else "double"
        severity: Severity = "warning" if len(values) == 1 else "error"
        address = pl.concat_str("file", "sheet", "cell", separator=" ", ignore_nulls=True)
        shown = [f"{a} = {v}" if a else str(v) for a, v in rows.select(address, "value").iter_rows()]
        given = {"count": rows.height, "rows": listing(shown)}
        found.append(Found("double", severity, str(name), (cell,), words, given, values[0], None, float(rows.height)))
    return found


def _mixed(panel: Panel, tidy: pl.DataFrame) -> list[Found]:
    """Return series that hold several units of measure, vintages or scopes."""
    found = []
    years, units = ({v: i for i, v in enumerate(order)} for order in (panel.periods, panel.units))
    counts = tidy.group_by("indicator", maintain_order=True).agg(pl.col(c).drop_nulls().n_unique() for c in EDITION)
    for row in counts.filter(pl.any_horizontal(pl.col(c) > 1 for c in EDITION)).iter_rows(named=True):
        rows = tidy.filter(indicator=row["indicator"])
        for column in (c for c in EDITION if row[c] > 1):
            counted = rows[column].drop_nulls().value_counts(sort=True)[column]
            odd = rows.filter(pl.col(column) != counted[0])
            cells = tuple((years[p], units[u]) for u, p in odd.select("key", "period").iter_rows())
            written = rows[column].drop_nulls().unique(maintain_order=True).to_list()
            found.append(_mixture(row["indicator"], column, written, cells))
    return found


def _mixture(indicator: str, column: str, written: Sequence[str], cells: tuple[Cell, ...]) -> Found:
    size = float(len(written))
    if column == "source":  # a series may come from many tables; it is its edition and scope that must be one
        values: dict[str, Any] = {"kinds": len(written), "found": listing(written, 3)}
        return Found("mixed", "info", indicator, cells, "mixed_sources", values, size=size)
    values = {"what": say(f"check.mix.{column}"), "found": listing(written), "count": len(cells)}
    return Found("mixed", "error", indicator, cells, "mixed", values, size=size)
