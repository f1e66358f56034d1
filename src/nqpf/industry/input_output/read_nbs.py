"""Tables of China's National Bureau of Statistics: 17, 42, 122, 135, 139, 149 or 153 products, competitive or not.

Layout (中国投入产出表, e.g. 2017 and 2020): products down the side and across the head, with names and codes (01…42).
Right of them 中间使用合计 (TIU), final use (FU101…, TC, FU201, FU202, GCF, EX), 最终使用合计 (TFU), 进口 (IM),
其他 (ERR), 总产出 (GO); below them 中间投入合计 (TII), 劳动者报酬…营业盈余 (VA001…VA004), 增加值合计 (TVA) and
总投入 (TI). In the non-competitive layout the products stand twice, 国内产品 above 进口产品. Lines are known by
names or codes, never by their place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nqpf.columns import choose
from nqpf.errors import DataError, MethodError, listing
from nqpf.industry.input_output.build import build
from nqpf.industry.input_output.reshape import split_imports
from nqpf.industry.input_output.sheet import (
    Sheet,
    Word,
    meaning,
    plain,
    read_sheets,
    require_one,
    unit_and_year,
    words,
)
from nqpf.industry.input_output.table import Floats, Imports, IOTable
from nqpf.results import Note

FOREIGN, HOME = ("进口", "import"), ("国内", "domestic")
"""Words by which a group of rows says where its products come from."""
TOTALS = ("intermediate", "final", "total")
"""Roles of lines that are sums over others."""


def from_nbs(source: Any, *, sheet: str | None = None, imports: Imports = "keep", **options: Any) -> IOTable:
    """Return an input–output table of the National Bureau of Statistics.

    Parameters
    ----------
    source
        A path (xls, xlsx, csv, …) or dataframe with the table as it was published.
    sheet
        Which sheet, where several hold a table.
    imports
        In a competitive table: ``keep`` imports inside the flows, as a negative final category; or split them off in
        ``proportional`` shares (`split_imports`). A non-competitive table has them apart in any case.
    **options
        As in `build`: balance, negative, tolerance, unit, year, source.

    Raises
    ------
    DataError
        No sheet, or several, look like such a table; total output is absent; a product is in the rows and not in the
        columns or the other way round; no category of final use; a cell holds a text.
    MethodError
        As in `build` and `split_imports`.

    References
    ----------
    国家统计局国民经济核算司 (2019), 2017年中国投入产出表, 中国统计出版社; (2022) for 2020.
    Miller and Blair (2009), Input–Output Analysis, 2nd ed., section 4.7, doi:10.1017/CBO9780511626982.
    """
    choose("imports", imports, ("keep", "proportional"))
    notes: list[Note] = []
    found = require_one(_with_output(read_sheets(source, sheet, notes)))
    table = _table(_lines(found), notes, options)
    return split_imports(table) if imports == "proportional" and not len(table.imports) else table


def _with_output(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets that have total output: tables of coefficients lie beside those of flows, and have none."""
    with_output = []
    for sheet in sheets:
        roles = {w.role for labels in sheet.across if (w := meaning(labels, "column", sheet.name_across))}
        if "total" in roles:
            with_output.append(sheet)
    if not with_output:
        raise DataError("io_no_output", where=sheets[0].grid.where(sheets[0].top))
    return with_output


