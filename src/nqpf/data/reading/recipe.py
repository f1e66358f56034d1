"""A reading recipe: how the tables of files are laid out, as YAML that a person can read, edit and apply again."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import field_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML

from nqpf.data.grid import Grid, letters_of
from nqpf.data.reading.find import Found
from nqpf.data.reading.head import head_of
from nqpf.data.reading.layout import Layout, Section, Split
from nqpf.data.reading.rows import line
from nqpf.data.reading.structure import Table
from nqpf.data.reading.titles import Said
from nqpf.errors import DataError
from nqpf.messages import say
from nqpf.yamlfile import Strict, load, validate

HeaderRole = Literal["period", "unit", "indicator", "measure", "source", "vintage", "scope", "note", "name", "skip"]
ColumnRole = Literal["unit", "code", "period", "indicator", "measure", "source", "vintage", "scope", "note", "part"]
FixedRole = Literal["indicator", "measure", "period", "unit", "source", "vintage", "scope", "note"]
T = TypeVar("T")
_LETTERS = re.compile(r"[A-Za-z]{1,3}")


class TableRule(Strict):
    """How one table is laid out. Rows and columns are those a spreadsheet shows: rows from 1, columns by letters.

    Attributes
    ----------
    file
        Name of the file; ``*`` and ``?`` stand for any letters, so that next year's file is read alike.
    sheet
        Name of the sheet; ``*`` and ``?`` likewise; default: any.
    skip
        Leave the sheet out.
    header
        Row → what its cells over the numbers say.
    columns
        Column → what it says of a row.
    values
        Columns of numbers: ``B:F, H``; default: all others that have a name.
    rows
        Rows of data: ``5:35``; default: all below the header that are no footnotes.
    notes
        Rows of footnotes.
    fixed
        What holds for the whole table: indicator, measure, period, unit, source, vintage, scope. Without `header` the
        layout is found and this completes it.
    filled
        Columns in which an empty cell repeats the one above.
    split
        What the header cells over the numbers say beside the indicator: ``period`` or ``unit``.
    section
        What a row with a single cell says of the rows below it: ``period``, ``unit`` or ``indicator``.
    """

    file: str
    sheet: str = "*"
    skip: bool = False
    header: Mapping[int, HeaderRole] = {}
    columns: Mapping[str, ColumnRole] = {}
    values: str = ""
    rows: str = ""
    notes: str = ""
    fixed: Mapping[FixedRole, str] = {}
    filled: tuple[str, ...] = ()
    split: Split = ""
    section: Section = ""

    @field_validator("fixed", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return {k: str(v) for k, v in value.items()} if isinstance(value, Mapping) else value

    @field_validator("header")
    @classmethod
    def _from_one(cls, value: Mapping[int, HeaderRole]) -> Mapping[int, HeaderRole]:
        return _known(value, all(row >= 1 for row in value))

    @field_validator("columns")
    @classmethod
    def _by_letters(cls, value: Mapping[str, ColumnRole]) -> Mapping[str, ColumnRole]:
        return _known(value, all(_LETTERS.fullmatch(name) for name in value))

    @field_validator("values", mode="before")
    @classmethod
    def _column_ranges(cls, value: Any) -> str:
        return _known(str(value), all(_span(part, letters=True) for part in _split(str(value))))

    @field_validator("rows", "notes", mode="before")
    @classmethod
    def _row_ranges(cls, value: Any) -> str:
        return _known(str(value), all(_span(part, letters=False) for part in _split(str(value))))

    @field_validator("filled", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        listed = tuple(_split(value)) if isinstance(value, str) else value
        return _known(listed, isinstance(listed, Sequence) and all(_LETTERS.fullmatch(str(name)) for name in listed))


class _RecipeSpec(Strict):
    tables: tuple[TableRule, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingRecipe:
    """Rules for tables, applied in order.

    Examples
    --------
    >>> from nqpf.data import read
    >>> text = read({"省份": ["北京"], "年份": [2020], "产值(亿元)": [1.5]}).recipe().to_yaml()
    >>> text.splitlines()[-5:]
    ['  columns:', '    A: unit', '    B: period', '  values: C', '  rows: 2:2']
    """

    rules: tuple[TableRule, ...] = ()

    @classmethod
    def of(cls, source: ReadingRecipe | str | Path | None) -> ReadingRecipe:
        """Return a recipe as it is, or read it from its file.

        Raises
        ------
        SpecError
            The file is not there or says what no recipe can say, with its line.
        """
        if source is None:
            return cls()
        if isinstance(source, ReadingRecipe):
            return source
        return cls(validate(_RecipeSpec, load(source)).tables)

    @classmethod
    def from_found(cls, found: Iterable[Found]) -> ReadingRecipe:
        """Return the rules by which tables were read."""
        return cls(tuple(_rule(one) for one in found))

    def to_yaml(self) -> str:
        """Return the recipe as a commented YAML text."""
        lines = [f"# {part}" for part in (say("reading_recipe.head").zh, say("reading_recipe.head").en)]
        stream = io.StringIO()
        yaml = YAML()
        yaml.indent(mapping=2, sequence=2, offset=0)
        yaml.width = 10_000  # a footnote or a title stays on its line
        plain = [
            {k: v for k, v in rule.model_dump().items() if v not in ("", {}, (), False, "*")} for rule in self.rules
        ]
        yaml.dump({"tables": [p | ({"filled": list(p["filled"])} if "filled" in p else {}) for p in plain]}, stream)
        return "\n".join([*lines, stream.getvalue()])

    def tables_of(self, grid: Grid) -> list[Found] | None:
        """Return the tables of a sheet that the rules describe; None if no rule speaks of it.

        Raises
        ------
        DataError
            ``recipe_outside``: a rule speaks of a row or a column that the sheet does not have.
        """
        ours = [r for r in self._of(grid) if r.skip or r.header]
        return [_found(grid, r, self.known(grid)) for r in ours if not r.skip] if ours else None

    def known(self, grid: Grid) -> dict[str, str]:
        """Return what rules without a layout say of a sheet: role → text."""
        return {str(k): v for r in self._of(grid) if not r.header for k, v in r.fixed.items()}

    def knowing(self, file: str, sheet: str | None, **fixed: str) -> ReadingRecipe:
        """Return the recipe with one more rule: what holds for the tables of a sheet.

        Examples
        --------
        >>> ReadingRecipe().knowing("a.xlsx", "人口", period="2019").rules[0].fixed
        {'period': '2019'}
        """
        return ReadingRecipe((*self.rules, TableRule(file=file, sheet=sheet or "*", fixed=fixed)))

    def _of(self, grid: Grid) -> list[TableRule]:
        names = {grid.file, grid.file.replace("\\", "/").rpartition("/")[2]}  # a study names a file by its path
        ours = [r for r in self.rules if any(_fits(name, r.file) for name in names)]
        return [r for r in ours if _fits(grid.sheet or "", r.sheet)]


def _fits(name: str, pattern: str) -> bool:
    """Return whether a name fits a pattern; brackets stand for themselves, as many names of files hold some."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), name, re.DOTALL) is not None


