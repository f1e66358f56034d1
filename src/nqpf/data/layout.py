"""What the columns of a well-formed table are: long, wide by indicator, or wide by year.

The words that headers use are data (``tables/headers.csv``). What is found is a `Layout` that can be printed
and overridden; ill-formed tables get a `Layout` of their own kind beside these.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import polars as pl

from nqpf.data.grid import Grid, letters_of
from nqpf.data.units import is_unit
from nqpf.errors import DataError, hint, listing
from nqpf.messages import Text, say

Kind = Literal["long", "wide", "years"]

KEYS = ("unit", "code", "period")
"""Roles that a table of any kind can have."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a grid.

    Attributes
    ----------
    kind
        ``long``: a row a cell, with columns *indicator* and *value*. ``wide``: a row a unit and year, a column an
        indicator. ``years``: a row a unit (and indicator), a column a year.
    header
        Row of the column names, from 0.
    roles
        Column position of each role: unit, code, period, indicator, value, measure, source, vintage, note.
    values
        Column position → indicator and its unit of measure (``wide``) or year (``years``).
    """

    kind: Kind
    header: int
    roles: Mapping[str, int]
    values: Mapping[int, tuple[str, str | None] | int]

    def text(self) -> Text:
        """Return the layout in words."""
        return say(f"layout.{self.kind}", header=self.header + 1, count=len(self.values))

    def unread(self, grid: Grid) -> list[str]:
        """Return the columns that hold something and have no part in the layout: by name, or by letter without one."""
        names = grid.rows[self.header]
        held = {j for row in grid.rows[self.header + 1 :] for j, cell in enumerate(row) if cell is not None}
        rest = sorted(held - {*self.roles.values(), *self.values})
        return [_name(names[j]) if j < len(names) and names[j] is not None else letters_of(j) for j in rest]


@cache
def header_words() -> Mapping[str, str]:
    """Return the role that each known header word names, in lower case."""
    table = resources.files("nqpf.data") / "tables" / "headers.csv"
    return dict(pl.read_csv(table.read_bytes(), columns=["word", "role"]).iter_rows())


def find_layout(grid: Grid, given: Mapping[str, str] | None = None, *, titled: bool = False) -> Layout:
    """Return how a well-formed table is laid out.

    Parameters
    ----------
    grid
        Cells, the column names in the first row that is not empty.
    given
        Columns the user named: role → column name (e.g. ``{"unit": "省份", "period": "year"}``).
    titled
        Whether the user said which one indicator the table holds.

    Raises
    ------
    DataError
        A named column is absent; no column holds units, or years, or the values of a column of indicators; two
        columns have one name.
    """
    given = given or {}
    header = next(i for i, row in enumerate(grid.rows) if any(c is not None for c in row))
    names = {j: _name(c) for j, c in enumerate(grid.rows[header]) if c is not None}
    _refuse_twins(grid, header, names)
    roles = _roles(grid, header, names, given)
    rest = {j: name for j, name in names.items() if j not in roles.values()}
    years = {j: year for j in rest if (year := as_year(grid.rows[header][j])) is not None}
    options = listing(names.values(), 20)
    if "unit" not in roles and "code" not in roles:
        raise DataError("no_unit_column", where=grid.where(header), options=options)
    if "value" in roles and ("indicator" in roles or "value" in given or titled):
        _need_period(grid, header, roles, options)
        return Layout("long", header, roles, {})
    if "period" not in roles and years:
        return Layout("years", header, {role: j for role, j in roles.items() if role != "value"}, years)
    _need_period(grid, header, roles, options)
    if "indicator" in roles:
        raise DataError("no_value_column", where=grid.where(header), options=options)
    roles = {role: j for role, j in roles.items() if role in KEYS or role in given}
    found = {j: split_measure(name) for j, name in names.items() if j not in roles.values()}
    return Layout("wide", header, roles, found)


def as_year(value: object) -> int | None:
    """Return a year (1800 to 2200) written as a number, ``2019``, ``2019年`` or a date; else None."""
    if isinstance(value, dt.date):
        return value.year
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    text = str(int(value)) if isinstance(value, int | float) else str(value).strip()
    found = re.fullmatch(r"(\d{4})(?:\.0)?\s*年?", text)
    return int(found[1]) if found and 1800 <= int(found[1]) <= 2200 else None


def split_measure(name: str) -> tuple[str, str | None]:
    """Return a header's indicator and unit of measure: ``地区生产总值(亿元)`` → ``地区生产总值``, ``亿元``.

    Brackets that hold no known unit stay part of the name.
    """
    found = re.fullmatch(r"(.+?)\s*[(（]([^()（）]+)[)）]", name)
    if found and is_unit(found[2]):
        return found[1].strip(), found[2].strip()
    return name, None


def _name(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _roles(grid: Grid, header: int, names: Mapping[int, str], given: Mapping[str, str]) -> dict[str, int]:
    columns = {name: j for j, name in names.items()}
    roles: dict[str, int] = {}
    for role, name in given.items():
        if name not in columns:
            options, near = listing(columns, 20), hint(name, columns)
            raise DataError("unknown_column", where=grid.where(header), column=name, options=options, hint=near)
        roles[role] = columns[name]
    for j, name in names.items():
        word = header_words().get(name.lower())
        if word is not None and word not in roles and j not in roles.values():
            roles[word] = j
    # "unit" and 单位 name the place in some tables and the unit of measure in others: beside another
    # column of places they can only be the measure, alone they can only be the place.
    either = next((j for j, name in names.items() if header_words().get(name.lower()) == "unit_or_measure"), None)
    roles.pop("unit_or_measure", None)
    if either is not None and either not in roles.values():
        roles.setdefault("measure" if "unit" in roles or "code" in roles else "unit", either)
    return roles


def _refuse_twins(grid: Grid, header: int, names: Mapping[int, str]) -> None:
    seen: dict[str, int] = {}
    for j, name in names.items():
        if name in seen:
            cells = listing([grid.address(header, seen[name]), grid.address(header, j)])
            raise DataError("twin_columns", where=grid.where(header), column=name, cells=cells)
        seen[name] = j


def _need_period(grid: Grid, header: int, roles: Mapping[str, int], options: Text) -> None:
    if "period" not in roles:
        raise DataError("no_period_column", where=grid.where(header), options=options)
