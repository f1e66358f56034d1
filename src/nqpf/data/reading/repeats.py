"""Cells that stand in two tables: equal ones count once, different ones are told, with the sheet that repeats one."""

from __future__ import annotations

import polars as pl

from nqpf.errors import listing
from nqpf.results import Note

KEYS = ("key", "period", "indicator")
"""What makes a cell: unit, year, indicator."""


def drop_repeats(frame: pl.DataFrame, notes: list[Note]) -> pl.DataFrame:
    """Return tidy rows without those that another table has already, number for number.

    A cell that stands twice with different numbers is kept twice, so that whoever builds a panel must decide; a note
    says where. Rows that stand twice in one table are left as they are.

    Parameters
    ----------
    frame
        Tidy rows.
    notes
        Is added to: ``repeats`` for equal cells, ``conflicts`` for different ones, ``sheet_repeats`` for a table that
        says the same year as another one nearly cell for cell.
    """
    table = pl.concat_str(["file", pl.col("sheet").fill_null("")], separator="\x00")
    keyed = frame.with_row_index("row").with_columns(key=pl.coalesce("code", "unit"), table=table)
    twice = keyed.filter(pl.struct(KEYS).is_duplicated())
    if not twice.height or twice["table"].n_unique() < 2:
        return frame
    numbers_first = twice.sort(pl.col("value").is_null(), "row")
    first = numbers_first.unique(KEYS, keep="first", maintain_order=True).select(
        *KEYS, first="value", before="table", place="cell"
    )
    later = twice.join(first, on=KEYS, maintain_order="left").filter(pl.col("table") != pl.col("before"))
    equal = pl.col("value").eq_missing(pl.col("first")) | pl.col("value").is_null()
    _tell(later.with_columns(equal=equal), notes)
    kept = keyed.filter(~pl.col("row").is_in(later.filter(equal)["row"].implode()))
    stated = twice.drop_nulls("measure").unique(KEYS, keep="first").select(*KEYS, stated="measure")
    kept = kept.join(stated, on=KEYS, how="left", maintain_order="left")
    return kept.with_columns(measure=pl.coalesce("measure", "stated")).drop("row", "key", "table", "stated")


def years_of_sheets(frame: pl.DataFrame) -> list[Note]:
    """Return a note where two sheets of a file say the same year and none says a year between: one is mislabelled.

    Only sheets of one year each, with the same indicators, are compared.
    """
    sheets = frame.group_by("file", "sheet", maintain_order=True).agg(
        pl.col("period").unique(), pl.col("indicator").unique().sort().str.join("\x00")
    )
    single = sheets.filter(pl.col("period").list.len() == 1).with_columns(pl.col("period").list.first())
    notes = []
    for (file, _), group in single.group_by("file", "indicator", maintain_order=True):
        absent = sorted(set(range(group["period"].min(), group["period"].max())) - set(group["period"]))  # type: ignore[arg-type]
        twice = group.filter(pl.col("period").is_duplicated())
        for (year,), same in twice.group_by("period", maintain_order=True) if absent else ():
            values = {"file": file, "sheets": listing(same["sheet"]), "year": year, "absent": listing(absent)}
            notes.append(Note("sheets_one_year", values=values))
    return notes


def _tell(later: pl.DataFrame, notes: list[Note]) -> None:
    for pair in later.partition_by("before", "table", maintain_order=True):
        before, now = (pair[c][0].replace("\x00", " [", 1) + "]" for c in ("before", "table"))
        differ = pair.filter(~pl.col("equal"))
        values = {"first": before.replace(" []", ""), "second": now.replace(" []", ""), "count": pair.height}
        years = listing(pair["period"].unique().sort().to_list(), 4)
        if differ.height:
            shown = differ.select("unit", "period", "indicator", "place", "first", "cell", "value").head(3).rows()
            cells = listing(f"{u} {t} {k}: {p} = {a}, {c} = {b}" for u, t, k, p, a, c, b in shown)
            notes.append(Note("conflicts", values=values | {"differ": differ.height, "cells": cells, "years": years}))
        else:
            notes.append(Note("repeats", "info", values | {"years": years}))