def _rule(found: Found) -> TableRule:
    layout, grid = found.layout, found.table.grid
    return TableRule(
        file=grid.file,
        sheet=grid.sheet or "*",
        header={i + 1: r for i, r in layout.header.items()},
        columns={letters_of(j): r for j, r in layout.columns.items()},
        values=_ranges(layout.values, letters=True),
        rows=_ranges(layout.body, letters=False),
        notes=_ranges([i for i, _ in found.said.notes], letters=False),
        fixed=layout.fixed,
        filled=tuple(letters_of(j) for j in layout.filled),
        split=layout.split,
        section=layout.section,
    )


def _found(grid: Grid, rule: TableRule, known: Mapping[str, str]) -> Found:
    """Return the table that a rule describes."""
    width, last = max(map(len, grid.rows), default=0), len(grid.rows)
    header = {i - 1: str(role) for i, role in rule.header.items()}
    columns = {_column(letters): str(role) for letters, role in rule.columns.items()}
    filled = tuple(_column(letters) for letters in rule.filled)
    values, notes = _positions(rule.values, letters=True), _positions(rule.notes, letters=False)
    rows = _positions(rule.rows, letters=False) or [i for i in range(max(header) + 1, last) if i not in notes]
    _refuse_outside(grid, [*header, *rows[:1]], [*columns, *filled, *values[:1]])
    body = tuple(i for i in rows if i < last and any(c is not None for c in grid.rows[i]))
    said = tuple((i, line([(0, c) for c in grid.rows[i] if c is not None])) for i in notes if i < last)
    last_column = max([*columns, *(values or range(width))]) + 1
    box = (min([*columns, *values], default=0), min(last_column, width))
    table = Table(grid, box, (), tuple(header), (), body, said)
    head = head_of(table)
    named = [j for j in range(*box) if j not in columns and head.over(j)]
    fixed = dict(known) | {str(role): text for role, text in rule.fixed.items()}
    numbers = tuple(j for j in values if j < width) or tuple(named)
    layout = Layout(header, columns, numbers, body, fixed, filled, rule.split, rule.section)
    return Found(table, layout, head, Said(notes=said))


def _refuse_outside(grid: Grid, rows: Iterable[int], columns: Iterable[int]) -> None:
    """Refuse a rule for rows or columns that the sheet does not have; the ends of ranges may lie beyond it."""
    width = max(map(len, grid.rows), default=0)
    outside = [str(i + 1) for i in rows if i >= len(grid.rows)] + [letters_of(j) for j in columns if j >= width]
    if outside:
        at = {"place": outside[0], "rows": len(grid.rows), "last": letters_of(width - 1) if width else "-"}
        raise DataError("recipe_outside", where=grid.where(0), **at)


# Ranges: B:F, H and 5:35


def _known(value: T, right: bool) -> T:
    if not right:
        raise PydanticCustomError("ranges", "ranges")
    return value


def _split(ranges: str) -> list[str]:
    return [part.strip() for part in ranges.split(",") if part.strip()]


def _span(part: str, *, letters: bool) -> tuple[int, int] | None:
    """Return the first and last position (from 0) of a range a spreadsheet shows; None if it is none."""
    ends = [end.strip() for end in part.split(":")]
    if len(ends) > 2 or not all(_LETTERS.fullmatch(end) if letters else re.fullmatch(r"[1-9]\d*", end) for end in ends):
        return None
    first, last = (_column(end) if letters else int(end) - 1 for end in (ends[0], ends[-1]))
    return (first, last) if first <= last else None


def _positions(ranges: str, *, letters: bool) -> list[int]:
    spans = [span for part in _split(ranges) if (span := _span(part, letters=letters))]
    return [n for first, last in spans for n in range(first, last + 1)]


def _column(letters: str) -> int:
    number = 0
    for letter in letters.strip().upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _ranges(numbers: Iterable[int], *, letters: bool) -> str:
    """Return positions (from 0) as ranges a spreadsheet shows."""
    runs = [[n for _, n in run] for _, run in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0])]
    name = letters_of if letters else lambda n: str(n + 1)
    return ", ".join(name(a[0]) if len(a) == 1 and letters else f"{name(a[0])}:{name(a[-1])}" for a in runs)
