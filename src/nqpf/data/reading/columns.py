"""What the header says of each column of numbers: indicator, unit of measure, and what runs across, place or year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from nqpf.data.reading.across import dated, levels, placed
from nqpf.data.reading.find import Found
from nqpf.data.reading.headers import KEPT, Header, bracketed_unit, split_header
from nqpf.data.reading.rows import kind_of
from nqpf.data.reading.tokens import as_year, close_up, text_of, without_marks
from nqpf.errors import DataError, listing
from nqpf.messages import Text


@dataclass(frozen=True, slots=True)
class Column:
    """What the header says of one column of numbers.

    Attributes
    ----------
    at
        The column, from 0.
    header
        The indicator; None where the rows name it.
    unit, period
        Place and year; None where the rows say them.
    title
        The indicator in words, where the file states them beside a short name (Stata).
    more
        measure, source, vintage, scope, note: what rows of the header say.
    """

    at: int
    header: Header | None = None
    unit: str | None = None
    period: int | None = None
    title: Text | None = None
    more: Mapping[str, str] = field(default_factory=dict)


def columns_of(found: Found) -> tuple[Column, ...]:
    """Return what the header says of the columns of numbers.

    Raises
    ------
    DataError
        ``two_years``: two header rows say different years of one column.
    """
    columns = [_column(found, j) for j in found.layout.values]
    named = [c.header for c in columns if c.header]
    units: dict[str, set[str | None]] = {}
    for c in columns:
        if c.header:
            units.setdefault(c.header.name, set()).add(c.more.get("measure") or c.header.measure)
    twice = {name for name, _ in Counter(h.name for h in named).items() if len(units[name]) > 1}
    return tuple(_with_unit(c) if c.header and c.header.name in twice else c for c in columns)


def _with_unit(column: Column) -> Column:
    """Return a column with its unit in its name: 产值(亿元) and 产值(%) are two series."""
    header = column.header
    measure = column.more.get("measure") or (header.measure if header else None)
    if header is None or not measure:
        return column
    return replace(column, header=replace(header, name=f"{header.name}({measure})", measure=measure))


def _column(found: Found, j: int) -> Column:
    layout, head = found.layout, found.head
    unit = period = None
    more: dict[str, str] = {}
    for i, role in layout.header.items():
        cell = head.cells[i].get(j)
        if cell is None or role in ("name", "indicator", "skip"):
            continue
        if role == "period":
            year = as_year(cell)
            if None not in (year, period) and year != period:
                where = found.table.grid.where(i, j)
                raise DataError("two_years", where=where, years=listing([period, year]))
            period = year if period is None else period
        elif role == "unit":
            unit = place_name(text_of(cell))[0]
        elif role == "measure":
            measure = bracketed_unit(text_of(cell))
            more |= {"measure": measure} if measure and "measure" not in more else {}
        else:
            more[role] = text_of(cell)
    names = levels(head, layout.header, j)
    if layout.split == "period" and (in_name := dated(names)):
        names, period = in_name
    if layout.split == "unit" and (of_place := placed(names)):
        names, unit = of_place
    return _titled(Column(j, _joined(names), unit, period, None, more), found)


def _joined(names: Sequence[str]) -> Header | None:
    """Return the header that the names of several levels make, in each language by itself."""
    parts = [split_header(name) for name in names]
    if not parts:
        return None
    english = ":".join(dict.fromkeys(p.english for p in parts if p.english)) or None
    measure, mark = (
        next((v for v in values if v), None) for values in ([p.measure for p in parts], [p.mark for p in parts])
    )
    return Header(":".join(dict.fromkeys(p.name for p in parts)), measure, english, mark)


def _titled(column: Column, found: Found) -> Column:
    """Add the label that the file states beside a column's name, and the unit of measure in it."""
    label = found.table.grid.titles.get(column.at)
    if not label or column.header is None:
        return column
    said = split_header(label)
    header = replace(column.header, measure=column.header.measure or said.measure)
    return replace(column, header=header, title=Text.same(said.name))


@lru_cache(KEPT)
def place_name(text: str) -> tuple[str, str | None]:
    """Return a unit's name and the footnote's number behind it; of a name in two languages the Chinese one.

    Examples
    --------
    >>> place_name("广东①"), place_name("北京 Peking City"), place_name("甲厂 2")
    (('广东', '①'), ('北京', None), ('甲厂 2', None))
    """
    name, mark = without_marks(text)
    chinese = close_up("".join(c if ord(c) > 127 else " " for c in name))
    if chinese and chinese != name and kind_of(chinese) == "place" != kind_of(name):
        return chinese, mark
    return name, mark
