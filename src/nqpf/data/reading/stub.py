"""The columns that name a table's rows: found by the words over them, else by what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nqpf.data.reading.head import Head
from nqpf.data.reading.headers import bracketed_unit, role_of, split_header, title_in_corner
from nqpf.data.reading.rows import is_code, kind_of, share
from nqpf.data.reading.tokens import as_year, text_of
from nqpf.errors import DataError, hint, listing

MOST = 0.6
"""Share of cells that must be years or places for a row or column to be one of years or places."""


@dataclass(frozen=True, slots=True)
class Stub:
    """What columns say of rows.

    Attributes
    ----------
    roles
        Role → column.
    skipped
        Columns whose header says that they hold nothing to read (序号, 频率).
    fixed
        What a corner cell says of the whole table: indicator, measure.
    """

    roles: Mapping[str, int]
    skipped: frozenset[int]
    fixed: Mapping[str, str]


def stub_of(head: Head, given: Mapping[str, str]) -> Stub:
    """Return the roles of a table's columns.

    Parameters
    ----------
    head
        The table's header.
    given
        Columns the user named: role → name.

    Raises
    ------
    DataError
        ``unknown_column``: a named column is absent.
    """
    roles = _given(head, given)
    skipped = _by_words(head, roles)
    _places(head, roles)
    _years(head, roles)
    _units_of_measure(head, roles)
    _codes(head, roles, given)
    unit = roles.get("unit")
    skipped -= set(roles.values())  # provinces under a word like “id”
    return Stub(roles, frozenset(skipped), _corner(head, unit) if unit is not None else {})


def _given(head: Head, given: Mapping[str, str]) -> dict[str, int]:
    spelled = head.spelled()
    for name in given.values():
        if name not in spelled:
            where = head.table.grid.where(head.rows[0])
            options, near = listing(head.names.values(), 20), hint(name, spelled)
            raise DataError("unknown_column", where=where, column=name, options=options, hint=near)
    return {role: spelled[name] for role, name in given.items()}


def _by_words(head: Head, roles: dict[str, int]) -> set[int]:
    """Add the roles that header words name; return the columns that are not to be read."""
    words = {j: role for j, role in head.words.items() if j not in roles.values()}
    skipped = {j for j, role in words.items() if role == "skip"}
    units = [j for j, role in words.items() if role == "unit"]
    if units and "unit" not in roles:  # of province and city, or country and province, the finer one tells rows apart
        roles["unit"] = max(units, key=lambda j: len({text_of(c) for c in head.below[j]}))
    for j, role in words.items():
        if role == "indicator" and "unit" not in roles and head.share(j, "place") > MOST:
            roles["unit"] = j  # places under a word like 项目 (item)
        elif role not in ("skip", "unit", "unit_or_measure") and not _items_of_years(head, j, role):
            roles.setdefault(role, j)
    either = next((j for j, role in words.items() if role == "unit_or_measure"), None)
    if either is not None:  # 单位 is a firm or a place where nothing else names one, and else a unit of measure
        roles.setdefault("measure" if {"unit", "code", "indicator"} & set(roles) else "unit", either)
    return skipped


def _items_of_years(head: Head, j: int, role: str) -> bool:
    """Return whether years stand under a word like 项目 (item): what stands there decides."""
    return role == "indicator" and head.share(j, "year") == 1


def _places(head: Head, roles: dict[str, int]) -> None:
    """Add the first column of places, where neither a word nor a header row names places."""
    if {"unit", "code"} & set(roles):
        return
    rest = _rest(head, roles)
    if not across(head, "place", rest):
        found = next((j for j in rest if share(dict.fromkeys(head.below[j]), "place") >= MOST), None)
        if found is not None:
            roles["unit"] = found


def _years(head: Head, roles: dict[str, int]) -> None:
    """Add the first column of years, where neither a word nor a header row names years."""
    rest = _rest(head, roles)
    if "period" not in roles and not across(head, "year", rest):
        found = next((j for j in rest if _holds_years(head, roles, j)), None)
        if found is not None:
            roles["period"] = found


def _holds_years(head: Head, roles: Mapping[str, int], j: int) -> bool:
    """Return whether a column can only be one of years.

    Where they are not written as years (2019年) they must stand before every other number, have no unit of measure,
    and leave no gaps as numbers of anything else that lie between 1900 and 2100 would.
    """
    cells = head.below[j]
    if not all(kind_of(c) == "year" for c in cells):
        return False
    if any("年" in text_of(c) for c in cells):
        return True
    others = [k for k in range(head.table.columns[0], j) if k not in roles.values()]
    if any(head.share(k, "number") > MOST for k in others) or split_header(head.names.get(j, "")).measure:
        return False
    years = {y for c in cells if (y := as_year(c))}
    return 2 * len(years) >= max(years) - min(years) + 1


def _codes(head: Head, roles: dict[str, int], given: Mapping[str, str]) -> None:
    """Drop a column of codes that are no place's from a table of one year: its rows are industries, not units."""
    j = roles.get("code")
    if j is None or "code" in given or {"unit", "period"} & set(roles) or across(head, "year", _rest(head, roles)):
        return
    codes = {text_of(c) for c in head.below[j]}
    if sum(map(is_code, codes)) < MOST * len(codes):
        del roles["code"]


def _rest(head: Head, roles: Mapping[str, int]) -> list[int]:
    columns = range(*head.table.columns)
    return [j for j in columns if j not in roles.values() and head.below[j]]


def _units_of_measure(head: Head, roles: dict[str, int]) -> None:
    """Add a column that holds nothing but units of measure, beside one of indicators."""
    rest = [j for j in _rest(head, roles) if head.share(j, "text") > MOST]
    units = (j for j in rest if all(bracketed_unit(text_of(c)) for c in head.below[j]))
    if "measure" not in roles and (found := next(units, None)) is not None:
        roles["measure"] = found


def _corner(head: Head, j: int) -> dict[str, str]:
    """Return what a header cell says that names the indicator before its word for places."""
    title = next((t for i in head.rows if (t := title_in_corner(head.table.cell(i, j)))), None)
    if title is None:
        return {}
    header = split_header(title)
    return {"indicator": header.name} | ({"measure": header.measure} if header.measure else {})


def across(head: Head, kind: Any, columns: Sequence[int]) -> list[int]:
    """Return the header rows in which most cells over some columns are years, or places."""
    found = []
    for i in head.rows:
        cells = [c for j in columns if (c := head.cells[i].get(j)) is not None and role_of(c) is None]
        known = head.leads.get(i, "indicator") in ("indicator", "unit", "period")
        if known and cells and share(cells, kind) >= MOST and (len(cells) > 1 or kind == "year"):
            found.append(i)
    return found
