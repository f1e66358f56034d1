"""Finding a table's layout: the columns' roles from header words and from what stands in them, the header rows' roles
from what runs across, and what only the title, the sheet's name or a corner cell says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nqpf.data.grid import letters_of
from nqpf.data.headers import bracketed_unit, role_of, split_header, title_and_role
from nqpf.data.layout import KEYS, Layout
from nqpf.data.structure import Table, attribute, kind_of
from nqpf.data.titles import Said, what_titles_say
from nqpf.data.tokens import as_number, as_year, close_up
from nqpf.errors import DataError, hint, listing

MOST = 0.6
"""Share of cells that must be years or places for a row or column to be one of years or places."""
_YEAR_FIRST = re.compile(r"((?:19|20)\d{2})年?[\s_:：-]*(\D.*)", re.DOTALL)
_YEAR_LAST = re.compile(r"(.*?\D)[\s_:：(（-]*((?:19|20)\d{2})年?[)）]?")


@dataclass(frozen=True, slots=True)
class Found:
    """A table and how it is laid out.

    Attributes
    ----------
    table, layout
        Rows, and what they and the columns are.
    spread
        Header row → column → cell, a merged cell's text over all its columns.
    names
        Column → its name in the header.
    labels
        Columns of words that are no part of the layout.
    said
        What the lines above and below the table say.
    """

    table: Table
    layout: Layout
    spread: Mapping[int, Mapping[int, Any]]
    names: Mapping[int, str]
    labels: tuple[str, ...]
    said: Said

    def unread(self) -> list[str]:
        """Return the columns that hold something and have no part in the layout: by name, or by letter without one."""
        known = {*self.layout.columns, *self.layout.values}
        rest = [j for j in range(*self.table.columns) if j not in known]
        held = [j for j in rest if any(self.table.cell(i, j) is not None for i in self.layout.body)]
        names = [self.names.get(j) or letters_of(j) for j in held]
        return [n for n in names if n not in self.labels]


class _Finder:
    """The steps of finding one table's layout; each uses what those before it found."""

    def __init__(self, table: Table, given: Mapping[str, str], title: str | None, known: Mapping[str, str]) -> None:
        self.table, self.given, self.title = table, given, title
        self.rows = [i for i in table.header if i not in table.factors]
        self.merged = spread_header(table, self.rows)
        self.names = {j: name for j in range(*table.columns) if (name := self._name(j))}
        self.roles: dict[str, int] = {}
        self.fixed = dict(known)
        self.skipped: set[int] = set()

    # what stands where

    def _name(self, j: int) -> str:
        cells = [c for i in self.rows if (c := self.table.cell(i, j)) is not None]
        return " ".join(text_of(cells[0]).split()) if cells else ""

    def where(self) -> Any:
        return self.table.grid.where(self.rows[0])

    def column(self, j: int) -> list[Any]:
        return [c for i in self.table.body if (c := self.table.cell(i, j)) is not None]

    def share(self, cells: list[Any], *kinds: str) -> float:
        return sum(kind_of(c) in kinds for c in cells) / len(cells) if cells else 0.0

    # columns

    def columns(self) -> None:
        self._given()
        self._by_words()
        self._by_content()
        if self.given.get("value") is None and "indicator" not in self.roles and not self.title:
            self.roles.pop("value", None)

    def spelled(self) -> dict[str, int]:
        """Return the column of every name in the header, as written."""
        found: dict[str, int] = {}
        for i in self.rows:
            for j in range(*self.table.columns):
                if (cell := self.table.cell(i, j)) is not None:
                    found.setdefault(text_of(cell), j)
        return found

    def _given(self) -> None:
        spelled = self.spelled()
        for role, name in self.given.items():
            if name not in spelled:
                options, near = listing(self.names.values(), 20), hint(name, spelled)
                raise DataError("unknown_column", where=self.where(), column=name, options=options, hint=near)
            self.roles[role] = spelled[name]

    def _by_words(self) -> None:
        either = None
        words = {j: self._word(j) for j in self.names}
        units = [j for j, r in words.items() if r == "unit" and j not in self.roles.values()]
        if len(units) > 1:  # province and city: the finer one tells the rows apart
            units = sorted(units, key=lambda j: -len({str(c) for c in self.column(j)}))
        for j in [*units, *(j for j in words if j not in units)]:
            role = words[j]
            if j in self.roles.values() or role is None:
                continue
            if role == "skip":
                self.skipped.add(j)
            elif role == "unit_or_measure":
                either = either if either is not None else j
            elif role == "indicator" and "unit" not in self.roles and self.share(self.column(j), "place") > MOST:
                self.roles["unit"] = j
            elif role == "indicator" and self.column(j) and self.share(self.column(j), "year") == 1:
                continue  # years under a word like “item”: what stands there decides
            elif role not in self.roles:
                self.roles[role] = j
        if either is not None:
            beside = {"unit", "code", "indicator"} & set(self.roles)
            self.roles.setdefault("measure" if beside else "unit", either)

    def _word(self, j: int) -> str | None:
        """Return the role a column's header names; None where its header rows name several, as a vendor's do."""
        first = self.table.columns[0]
        rows = [i for i in self.rows if j == first or not attribute(self.table.cell(i, first)) or i == self.rows[0]]
        roles = dict.fromkeys(r for i in rows if (r := role_of(self.table.cell(i, j))))
        return next(iter(roles)) if len(roles) == 1 else None

    def _by_content(self) -> None:
        rest = [j for j in range(*self.table.columns) if j not in self.roles.values() and self.column(j)]
        across = self.across("place", rest)
        if "unit" not in self.roles and "code" not in self.roles and not across:
            found = [j for j in rest if self.share(list(dict.fromkeys(self.column(j))), "place") >= MOST]
            if found:
                self.roles["unit"] = found[0]
                self._corner(found[0])
        if "period" not in self.roles and not self.across("year", rest):
            found = [j for j in rest if j not in self.roles.values() and self._years(j)]
            if found:
                self.roles["period"] = found[0]
        unit = self.roles.get("unit")
        if unit is not None:
            self._corner(unit)

    def _years(self, j: int) -> bool:
        """Return whether a column holds years only; one of numbers must also stand before every other number."""
        cells = self.column(j)
        if not all(kind_of(c) == "year" for c in cells):
            return False
        others = [k for k in range(self.table.columns[0], j) if self.share(self.column(k), "number") > MOST]
        return not [k for k in others if k not in self.roles.values()] or any("年" in str(c) for c in cells)

    def _corner(self, j: int) -> None:
        """Take the title out of a header cell that names places as well: ``移动电话普及率(部/百人)地区``."""
        found = [title_and_role(self.table.cell(i, j)) for i in self.rows]
        title = next((t[0] for t in found if t), None)
        if title:
            header = split_header(title)
            self.fixed["indicator"] = header.name
            if header.measure:
                self.fixed["measure"] = header.measure

    def across(self, kind: str, columns: list[int]) -> list[int]:
        """Return the header rows in which most cells over these columns are of a kind."""
        found = []
        for i in [i for i in self.rows if self._lead(i) in (None, "indicator", "unit", "period")]:
            cells = [c for j in columns if (c := self.merged[i].get(j)) is not None and role_of(c) is None]
            if cells and self.share(cells, kind) >= MOST and (len(cells) > 1 or kind == "year"):
                found.append(i)
        return found

    # header rows

    def layout(self) -> Layout:
        self.columns()
        keys = {j for r, j in self.roles.items() if r != "value"}
        rest = [j for j in range(*self.table.columns) if j not in keys | self.skipped]
        if "value" in self.roles and ("indicator" in self.roles or "value" in self.given or self.title):
            return self._long()
        header = self._header_roles([j for j in rest if self.names.get(j) or self._over(j)])
        if "period" in self.roles:
            header = {i: "indicator" if r == "period" else r for i, r in header.items()}
        period = [i for i, r in header.items() if r == "period"]
        values = [j for j in rest if self._over(j) and all(as_year(self.merged[i].get(j)) is not None for i in period)]
        wide = "indicator" in header.values()
        if wide and not period and len(values) == 1 and "indicator" in self.roles and "unit" not in header.values():
            self.roles["value"] = values[0]  # one column of numbers beside one of indicators
            return self._long()
        if wide:
            self.roles = {r: j for r, j in self.roles.items() if r in KEYS or r in self.given or (period and r != "value")}
            values = [j for j in range(*self.table.columns) if (self._over(j) or j in values) and j not in self.roles.values() and j not in self.skipped
                      and all(as_year(self.merged[i].get(j)) is not None for i in period)]
        elif "indicator" not in self.roles and "indicator" not in self.fixed:
            values = self._stub_of_indicators(values)
        values = [j for j in values if j not in self.roles.values()]
        if "value" in self.roles and not wide:
            del self.roles["value"]
        labels = self._labels(values) if wide else []
        values = [j for j in values if j not in labels]
        self.label_names = tuple(self.names.get(j, "") for j in labels)
        split = self._split(header, values)
        return self._finish(header, tuple(values), split)

    def _long(self) -> Layout:
        header = {i: "name" for i in self.rows}
        self.label_names = ()
        if "indicator" not in self.roles and not self.title:
            raise DataError("no_indicator", where=self.where())
        if self.title:
            self.fixed["indicator"] = self.title
        return self._finish(header, (self.roles.pop("value"),), "")

    def _over(self, j: int) -> bool:
        return any(self.merged[i].get(j) is not None for i in self.rows)

    def _header_roles(self, columns: list[int]) -> dict[int, str]:
        roles: dict[int, str] = {}
        keys = sorted(self.roles.values())
        for i in self.rows:
            lead = self._lead(i)
            cells = [c for j in columns if (c := self.merged[i].get(j)) is not None]
            if not cells:
                roles[i] = "name"
            elif lead in ("source", "skip", "note", "scope", "vintage"):
                roles[i] = lead
            elif self.share(cells, "year") >= MOST or (lead is None and keys and "period" not in self.roles and self.share(cells, "year") > 0 and i == self.rows[-1] and self._only_years(cells)):
                roles[i] = "period"
            elif self.share(cells, "place") >= MOST and "unit" not in self.roles:
                roles[i] = "unit"
            elif lead in ("measure", "unit_or_measure") or sum(bracketed_unit(str(c)) is not None for c in cells) >= MOST * len(cells):
                roles[i] = "measure" if len(self.rows) > 1 else "indicator"
            elif self._translation(cells, columns, i, roles):
                roles[i] = "name"
            else:
                roles[i] = "indicator"
        return roles

    def _lead(self, i: int) -> str | None:
        """Return the role that the first cell of a header row gives to the row: a vendor's 频率, 单位, 来源."""
        first = self.table.columns[0]
        return role_of(self.table.cell(i, first)) if self.names.get(first) and self._word(first) is None else None

    def _only_years(self, cells: list[Any]) -> bool:
        """Return whether there are years among the cells and the others are names of totals or remarks."""
        return "period" not in self.roles and not any("indicator" == r for r in ()) and any(as_year(c) for c in cells)

    def _translation(self, cells: list[Any], columns: list[int], i: int, roles: Mapping[int, str]) -> bool:
        """Return whether a row only repeats in English what the row above says in Chinese."""
        above = [r for r, role in roles.items() if role == "indicator"]
        if not above:
            return False
        upper = [str(c) for j in columns if (c := self.table.cell(above[-1], j)) is not None]
        latin = all(str(c).isascii() for c in cells)
        own = {j for j in columns if self.table.cell(i, j) is not None}
        return latin and not any(u.isascii() for u in upper) and len(upper) == len(own)

    def _stub_of_indicators(self, values: list[int]) -> list[int]:
        """Give the first column of words the indicators' names, where nothing else says them."""
        words = [j for j in range(*self.table.columns) if j not in self.roles.values() and j not in self.skipped
                 and j not in values[1:] and self.column(j) and self.share(self.column(j), "text") >= MOST
                 and not any(as_year(self.merged[i].get(j)) for i in self.rows)]
        before = [j for j in words if not values or j < max(values)]
        if before:
            self.roles["indicator"] = before[0]
        return [j for j in values if j not in before]

    def _labels(self, values: list[int]) -> list[int]:
        """Return the columns of a wide table that hold words only: labels, not indicators.

        Where every column holds words, the words stand where the numbers should.
        """
        found = []
        for j in values:
            cells = [c for c in self.column(j) if kind_of(c) != "absent"]
            if cells and all(as_number(c) is None and not re.match(r"[-+]?\d[\d\s.,，]*$", str(c)) for c in cells):
                found.append(j)
        return found if len(found) < len(values) else []

    def _split(self, header: Mapping[int, str], values: tuple[int, ...] | list[int]) -> Any:
        """Return what the names of indicators hold beside the indicator: a year or a place each."""
        column = self.roles.get("indicator")
        if column is not None:
            names = [text_of(c) for c in self.column(column)]
        else:
            names = [heading(Layout(header, {}, (), ()), self.merged, j) for j in values]
        if column is None and "period" not in self.roles and "period" not in header.values():
            years = [y[1] for n in names if (y := year_in(n))]
            if len(years) >= MOST * len(names) and years:
                return "period"
        if "unit" not in self.roles and "code" not in self.roles and "unit" not in header.values():
            if sum(place_in(n) is not None for n in names) >= MOST * len(names) and names:
                return "unit"
        return ""

    # the whole

    def _finish(self, header: dict[int, str], values: tuple[int, ...], split: Any) -> Layout:
        said = self.said = what_titles_say(self.table)
        has = {*self.roles, *header.values(), *self.fixed, split}
        section = self._section(has)
        has.add(section)
        fixed = dict(self.fixed)
        if "indicator" not in has and (self.title or said.indicator):
            fixed["indicator"] = self.title or str(said.indicator)
        elif self.title and "indicator" not in {*self.roles, *header.values()}:
            fixed["indicator"] = self.title
        if "measure" not in self.roles and "measure" not in fixed and said.measure:
            fixed["measure"] = said.measure
        if "period" not in has and said.period:
            fixed["period"] = str(said.period)
        if not {"unit", "code"} & has and said.unit:
            fixed["unit"] = said.unit
        if "source" not in has and said.source:
            fixed["source"] = said.source
        self._need(has | set(fixed))
        columns = {j: r for r, j in sorted(self.roles.items(), key=lambda x: x[1])}
        parts = self._parts(columns, header, values)
        self.label_names = tuple(n for n in self.label_names if n not in {self.names.get(j) for j in parts})
        columns |= dict.fromkeys(parts, "part")
        return Layout(header, columns, values, self.table.body, fixed, self._filled(columns), split, section)

    def _section(self, has: set[str]) -> Any:
        """Return what rows with a single cell say of those below, where nothing else says it."""
        first = self._single(self.table.body[0])
        if first is None:
            return ""
        kinds = {kind_of(c) for i in self.table.body if (c := self._single(i)) is not None}
        if kinds == {"year"} and "period" not in has:
            return "period"
        if kinds == {"place"} and not {"unit", "code"} & has:
            return "unit"
        return "indicator" if kinds == {"text"} and "indicator" not in has else ""

    def _single(self, i: int) -> Any:
        """Return the cell of a row that holds one only (a merged one counts as one); None for other rows."""
        cells = {text_of(c): c for j in range(*self.table.columns) if (c := self.table.cell(i, j)) is not None}
        return next(iter(cells.values())) if len(cells) == 1 else None

    def _need(self, has: set[str]) -> None:
        options = listing(self.names.values(), 20)
        if not {"unit", "code"} & has:
            raise DataError("no_unit_column", where=self.where(), options=options)
        if "period" not in has:
            raise DataError("no_period_column", where=self.where(), options=options)
        if "indicator" not in has:
            raise DataError("no_indicator", where=self.where())

    def _filled(self, columns: Mapping[int, str]) -> tuple[int, ...]:
        """Return the columns whose blanks repeat the cell above: merged cells, or blocks that all list the same things.

        One blank among full cells is no block: it stays blank and is told.
        """
        keys = [j for j, r in columns.items() if r in ("unit", "code", "period", "indicator", "part")]
        return tuple(j for j in keys if self._in_blocks(j, [k for k in keys if k != j]))

    def _in_blocks(self, j: int, others: list[int]) -> bool:
        cells = [self.table.cell(i, j) for i in self.table.body]
        if None not in cells or cells[0] is None or not others:
            return False
        blocks: list[list[tuple[str, ...]]] = []
        for i, cell in zip(self.table.body, cells, strict=True):
            if cell is not None:
                blocks.append([])
            blocks[-1].append(tuple(text_of(self.table.cell(i, k)) for k in others))
        if any(len(set(block)) < len(block) for block in blocks):
            return False
        if self._merged_down(j):
            return True
        union = set().union(*blocks)
        return cells.count(None) >= 3 and all(len(block) >= 0.8 * len(union) for block in blocks)

    def _merged_down(self, j: int) -> bool:
        """Return whether the file says that every blank of a column is part of a merged cell."""
        covered = {i for top, left, bottom, _ in self.table.grid.merged if left == j for i in range(top, bottom + 1)}
        return all(i in covered for i in self.table.body if self.table.cell(i, j) is None)

    def _parts(self, columns: Mapping[int, str], header: Mapping[int, str], values: tuple[int, ...]) -> list[int]:
        """Return the column of words without which two rows would be one, if there is such a column."""
        keys = [j for j, r in columns.items() if r in ("unit", "code", "period", "indicator")]
        rows = [tuple(text_of(self.table.cell(i, j)) for j in keys) for i in self.table.body]
        if len(set(rows)) == len(rows) or not rows:
            return []
        for j in range(*self.table.columns):
            if j in columns or j in values or self.share(self.column(j), "text", "place") < 1 or not self.column(j):
                continue
            if len({(*row, text_of(self.table.cell(i, j))) for row, i in zip(rows, self.table.body, strict=True)}) == len(rows):
                return [j]
        return []


