"""Blocks of rows: labels that stand only on a block's first row, rows that say what holds for those below them.

What a blank or a heading means for the rows below is lost when rows are moved. So it is only believed where the file
says so (merged cells), or where the blocks are alike: none names a thing twice, and all name nearly the same things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nqpf.data.reading.layout import Section
from nqpf.data.reading.rows import kind_of, share
from nqpf.data.reading.structure import Table
from nqpf.data.reading.titles import LABELLED
from nqpf.data.reading.tokens import text_of

ALIKE = 0.8
"""Share of all things named in blocks that each of them must name."""
FEWEST = 3
"""Blanks below labels that may be meant; fewer may be forgotten cells."""
KEYS = ("unit", "code", "period", "indicator", "part")
"""Roles of columns that say what a row is about."""
_NAMES = ("unit", "code", "period", "indicator")


def alone(table: Table, i: int) -> str | None:
    """Return the text of a row that holds one only (a merged one counts as one); None for other rows."""
    texts = {text_of(c) for _, c in table.filled(i)}
    return next(iter(texts)) if len(texts) == 1 else None


def section_of(table: Table, columns: Mapping[int, str], has: Iterable[str]) -> Section:
    """Return what rows with a single text say of those below them; ``""`` if they say nothing that can be relied on.

    A year may stand alone; of places and indicators one heading is none, nor is a line of an export (指标：…).

    Parameters
    ----------
    table
        The table.
    columns
        Column → role.
    has
        Roles that are known already.
    """
    known = set(has)
    heads = {i: text for i in table.body if (text := alone(table, i)) is not None}
    if not table.body or table.body[0] not in heads:
        return ""
    kinds = {kind_of(text) for text in heads.values()}
    several = len(heads) > 1 and not any(LABELLED.match(text) for text in heads.values())
    role: Section = ""
    if kinds == {"year"} and "period" not in known:
        role = "period"
    elif kinds == {"place"} and several and not {"unit", "code"} & known:
        role = "unit"
    elif kinds == {"text"} and several and "indicator" not in known:
        role = "indicator"
    keys = [j for j, r in columns.items() if r in KEYS]
    return role if role and _even(_blocks(table, table.body, heads, keys)) else ""


def filled_down(table: Table, body: Sequence[int], columns: Mapping[int, str]) -> tuple[int, ...]:
    """Return the columns in which a blank repeats the cell above.

    A forgotten cell among full ones is none: it stays blank, and an error or a note tells it.
    """
    keys = [j for j, r in columns.items() if r in KEYS]
    return tuple(j for j in keys if _is_filled(table, body, j, [k for k in keys if k != j]))


def _is_filled(table: Table, body: Sequence[int], j: int, others: Sequence[int]) -> bool:
    blank = [i for i in body if table.cell(i, j) is None]
    if not blank or not others or blank[0] == body[0]:
        return False
    if _merged_down(table, j, blank):
        return True
    heads = {i: text_of(table.cell(i, j)) for i in body if i not in set(blank)}
    return len(blank) >= FEWEST and _even(_blocks(table, body, heads, others, own=True))


def _merged_down(table: Table, j: int, blank: Sequence[int]) -> bool:
    """Return whether the file says that every blank of a column is part of a merged cell."""
    covered = {i for top, left, bottom, _ in table.grid.merged if left == j for i in range(top, bottom + 1)}
    return covered.issuperset(blank)


def _blocks(
    table: Table, body: Sequence[int], heads: Mapping[int, str], keys: Sequence[int], *, own: bool = False
) -> list[list[tuple[str, ...]]]:
    """Return what the rows of each block are about; `own` where a block's first row is one of data as well."""
    blocks: list[list[tuple[str, ...]]] = []
    for i in body:
        if i in heads:
            blocks.append([])
        if own or i not in heads:
            blocks[-1].append(tuple(text_of(table.cell(i, j)) for j in keys))
    return blocks


def _even(blocks: Sequence[Sequence[tuple[str, ...]]]) -> bool:
    """Return whether no block names a thing twice and each names nearly all of them."""
    everything = {row for block in blocks for row in block}
    if any(len(set(block)) < len(block) for block in blocks):
        return False
    return bool(everything) and all(len(block) >= ALIKE * len(everything) for block in blocks)


def parts_of(table: Table, body: Sequence[int], columns: Mapping[int, str], values: Sequence[int]) -> list[int]:
    """Return the column of words without which two rows would be about the same, if there is one.

    Its words must come back with other places and years (行业: 农业, 工业 in every province): remarks do not.
    """
    keys = [j for j, role in columns.items() if role in _NAMES]
    rows = [tuple(text_of(table.cell(i, j)) for j in keys) for i in body]
    if len(set(rows)) == len(rows):
        return []
    for j in range(*table.columns):
        words = [c for i in body if (c := table.cell(i, j)) is not None]
        if j in columns or j in values or len(words) < len(body) or share(words, "text", "place") < 1:
            continue
        crossed = {(*row, text_of(table.cell(i, j))) for row, i in zip(rows, body, strict=True)}
        distinct = {text_of(w) for w in words}
        if len(crossed) == len(rows) and len(distinct) * len(set(rows)) <= 2 * len(rows):
            return [j]
    return []