@dataclass(frozen=True, slots=True)
class _Lines:
    """What each line of a sheet is.

    Attributes
    ----------
    sheet
        The sheet.
    rows, columns
        Names as `plain` writes them.
    row_words, column_words
        What lines are that are no product; None for products and for lines that are not known.
    """

    sheet: Sheet
    rows: list[str]
    columns: list[str]
    row_words: list[Word | None]
    column_words: list[Word | None]

    def products(self) -> list[int]:
        """Return the columns of products: those before 中间使用合计; they must be the rows before 中间投入合计.

        Raises
        ------
        DataError
            A product is on one side only, or comes twice in the head.
        """
        down, across = self.sheet.names
        end = _first(self.column_words, "intermediate", len(self.columns))
        columns = [j for j in range(end) if self.columns[j] and self.column_words[j] is None]
        last = max((i for i, w in enumerate(self.row_words) if w and w.role == "intermediate"), default=len(self.rows))
        rows = [i for i in range(last) if self.rows[i] and self.row_words[i] is None]
        right, left = {self.columns[j] for j in columns}, {self.rows[i] for i in rows}
        only_rows = [down[i] for i in rows if self.rows[i] not in right and not _says(self.rows[i], (*HOME, *FOREIGN))]
        only_columns = [across[j] for j in columns if self.columns[j] not in left]
        if only_rows or only_columns:
            self.refuse(only_rows, only_columns)
        twice = [name for name, count in Counter(self.columns[j] for j in columns).items() if count > 1]
        if twice:
            where = self.sheet.grid.where(self.sheet.top - 1)
            raise DataError("io_twice", where=where, what="columns", names=listing(twice, 12), count=len(twice))
        return columns

    def origins(self, products: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return the rows of domestic (or all) products and those of imported ones, in the order of the columns.

        Raises
        ------
        DataError
            Products stand twice and nothing says which are imported; or three times; or only some are imported.
        """
        wanted = [self.columns[j] for j in products]
        rows = [i for i, name in enumerate(self.rows) if name in set(wanted)]
        home: dict[str, int] = {}
        foreign: dict[str, int] = {}
        for i in rows:
            name = self.rows[i]
            others = [text for k, text in enumerate(self.sheet.down[i]) if k != self.sheet.name_down]
            abroad = len(rows) > len(wanted) and any(_says(text, FOREIGN) for text in others)
            group = foreign if abroad else home
            if name in group:
                where = self.sheet.grid.where(self.sheet.top + i)
                raise DataError("io_product_twice", where=where, name=self.sheet.names[0][i])
            group[name] = i
        if foreign and set(foreign) != set(home):
            self.refuse(sorted(set(home) ^ set(foreign)), [])
        return [home[name] for name in wanted], [foreign[name] for name in wanted] if foreign else []

    def refuse(self, only_rows: Sequence[str], only_columns: Sequence[str]) -> None:
        """Raise an error that names products without a row or column."""
        where = self.sheet.grid.where(self.sheet.top)
        rows, columns = listing(only_rows or ["—"], 12), listing(only_columns or ["—"], 12)
        raise DataError("io_products", where=where, rows=rows, columns=columns)

    def codes(self, rows: Sequence[int], columns: Sequence[int]) -> list[str] | None:
        """Return the products' codes: another level of labels that rows and columns have in common."""
        down = list(zip(*(self.sheet.down[i] for i in rows), strict=True))
        across = list(zip(*(self.sheet.across[j] for j in columns), strict=True))
        for level, labels in enumerate(down):
            if level != self.sheet.name_down and labels in across and len(set(labels)) == len(rows):
                return list(labels)
        return None

    def finals(self, begin: int) -> list[int]:
        """Return the columns of final categories from `begin`, none of them a sum over others that are there.

        Raises
        ------
        DataError
            There is none.
        """
        above = {w.role: w.part_of for w in words("column").values()}
        sums = {*TOTALS, *(w.part_of for w in self.column_words if w)}
        sums |= {above.get(role, "") for role in sums}
        chosen = [
            j
            for j in range(begin, len(self.columns))
            if self.columns[j] and ((w := self.column_words[j]) is None or w.role not in sums)
        ]
        if not any((w := self.column_words[j]) is None or w.use not in ("imports", "other") for j in chosen):
            raise DataError("io_no_final", where=self.sheet.grid.where(self.sheet.top - 1))
        return chosen

    def primaries(self) -> list[int]:
        """Return the rows of value added, none of them a sum over others that are there."""
        sums = {*TOTALS, *(w.part_of for w in self.row_words if w)}
        return [i for i, w in enumerate(self.row_words) if w and w.role not in sums]


def _lines(sheet: Sheet) -> _Lines:
    """Return what each line of a sheet is; what rows and columns have in common is a product."""
    rows, columns = ([plain(name) for name in names] for names in sheet.names)
    shared = (set(rows) & set(columns)) - {""}

    def found(names: list[str], labels: Sequence[Sequence[str]], axis: str, level: int) -> list[Word | None]:
        pairs = zip(names, labels, strict=True)
        return [None if name in shared else meaning(line, axis, level) for name, line in pairs]

    row_words = found(rows, sheet.down, "row", sheet.name_down)
    return _Lines(sheet, rows, columns, row_words, found(columns, sheet.across, "column", sheet.name_across))


def _first(words: Sequence[Word | None], role: str, default: int) -> int:
    return next((i for i, w in enumerate(words) if w and w.role == role), default)


def _says(text: str, words: Sequence[str]) -> bool:
    return any(word in text.lower() for word in words)


def _table(lines: _Lines, notes: list[Note], options: dict[str, Any]) -> IOTable:
    """Return the table."""
    sheet, products = lines.sheet, lines.products()
    home, foreign = lines.origins(products)
    finals, primaries = lines.finals(products[-1] + 1), lines.primaries()
    flows, empty = sheet.numbers(home, products)
    final, empty_final = sheet.numbers(home, finals)
    imported, empty_imports = sheet.numbers(foreign, products)
    imported_final, _ = sheet.numbers(foreign, finals)
    output, _ = sheet.numbers(home, [_first(lines.column_words, "total", -1)])
    _require_imports(lines, foreign, imported.sum(axis=1) + imported_final.sum(axis=1), options)
    if blanks := empty + empty_final + empty_imports:
        notes.append(Note("io_blanks", "info", {"count": blanks}))
    uses = [w.use if (w := lines.column_words[j]) else "" for j in finals]
    inward = [k for k, use in enumerate(uses) if use == "imports" and not foreign]
    if inward:
        names = listing([sheet.names[1][finals[k]] for k in inward])
        notes.append(Note("io_competitive", "info", {"names": names}))
    for k in inward:  # some years print imports as negative numbers, others as they are
        final[:, k] *= -1 if final[:, k].sum() > 0 else 1
    unit, year = unit_and_year(sheet)
    return build(
        flows,
        final,
        output[:, 0],
        sectors=[sheet.names[0][i] for i in home],
        finals=_titles(lines, finals),
        uses=uses,
        imports=imported,
        import_sectors=[sheet.names[0][i] for i in foreign],
        import_origins=[""] * len(foreign),
        final_imports=imported_final if foreign else None,
        added=sheet.numbers(primaries, products)[0] if primaries else None,
        addeds=[_title(sheet.down[i], sheet.name_down) for i in primaries] or None,
        codes=lines.codes(home, products),
        notes=notes,
        **{"unit": unit, "year": year, "source": sheet.grid.called, **options},
    )


def _require_imports(lines: _Lines, foreign: Sequence[int], sums: Floats, options: dict[str, Any]) -> None:
    """Refuse rows of imported products that miss the total the table states for them (in GO or IM).

    Raises
    ------
    MethodError
        A row does, unless the balance is to be noted only.
    """
    if not foreign or options.get("balance") == "note":
        return
    columns = [j for role in ("imports", "total") if (j := _first(lines.column_words, role, -1)) >= 0]
    stated = np.abs(lines.sheet.numbers(foreign, columns)[0]).max(axis=1)
    gap = sums - stated
    # Half a unit a cell is admitted, as in `build`: a rounded row misses its total by that much.
    beyond = (stated > 0) & (np.abs(gap) > options.get("tolerance", 1e-4) * stated + len(lines.columns) / 2)
    if beyond.any():
        i = int(np.where(beyond, np.abs(gap), -1.0).argmax())
        where = lines.sheet.grid.where(lines.sheet.top + foreign[i], unit=lines.sheet.names[0][foreign[i]])
        values = {"gap": float(gap[i]), "total": float(sums[i]), "stated": float(stated[i])}
        raise MethodError("io_imports_unbalanced", where=where, count=int(beyond.sum()), **values)


def _titles(lines: _Lines, finals: Sequence[int]) -> list[str]:
    """Return the names of final categories; where two are alike, with their group."""
    across = lines.sheet.across
    names = [_title(across[j], lines.sheet.name_across) for j in finals]
    counts = Counter(names)
    return [
        name if counts[name] == 1 else " ".join(reversed([text for text in across[j] if text]))
        for name, j in zip(names, finals, strict=True)
    ]


def _title(labels: Sequence[str], level: int) -> str:
    """Return a line's own name, or where that is blank the first label further out."""
    return next((text for text in labels[level:] if text), next((text for text in labels if text), ""))
