"""Finding a table's layout: what its columns say, what its header rows say, and what only its titles say.

A layout is the roles of the header's rows times the roles of the stub's columns, with what is fixed for the whole
table. Nothing here knows of a vendor or an office: their tables differ in these roles only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nqpf.data.grid import letters_of
from nqpf.data.reading.across import dated, header_roles, levels, placed, split_of
from nqpf.data.reading.blocks import alone, filled_down, parts_of, section_of
from nqpf.data.reading.guards import refuse_overrun, refuse_twins
from nqpf.data.reading.head import Head, head_of
from nqpf.data.reading.layout import EDITIONS, KEYS, Layout, Split
from nqpf.data.reading.rows import is_caption, kind_of
from nqpf.data.reading.structure import Table
from nqpf.data.reading.stub import MOST, Stub, stub_of
from nqpf.data.reading.titles import Said, what_titles_say
from nqpf.data.reading.tokens import as_number, as_year, text_of
from nqpf.errors import DataError, listing

NEEDED = (("unit", "no_unit_column"), ("period", "no_period_column"), ("indicator", "no_indicator"))
"""What every table must say, and the error where it does not."""


@dataclass(frozen=True, slots=True)
class Found:
    """A table and how it is laid out.

    Attributes
    ----------
    table, layout
        Rows, and what they and the columns are.
    head
        The header.
    said
        What the lines above and below the table say.
    labels
        Columns of words that are no part of the layout.
    captions
        Rows of the body that hold a single text, and no data.
    """

    table: Table
    layout: Layout
    head: Head
    said: Said
    labels: tuple[str, ...] = ()
    captions: tuple[int, ...] = ()

    def unread(self) -> list[str]:
        """Return the columns that hold something and have no part in the layout: by name, or by letter without one."""
        known = {*self.layout.columns, *self.layout.values}
        rest = [j for j in range(*self.table.columns) if j not in known]
        held = [j for j in rest if any(self.table.cell(i, j) is not None for i in self.layout.body)]
        names = [self.head.names.get(j) or letters_of(j) for j in held]
        return [n for n in names if n not in self.labels]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a layout is made of, before titles and blocks are looked at."""

    header: Mapping[int, str]
    roles: Mapping[str, int]
    values: tuple[int, ...]
    split: Split = ""
    labels: tuple[int, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)


def find(table: Table, given: Mapping[str, str] | None = None, known: Mapping[str, str] | None = None) -> Found:
    """Return how a table is laid out.

    Parameters
    ----------
    table
        Its rows, from `nqpf.data.reading.structure.tables`.
    given
        Columns the user named: role → column name (e.g. ``{"unit": "省份", "period": "year"}``). An ``indicator`` that
        is no column is the name of the one indicator the table holds.
    known
        What holds for the whole table and need not be found: role → text (e.g. ``{"period": "2019"}``).

    Raises
    ------
    DataError
        A named column is absent; nothing says the units, the years, or the indicator; two columns have one name; a row
        has a number behind the last column with a name.
    """
    head = head_of(table)
    given = dict(given or {})
    title = given.get("indicator")
    if title is None or title in head.spelled():
        title = None
    else:  # it is no column, so it can only be the name of the one indicator, if the table leaves room for that
        del given["indicator"]
    stub = stub_of(head, given)
    plan = _plan(head, stub, given, title)
    if title is not None and ("indicator" in plan.roles or "indicator" in plan.header.values()):
        stub_of(head, {"indicator": title})  # tells that there is no such column
    found = _finish(head, plan, stub, dict(known or {}), title)
    refuse_twins(head, found.layout)
    refuse_overrun(head, found.layout)
    return found


# What runs down and across


def _plan(head: Head, stub: Stub, given: Mapping[str, str], title: str | None) -> _Plan:
    """Return the roles of header rows and columns, and the columns of numbers."""
    roles = dict(stub.roles)
    named = "indicator" in roles or title is not None
    if "value" in roles and (named or "value" in given):
        return _long(head, roles, title)
    roles.pop("value", None)  # a column that is called “value” among others, or an indicator of that name
    kept = {*roles.values(), *stub.skipped}
    columns = [j for j in range(*head.table.columns) if j not in kept and head.over(j)]
    header = header_roles(head, roles, columns)
    if "period" in roles:
        header = {i: "indicator" if role == "period" else role for i, role in header.items()}
    if "indicator" in header.values():
        return _wide(head, stub, roles, header, given, title)
    if not named and "indicator" not in stub.fixed:
        _name_rows(head, roles, stub.skipped)
    values = [j for j in columns if j not in roles.values() and _said(head, header, j)]
    return _split(head, _Plan(header, roles, tuple(values), fixed=stub.fixed))


def _long(head: Head, roles: dict[str, int], title: str | None) -> _Plan:
    if "indicator" not in roles and title is None:
        raise DataError("no_indicator", where=head.table.grid.where(head.rows[0]))
    value = roles.pop("value")
    return _split(head, _Plan(dict.fromkeys(head.rows, "name"), roles, (value,)))


