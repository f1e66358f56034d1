"""A reading recipe: how the tables of files are laid out, as a YAML file that a person can read, edit and apply again."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal

from pydantic import field_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML

from nqpf.data.find import Found, spread_header, text_of
from nqpf.data.grid import Grid, letters_of
from nqpf.data.layout import Layout
from nqpf.data.structure import Table
from nqpf.data.titles import Said
from nqpf.messages import say
from nqpf.yamlfile import Strict, load, validate

_RANGE = re.compile(r"\s*([A-Za-z]+|\d+)\s*(?::\s*([A-Za-z]+|\d+))?\s*")
HeaderRole = Literal["period", "unit", "indicator", "measure", "source", "vintage", "scope", "note", "name", "skip"]
ColumnRole = Literal["unit", "code", "period", "indicator", "measure", "source", "vintage", "scope", "note", "part"]


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
        Columns of numbers: ``B:F, H``.
    rows
        Rows of data: ``5:35``.
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
    fixed: Mapping[Literal["indicator", "measure", "period", "unit", "source", "vintage", "scope", "note"], str] = {}
    filled: tuple[str, ...] = ()
    split: Literal["", "period", "unit"] = ""
    section: Literal["", "period", "unit", "indicator"] = ""

    @field_validator("fixed", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return {k: str(v) for k, v in value.items()} if isinstance(value, Mapping) else value

    @field_validator("values", "rows", "notes", mode="before")
    @classmethod
    def _ranges(cls, value: Any) -> Any:
        text = str(value)
        if text and not all(_RANGE.fullmatch(part) for part in text.split(",")):
            raise PydanticCustomError("ranges", "ranges")
        return text

    @field_validator("filled", mode="before")
    @classmethod
    def _letters(cls, value: Any) -> Any:
        return tuple(value.split(",")) if isinstance(value, str) else value


class _RecipeSpec(Strict):
    tables: tuple[TableRule, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingRecipe:
    """Rules for tables, applied in order.

    Examples
    --------
    >>> from nqpf.data import read
    >>> text = read({"省份": ["北京"], "年份": [2020], "产值(亿元)": [1.5]}).recipe().to_yaml()
    >>> text.splitlines()[-6:]
    ['  columns:', '    A: unit', '    B: period', '  values: C', '  rows: 2:2', '  notes: '''']
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
        plain = [{k: v for k, v in rule.model_dump().items() if v not in ("", {}, (), False)} for rule in self.rules]
        yaml.dump({"tables": [p | ({"filled": list(p["filled"])} if "filled" in p else {}) for p in plain]}, stream)
        return "\n".join([*lines, stream.getvalue()])

    def tables_of(self, grid: Grid) -> list[Found] | None:
        """Return the tables of a sheet that the rules describe; None if no rule speaks of it."""
        ours = [r for r in self._of(grid) if r.skip or r.header]
        return [_found(grid, r) for r in ours if not r.skip] if ours else None

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
        return ReadingRecipe((*self.rules, TableRule(file=file, sheet=sheet or "*", fixed=fixed)))  # type: ignore[arg-type]

    def _of(self, grid: Grid) -> list[TableRule]:
        return [r for r in self.rules if fnmatch(grid.file, r.file) and fnmatch(grid.sheet or "", r.sheet)]


def _rule(found: Found) -> TableRule:
    layout, grid = found.layout, found.table.grid
    return TableRule(
        file=grid.file,
        sheet=grid.sheet or "*",
        header={i + 1: r for i, r in layout.header.items()},  # type: ignore[misc]
        columns={letters_of(j): r for j, r in layout.columns.items()},  # type: ignore[misc]
        values=_ranges(layout.values, letters=True),
        rows=_ranges(layout.body, letters=False),
        notes=_ranges([i for i, _ in found.said.notes], letters=False),
        fixed=layout.fixed,  # type: ignore[arg-type]
        filled=tuple(letters_of(j) for j in layout.filled),
        split=layout.split,
        section=layout.section,
    )


def _found(grid: Grid, rule: TableRule) -> Found:
    """Return the table that a rule describes."""
    width = max(map(len, grid.rows), default=0)
    header = tuple(i - 1 for i in rule.header)
    last = len(grid.rows)
    body = tuple(i for i in _numbers(rule.rows, last) if any(c is not None for c in grid.rows[i]))
    notes = tuple((i, " ".join(dict.fromkeys(text_of(c) for c in grid.rows[i] if c is not None))) for i in _numbers(rule.notes, last))
    table = Table(grid, (0, width), (), header, (), body, notes)
    spread = spread_header(table, list(header))
    columns = {_number(letters): role for letters, role in rule.columns.items()}
    layout = Layout(
        {i - 1: role for i, role in rule.header.items()},
        columns,
        tuple(_numbers(rule.values, width)),
        body,
        rule.fixed,  # type: ignore[arg-type]
        tuple(_number(letters) for letters in rule.filled),
        rule.split,
        rule.section,
    )
    names = {j: text_of(c) for i in header for j, c in reversed(spread[i].items())}
    return Found(table, layout, spread, names, (), Said(notes=notes))


def _ranges(numbers: Iterable[int], *, letters: bool) -> str:
    """Return positions (from 0) as ranges a spreadsheet shows: ``B:F, H`` or ``5:35``."""
    runs: list[list[int]] = []
    for n in sorted(numbers):
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    name = letters_of if letters else lambda n: str(n + 1)
    return ", ".join(name(a) if a == b and letters else f"{name(a)}:{name(b)}" for a, b in runs)


def _numbers(ranges: str, end: int) -> list[int]:
    found: list[int] = []
    for part in filter(None, ranges.split(",")):
        match = _RANGE.fullmatch(part)
        if match:
            first = _number(match[1])
            found += range(first, (_number(match[2]) if match[2] else first) + 1)
    return [n for n in found if n < end]


def _number(name: str) -> int:
    """Return a position from 0 for a row's number or a column's letters."""
    if name.isdigit():
        return int(name) - 1
    number = 0
    for letter in name.strip().upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