def find(table: Table, given: Mapping[str, str] | None = None, known: Mapping[str, str] | None = None) -> Found:
    """Return how a table is laid out.

    Parameters
    ----------
    table
        Its rows, from `nqpf.data.structure.tables`.
    given
        Columns the user named: role → column name (e.g. ``{"unit": "省份", "period": "year"}``). An ``indicator`` that is
        no column is the name of the one indicator the table holds.
    known
        What holds for the whole table and need not be found: role → text (e.g. ``{"period": "2019"}``).

    Raises
    ------
    DataError
        A named column is absent; nothing says the units, the years, or the indicator; two columns have one name.
    """
    given, known = given or {}, known or {}
    finder = _Finder(table, given, None, known)
    title = given.get("indicator")
    if title is not None and title not in finder.spelled():
        # It is no column, so it can only be the name of the one indicator, if the table leaves room for that.
        finder = _Finder(table, {r: c for r, c in given.items() if r != "indicator"}, title, known)
    layout = finder.layout()
    if finder.title and ("indicator" in layout.columns.values() or "indicator" in layout.header.values()):
        _Finder(table, given, None, known).layout()
    _refuse_twins(finder, layout)
    return Found(table, layout, finder.merged, finder.names, finder.label_names, finder.said)


def year_in(name: str) -> tuple[str, int] | None:
    """Return the rest of a name and the year in it: ``2019年GDP``, ``GDP_2019`` → ``GDP``, 2019."""
    first, last = _YEAR_FIRST.fullmatch(name.strip()), _YEAR_LAST.fullmatch(name.strip())
    if first:
        return first[2].strip(), int(first[1])
    return (last[1].strip(" _:：-(（"), int(last[2])) if last else None


