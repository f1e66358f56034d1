"""Which place each row is about: names resolved column-wide, faults told with the first row they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from string import ascii_uppercase
from typing import Any

import polars as pl

from nqpf.data import places
from nqpf.errors import DataError, PlaceError, Where


def resolve_column(frame: pl.DataFrame, column: str, scheme: str) -> dict[str, places.Place]:
    """Return the place of each name in a column; an error says in which row the first wrong one stands."""
    firsts = frame.unique(column, keep="first", maintain_order=True)
    try:
        return places.resolve(firsts[column], scheme)
    except PlaceError as error:
        if error.code not in ("unknown_place", "ambiguous_place", "former_place"):
            raise
        for row in firsts.iter_rows(named=True):
            try:
                places.resolve([row[column]], scheme)
            except PlaceError:
                raise error.at(row_of(row)) from None
        raise


def agree(frame: pl.DataFrame, scheme: str, resolved: Mapping[str, places.Place]) -> None:
    """Refuse rows whose code column names another place than their unit column."""
    coded = frame.filter(pl.col("code").is_not_null() & (pl.col("unit") != pl.col("code")))
    stated = resolve_column(coded, "code", scheme) if coded.height else {}
    for row in coded.unique(["unit", "code"], keep="first", maintain_order=True).iter_rows(named=True):
        named, other = resolved.get(row["unit"]), stated.get(row["code"])
        if named is not None and other is not None and other.code != named.code:
            where = replace(row_of(row), unit=row["unit"])
            raise DataError("code_disagrees", where=where, code=row["code"], place=other.title)


def row_of(row: Mapping[str, Any]) -> Where:
    """Return the place of a tidy row in its file."""
    return Where(file=row["file"], sheet=row["sheet"], row=int(row["cell"].lstrip(ascii_uppercase)))
