"""Variants of ill-formed tables: what people and programs do to a file on its way, each cell with its first address.

A variant changes cells, and where cells stand; every cell carries the address it had in the original. So whatever is
read from a variant can be compared with what was read from the original, cell by cell, wherever the cell went.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

from nqpf.data.places import provinces

Address = tuple[int, int]
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
WORDS = {
    "unit": ["地区", "省份", "省（区、市）", "Region", "地　区", "省", "xxx"],
    "period": ["年份", "year", "年度", "时间", "Year", "yr", "xxx"],
}
MEANS = {"地区": "unit", "省份": "unit", "province": "unit", "年份": "period", "year": "period"}
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")


@dataclass
class Variant:
    """A sheet that was changed.

    Attributes
    ----------
    rows, home
        Cells, and the address each had in the original (None: it is new).
    data
        Rows of the original that hold numbers.
    renamed
        Columns of the original whose header was renamed or emptied: their indicator has another name.
    encoding
        Of a text file; None writes a workbook.
    cut
        Bytes left out at the end of a text file.
    done
        What was done.
    """

    rows: list[list[Any]]
    home: list[list[Address | None]]
    data: frozenset[int]
    renamed: set[int] = field(default_factory=set)
    encoding: str | None = None
    cut: int = 0
    done: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]], data: frozenset[int] = frozenset()) -> Variant:
        home: list[list[Address | None]] = [[(i, j) for j in range(len(row))] for i, row in enumerate(rows)]
        return cls([list(row) for row in rows], home, data)

    def write(self, folder: Path, sheet: str | None) -> Path:
        """Write the sheet as a file of its own."""
        if self.encoding is None:
            path = folder / "t.xlsx"
            with xlsxwriter.Workbook(path) as book:
                page = book.add_worksheet(sheet or "Sheet1")
                for i, row in enumerate(self.rows):
                    page.write_row(i, 0, ["" if c is None else c for c in row])
            return path
        text = io.StringIO()
        csv.writer(text).writerows(["" if c is None else c for c in row] for row in self.rows)
        content = text.getvalue().encode(self.encoding)
        path = folder / "t.csv"
        path.write_bytes(content[: len(content) - self.cut])
        return path

    def at(self) -> list[int]:
        """Return the rows that hold data of the original."""
        return [i for i, row in enumerate(self.home) if any(a and a[0] in self.data for a in row)]

    def forget(self, i: int, j: int) -> None:
        """Empty a cell; a column whose header is gone has lost its name."""
        home = self.home[i][j]
        if home and home[0] < min(self.data, default=0) and self.rows[i][j] is not None:
            self.renamed.add(home[1])
        self.rows[i][j] = None

    def take(self, order: Sequence[int]) -> None:
        self.rows, self.home = [self.rows[i] for i in order], [self.home[i] for i in order]

    def insert(self, i: int, row: Sequence[Any], home: Sequence[Address | None] | None = None) -> None:
        self.rows.insert(i, list(row))
        self.home.insert(i, list(home) if home else [None] * len(row))


# What is done to a sheet


def shuffle_data(v: Variant, r: Random) -> None:
    at = v.at()
    order = list(range(len(v.rows)))
    for i, k in zip(at, r.sample(at, len(at)), strict=True):
        order[i] = k
    v.take(order)


def shuffle_all(v: Variant, r: Random) -> None:
    v.take(r.sample(range(len(v.rows)), len(v.rows)))


def move_some_rows(v: Variant, r: Random) -> None:
    for _ in range(r.randint(1, 3)):
        i, k = r.randrange(len(v.rows)), r.randrange(len(v.rows))
        row, home = v.rows.pop(i), v.home.pop(i)
        v.insert(k, row, home)


def blank_rows(v: Variant, r: Random) -> None:
    for _ in range(r.randint(1, 5)):
        v.insert(r.randint(0, len(v.rows)), [None] * len(v.rows[0]))


def blank_columns(v: Variant, r: Random) -> None:
    for _ in range(r.randint(1, 3)):
        j = r.randint(0, len(v.rows[0]))
        for row, home in zip(v.rows, v.home, strict=True):
            row.insert(j, None)
            home.insert(j, None)


def blank_cells(v: Variant, r: Random) -> None:
    for _ in range(r.randint(1, 8)):
        i = r.randrange(len(v.rows))
        v.forget(i, r.randrange(len(v.rows[i])))


def blank_labels(v: Variant, r: Random) -> None:
    """Forget cells of the header and of the first columns."""
    first = max(min(v.at(), default=1), 1)
    for _ in range(r.randint(1, 4)):
        header = r.random() < 0.5
        i = r.randrange(first if header else len(v.rows))
        v.forget(i, r.randrange(len(v.rows[i]) if header else min(3, len(v.rows[i]))))


def shift_cells(v: Variant, r: Random) -> None:
    """Put a cell too many into rows that are full to the end."""
    full = [i for i in v.at() if v.rows[i][-1] is not None]
    for i in r.sample(full, min(len(full), r.randint(1, 3))):
        j = r.randrange(len(v.rows[i]))
        v.rows[i].insert(j, None)
        v.home[i].insert(j, None)
    width = max(map(len, v.rows))
    for row, home in zip(v.rows, v.home, strict=True):
        row.extend([None] * (width - len(row)))
        home.extend([None] * (width - len(home)))


def rename_headers(v: Variant, r: Random) -> None:
    """Call columns otherwise: places and years by other words, indicators by other names."""
    known = spellings()
    for i in range(min(v.at(), default=1)):
        for j, cell in enumerate(v.rows[i]):
            home = v.home[i][j]
            if cell in MEANS:
                v.rows[i][j] = r.choice(WORDS[MEANS[cell]])
            elif (
                home and j > 1 and isinstance(cell, str) and "年" not in cell and cell not in known and r.random() < 0.3
            ):
                v.rows[i][j] = f"指标{i}-{j}"
                v.renamed.add(home[1])


def reorder_columns(v: Variant, r: Random) -> None:
    width = len(v.rows[0])
    order = r.sample(range(width), width) if r.random() < 0.5 else list(range(width))[::-1]
    v.rows = [[row[j] for j in order] for row in v.rows]
    v.home = [[home[j] for j in order] for home in v.home]


def repeat_preamble(v: Variant, r: Random) -> None:
    first = min(v.at(), default=1)
    at = r.choice([0, r.randint(0, len(v.rows)), len(v.rows)])
    head = [(list(row), list(home)) for row, home in zip(v.rows[:first], v.home[:first], strict=True)]
    for row, home in reversed(head):
        v.insert(at, row, home)


def move_footer(v: Variant, r: Random) -> None:
    last = max(v.at(), default=len(v.rows) - 1)
    foot = [(v.rows.pop(), v.home.pop()) for _ in range(len(v.rows) - last - 1)]
    at = r.choice([0, r.randint(0, len(v.rows)), 1])
    for row, home in foot:
        v.insert(at, row, home)


FORMS: tuple[Callable[[float], str], ...] = (
    lambda x: f"{x:,}",
    lambda x: f" {x} ",
    lambda x: str(x).translate(FULL_WIDTH),
    lambda x: f"{x}\t",
    lambda x: f"{x}(p)",
)


def numbers_as_text(v: Variant, r: Random) -> None:
    form = r.choice(FORMS)
    for i in v.at():
        for j, cell in enumerate(v.rows[i]):
            number = number_of(cell)
            if v.home[i][j] and number is not None and j > 2 and r.random() < 0.3:
                v.rows[i][j] = form(number)


def number_of(cell: Any) -> float | None:
    try:
        return float(cell) if isinstance(cell, float | str) else None
    except ValueError:
        return None


@cache
def spellings() -> Mapping[str, list[str]]:
    """Return further spellings of each province, by its full and its short name."""
    found: dict[str, list[str]] = {}
    for full, short, english in provinces().select("full_zh", "short_zh", "en").iter_rows():
        spaced = "　".join(short) if len(short) == 2 else " ".join(short)
        for name in (full, short):
            found[name] = [full, short, english, spaced, f"{short} ", f"{short}①"]
    return found


def respell_places(v: Variant, r: Random) -> None:
    known = spellings()
    which = r.choice([None, 0, 1, 2, 3, 5])
    for row in v.rows:
        for j, cell in enumerate(row):
            others = known.get(cell.replace(" ", "") if isinstance(cell, str) else "")
            if others:
                row[j] = r.choice(others) if which is None else others[which]


def cut_rows(v: Variant, r: Random) -> None:
    v.take(range(r.randint(1, len(v.rows))))


def cut_bytes(v: Variant, r: Random) -> None:
    v.encoding = r.choice(["utf-8", "gb18030"])
    v.cut = r.randint(1, 400)


def other_encoding(v: Variant, r: Random) -> None:
    v.encoding = r.choice(ENCODINGS)


def workbook(v: Variant, r: Random) -> None:
    v.encoding = None
    blank_rows(v, r)


CHANGES: tuple[Callable[[Variant, Random], None], ...] = (
    shuffle_data,
    shuffle_all,
    move_some_rows,
    blank_rows,
    blank_columns,
    blank_cells,
    blank_labels,
    shift_cells,
    rename_headers,
    reorder_columns,
    repeat_preamble,
    move_footer,
    numbers_as_text,
    respell_places,
    cut_rows,
    cut_bytes,
    other_encoding,
    workbook,
)


def vary(rows: Sequence[Sequence[Any]], data: frozenset[int], seed: int) -> Variant:
    """Return a variant: one change, sometimes two or three."""
    r = Random(seed)
    v = Variant.of(rows, data)
    v.encoding = r.choice(["utf-8", None])
    for change in [CHANGES[seed % len(CHANGES)], *r.sample(CHANGES, r.choice([0, 0, 1, 2]))]:
        change(v, r)
        v.done.append(change.__name__)
    return v