def place_in(name: str) -> tuple[str, str] | None:
    """Return the place and the rest of a name: ``北京:RPI``, ``RPI：北京`` → ``北京``, ``RPI``."""
    parts = re.split(r"\s*[:：]\s*", name.strip())
    at = next((n for n in (0, -1) if len(parts) > 1 and kind_of(parts[n]) == "place"), None)
    if at is None:
        return None
    rest = parts[1:] if at == 0 else parts[:-1]
    return parts[at], ":".join(rest)


def spread_header(table: Table, rows: list[int]) -> dict[int, dict[int, Any]]:
    """Return the header's cells by row and column, a merged cell's text over all its columns.

    Where the file does not say what is merged, a blank behind a text is taken for merged if a row below has a name there.
    """
    spread: dict[int, dict[int, Any]] = {}
    for n, i in enumerate(rows):
        row = {j: c for j in range(*table.columns) if (c := table.cell(i, j)) is not None}
        for top, left, bottom, right in table.grid.merged:
            if top <= i <= bottom and table.cell(top, left) is not None and right > left and bottom == top:
                row |= {j: table.cell(top, left) for j in range(left, right + 1)}
        for j in range(*table.columns):
            before = row.get(j - 1)
            if j not in row and before is not None and role_of(before) is None:
                named = any(table.cell(k, j) is not None for k in rows[n + 1 :])
                start = any(table.cell(k, j - 1) is not None for k in rows[n + 1 :])
                if named and start:
                    row[j] = before
        spread[i] = row
    return spread


def _refuse_twins(finder: _Finder, layout: Layout) -> None:
    rows = [i for i, r in layout.header.items() if r in ("indicator", "period", "unit")]
    if layout.across not in ("indicator", "unit"):
        return
    seen: dict[tuple[str, ...], int] = {}
    for j in layout.values:
        key = tuple(close_up(text_of(finder.merged[i].get(j))) for i in rows)
        if key in seen:
            top = finder.rows[0]
            cells = listing([finder.table.grid.address(top, seen[key]), finder.table.grid.address(top, j)])
            raise DataError("twin_columns", where=finder.where(), column=":".join(k for k in key if k), cells=cells)
        seen[key] = j


def heading(layout: Layout, spread: Mapping[int, Mapping[int, Any]], j: int) -> str:
    """Return the name over a column of numbers: the texts of its header rows of indicators, ``:`` between them."""
    texts = [text_of(spread[i].get(j)) for i, r in layout.header.items() if r == "indicator"]
    return ":".join(dict.fromkeys(t for t in texts if t))


def text_of(cell: Any) -> str:
    """Return a cell as text: a whole number without its point, nothing as an empty text."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