def _wide(
    head: Head,
    stub: Stub,
    roles: dict[str, int],
    header: Mapping[int, str],
    given: Mapping[str, str],
    title: str | None,
) -> _Plan:
    """Return the plan of a table with indicators across: other columns than keys are indicators too, or labels."""
    dated = "period" in header.values()
    columns = [j for j in range(*head.table.columns) if levels(head, header, j) and _said(head, header, j)]
    rest = [j for j in columns if j not in {*roles.values(), *stub.skipped}]
    if "indicator" in roles and len(rest) == 1 and not dated and "unit" not in header.values():
        return _long(head, roles | {"value": rest[0]}, title)  # one column of numbers beside one of indicators
    roles = {r: j for r, j in roles.items() if r in (*KEYS, *EDITIONS) or r in given or dated}
    values = [j for j in columns if j not in {*roles.values(), *stub.skipped}]
    labels = _labels(head, values)
    values = [j for j in values if j not in labels]
    return _split(head, _Plan(header, roles, tuple(values), labels=tuple(labels), fixed=stub.fixed))


def _said(head: Head, header: Mapping[int, str], j: int) -> bool:
    """Return whether the header rows of years and places say one each over a column.

    A change between two years is no year, and beside the districts a column without one is the whole city's.
    """
    years = [head.cells[i].get(j) for i, role in header.items() if role == "period"]
    places = [head.cells[i].get(j) for i, role in header.items() if role == "unit"]
    return all(as_year(c) is not None for c in years) and (not places or any(c is not None for c in places))


def _name_rows(head: Head, roles: dict[str, int], skipped: Collection[int]) -> None:
    """Give the first column of words the indicators' names, where nothing else says them."""
    for j in range(*head.table.columns):
        dated = any(as_year(c) is not None for c in head.over(j))
        if j not in {*roles.values(), *skipped} and not dated and head.share(j, "text") >= MOST:
            roles["indicator"] = j
            return


def _labels(head: Head, values: Sequence[int]) -> list[int]:
    """Return the columns of a wide table that hold words only; where all do, words stand where numbers should."""

    def word(cell: Any) -> bool:
        text = text_of(cell)
        return as_number(cell) is None and not (text[:1].isdigit() and all(c in "0123456789.,， " for c in text))

    held = {j: [c for c in head.below[j] if kind_of(c) != "absent"] for j in values}
    found = [j for j, cells in held.items() if cells and all(map(word, cells))]
    return found if len(found) < len(values) else []


def _split(head: Head, plan: _Plan) -> _Plan:
    """Add what the indicators' names hold besides: a year or a place each."""
    roles, header = dict(plan.roles), plan.header
    column = roles.get("indicator")
    whole = roles.get("unit")
    if whole is not None and len({text_of(c) for c in head.below[whole]}) == 1:
        whole = None  # 中国 in every row is no answer to which province
    known = whole is not None or "code" in roles or "unit" in header.values()
    if column is not None:
        split = split_of(([text_of(c)] for c in head.below[column]), period=False, unit=not known)
    else:
        over = {j: levels(head, header, j) for j in plan.values}
        split = split_of(over.values(), period="period" not in {*roles, *header.values()}, unit=not known)
    values = plan.values
    if split == "unit":
        roles.pop("unit", None)
    if split and column is None:
        holds = placed if split == "unit" else dated
        values = tuple(j for j in values if holds(over[j]) is not None)
    return _Plan(header, roles, values, split, plan.labels, plan.fixed)


# The whole


def _finish(head: Head, plan: _Plan, stub: Stub, known: dict[str, str], title: str | None) -> Found:
    table = head.table
    said = what_titles_say(table)
    columns = {j: role for role, j in sorted(plan.roles.items(), key=lambda item: item[1])}
    has = {*columns.values(), *plan.header.values(), *plan.fixed, *known, plan.split, *(["indicator"] if title else [])}
    section = section_of(table, columns, has)
    fixed = _fixed(plan, said, {*has, section}, known, title)
    _need({*has, section, *fixed}, head)
    captions = () if section else tuple(i for i in table.body if alone(table, i) and is_caption(table.filled(i)))
    body = tuple(i for i in table.body if i not in captions)
    columns |= dict.fromkeys(parts_of(table, body, columns, plan.values), "part")
    filled = filled_down(table, body, columns)
    layout = Layout(plan.header, columns, plan.values, body, fixed, filled, plan.split, section)
    labels = tuple(head.names.get(j, "") for j in plan.labels if j not in columns)
    return Found(table, layout, head, said, labels, captions)


def _fixed(
    plan: _Plan, said: Said, has: Collection[str], known: Mapping[str, str], title: str | None
) -> dict[str, str]:
    """Return what holds for the whole table: what a person said, a corner cell, the titles; in this order."""
    fixed = dict(plan.fixed) | dict(known)
    if title is not None:
        fixed["indicator"] = title
    elif "indicator" not in has and said.indicator:
        fixed["indicator"] = said.indicator
    if "measure" not in plan.roles and said.measure:
        fixed.setdefault("measure", said.measure)
    if "period" not in has and said.period:
        fixed["period"] = str(said.period)
    if not {"unit", "code"} & set(has) and said.unit:
        fixed["unit"] = said.unit
    if "source" not in has and said.source:
        fixed.setdefault("source", said.source)
    return fixed


def _need(has: Collection[str], head: Head) -> None:
    """Refuse a table that does not say its units, years or indicator; the error tells all that is missing."""
    known = {*has, "unit"} if "code" in has else set(has)
    missing = tuple(code for key, code in NEEDED if key not in known)
    if missing:
        where = head.table.grid.where(head.rows[0])
        raise DataError(missing[0], where=where, options=listing(head.names.values(), 20), missing=missing)
