"""World tables as WIOD and the OECD's ICIO lay them out: one square of regions × sectors with two levels of labels.

WIOD (2013 and 2016 releases) writes code, description and country in columns of their own and below each other in the
head; ICIO writes both in one word, ``CHN_C10T12``. Lines are known by what rows and columns have in common; what is
left in the rows is value added, taxes and margins, what is left in the columns is final use.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nqpf.errors import DataError, listing
from nqpf.industry.input_output.build import build
from nqpf.industry.input_output.sheet import Sheet, meaning, read_sheets, require_one, unit_and_year
from nqpf.industry.input_output.table import IOTable
from nqpf.results import Note

Label = tuple[str, str]
"""Region and sector."""


def from_square(source: Any, *, sheet: str | None = None, **options: Any) -> IOTable:
    """Return an input–output table of a square table with labels of regions and sectors.

    Parameters
    ----------
    source
        A path (csv, xlsx, xlsb, …) or dataframe with the table as it was published.
    sheet
        Which sheet, where several hold a table.
    **options
        As in `build`: balance, negative, tolerance, unit, year, source.

    Returns
    -------
    IOTable
        Labels without a region (``A``, not ``CHN_A``) make a table of one region.

    Raises
    ------
    DataError
        No sheet, or several, look like such a table; a sector is in the rows and not in the columns or the other way
        round; there is no final use; a cell holds a text.
    MethodError
        As in `build`.

    References
    ----------
    Timmer, Dietzenbacher, Los, Stehrer and de Vries (2015), An illustrated user guide to the World Input–Output
    Database, Review of International Economics 23(3), 575–605, doi:10.1111/roie.12178.

    Examples
    --------
    >>> from_square({"": ["A_s", "B_s", "VA", "OUT"], "A_s": [1, 3, 4, 8], "B_s": [2, 4, 10, 16],
    ...              "A_HFCE": [5, 0, None, None], "B_HFCE": [0, 9, None, None], "OUT": [8, 16, None, None]}).finals
    ('A|HFCE', 'B|HFCE')
    """
    notes: list[Note] = []
    found = require_one(read_sheets(source, sheet, notes))
    down, across = _labels(found)
    shared = {label for label in set(down) & set(across) if not _is_sum(label)}
    column_of = {label: j for j, label in enumerate(across) if label in shared}
    rows = [i for i, label in enumerate(down) if label in shared]
    sectors = [down[i] for i in rows]
    _require_square(found, down, across, shared)
    columns = [column_of[label] for label in sectors]
    finals, total = _rest(found, across, shared, "column")
    primaries, _ = _rest(found, down, shared, "row")
    if not finals:
        raise DataError("io_no_final", where=found.grid.where(found.top - 1))
    flows, empty = found.numbers(rows, columns)
    final, empty_final = found.numbers(rows, finals)
    output = None if total is None else found.numbers(rows, [total])[0][:, 0]
    if empty + empty_final:
        notes.append(Note("io_blanks", "info", {"count": empty + empty_final}))
    regions = {region for region, _ in sectors}
    words = [meaning(_inner(found, j, across), "column", 0) for j in finals]
    unit, year = unit_and_year(found)
    return build(
        flows,
        final,
        output,
        sectors=[sector for _, sector in sectors],
        regions=[region for region, _ in sectors],
        finals=[_final(across[j]) for j in finals],
        uses=[word.use if word else "" for word in words],
        added=found.numbers(primaries, columns)[0] if primaries else None,
        addeds=[_final(down[i]) if down[i][0] in regions else down[i][1] for i in primaries] or None,
        notes=notes,
        **{"unit": unit, "year": year, "source": found.grid.called, **options},
    )


def _labels(sheet: Sheet) -> tuple[list[Label], list[Label]]:
    """Return region and sector of every row and column.

    Of the levels that rows and columns share, the one with fewest different labels is the region's; the one that, with
    it, tells most rows apart is the sector's, the outermost of several. A single level is split at its first
    underscore.
    """
    down, across = list(zip(*sheet.down, strict=True)), list(zip(*sheet.across, strict=True))
    levels = _shared_levels(down, across)
    if len(levels) > 1:
        common = [i for i in range(len(sheet.down)) if all(down[d][i] in set(across[a]) for d, a in levels)]
        few = min(levels, key=lambda level: len({down[level[0]][i] for i in common}))
        pairs = [(len({(down[few[0]][i], down[d][i]) for i in common}), d, a) for d, a in levels if (d, a) != few]
        _, d, a = max(pairs)
        if len({down[few[0]][i] for i in common}) < len(common):
            pair_down = list(zip(down[few[0]], down[d], strict=True))
            return pair_down, list(zip(across[few[1]], across[a], strict=True))
    d, a = sheet.name_down, sheet.name_across
    return [_split(t) for t in down[d]], [_split(t) for t in across[a]]


def _shared_levels(down: list[tuple[str, ...]], across: list[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Return levels of rows and of columns that share labels, each with the one it shares most with."""
    found = []
    for d, labels in enumerate(down):
        shared = [len((set(labels) & set(others)) - {""}) for others in across]
        if max(shared, default=0) > 1:
            found.append((d, shared.index(max(shared))))
    return found


def _split(text: str) -> Label:
    region, bar, sector = text.partition("_")
    return (region, sector) if bar and region and sector else ("", text)


def _is_sum(label: Label) -> bool:
    """Return whether a label is that of total output, which stands in the last row and in the last column."""
    return all((w := meaning([label[1]], axis, 0)) is not None and w.role == "total" for axis in ("row", "column"))


def _final(label: Label) -> str:
    return f"{label[0]}|{label[1]}" if label[0] else label[1]


def _require_square(sheet: Sheet, down: Sequence[Label], across: Sequence[Label], shared: set[Label]) -> None:
    """Refuse a region's sector that stands in rows or columns only, and one that stands there twice."""
    names = {sector for _, sector in shared}
    only_rows = [_final(label) for label in down if label not in shared and label[0] and label[1] in names]
    only_columns = [_final(label) for label in across if label not in shared and label[0] and label[1] in names]
    if only_rows or only_columns:
        raise DataError("io_products", where=sheet.grid.where(sheet.top), rows=listing(only_rows or ["—"], 12),
                        columns=listing(only_columns or ["—"], 12))  # fmt: skip
    twice = [_final(label) for label in shared if list(down).count(label) > 1 or list(across).count(label) > 1]
    if twice:
        raise DataError("io_twice", where=sheet.grid.where(sheet.top), what="rows", names=listing(sorted(twice), 12),
                        count=len(twice))  # fmt: skip


def _inner(sheet: Sheet, line: int, across: Sequence[Label]) -> list[str]:
    return [across[line][1], *sheet.across[line]]


def _rest(sheet: Sheet, labels: Sequence[Label], shared: set[Label], axis: str) -> tuple[list[int], int | None]:
    """Return the lines that are neither sectors nor sums, and the line of total output."""
    lines = sheet.down if axis == "row" else sheet.across
    rest, total = [], None
    for k, (label, line) in enumerate(zip(labels, lines, strict=True)):
        if label in shared or not any(line):
            continue
        word = next((w for t in (label[1], _final(label), *line) if (w := meaning([t], axis, 0))), None)
        role = word.role if word else ""
        if role == "total":
            total = k
        elif role not in ("intermediate", "final"):
            rest.append(k)
    return rest, total
