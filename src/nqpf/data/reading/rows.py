"""What stands in cells and rows: kinds of cells, rows of data, captions, footnotes; nothing here knows of columns."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from nqpf.data.places.names import SCHEMES, clean, gazetteer
from nqpf.data.reading.tokens import PLAIN, as_number, as_year, text_of, without_marks

Kind = Literal["empty", "number", "absent", "year", "place", "text"]
Cells = Sequence[tuple[int, Any]]
"""The cells of a row that hold something: column and content."""

FOOT = re.compile(
    r"^\s*(?:注|附注|说明|备注|资料来源|数据来源|来源|编者注|制表|审核|填报|(?:data )?sources?\b|notes?\b|[①-⑳*†‡]|"
    r"[(（\[]?\d{1,2}[)）\]、.．]\s*\D|[¹²³⁰⁴-⁹]+\s*\D)",
    re.IGNORECASE,
)
"""How a footnote begins."""
NOTE = re.compile(
    r"^\s*(?:注|附注|说明|备注|资料来源|数据来源|来源|(?:data )?sources?|notes?)\s*[:：\d①]", re.IGNORECASE
)
"""How a note begins that stands above a table, where a number or a star belongs to a title."""
FACTOR = re.compile(r"折算|折标|换算|conversion", re.IGNORECASE)
"""What a row of conversion factors is called; 系数 alone is also an indicator (恩格尔系数)."""
MODERN = range(1900, 2101)
"""Numbers that are read as years where nothing says what they are."""
_SUBUNIT = re.compile(r"[\u4e00-\u9fff]{1,12}[省市区县州盟旗]")
_KEPT = 100_000


def kind_of(cell: Any) -> Kind:
    """Return what kind of thing a cell holds; a whole number between 1900 and 2100 is a ``year``."""
    if cell is None:
        return "empty"
    if isinstance(cell, str):
        if PLAIN.fullmatch(cell) and not ("1900" <= cell <= "2100.0"):
            return "number"  # the shortest way for numbers that are written as texts, if they can be no years
        return _kind_of_text(cell)
    if type(cell) is float and not (1900 <= cell <= 2100) and math.isfinite(cell):
        return "number"  # most cells are: the shortest way for them
    if as_year(cell) in MODERN:
        return "year"
    number = as_number(cell)
    return "text" if number is None else "number" if number.value is not None else "absent"


@lru_cache(_KEPT)
def _kind_of_text(text: str) -> Kind:
    if as_year(text) in MODERN:
        return "year"
    number = as_number(text)
    if number is not None:
        return "absent" if number.value is None else "number"
    return "place" if _is_place(without_marks(text)[0]) else "text"


def _is_place(text: str) -> bool:
    """Return whether a text is a place's name; codes of letters (IN, NO, CHN) are words as well and do not count."""
    if len(text) > 40 or (len(text) <= 3 and text.isascii()) or any(c.isdigit() for c in text):
        return False
    key = clean(text)
    return any(key in gazetteer(scheme).codes or key in gazetteer(scheme).totals for scheme in SCHEMES)


def is_code(text: str) -> bool:
    """Return whether a text is the code of a place."""
    key = clean(text)
    return any(key in gazetteer(scheme).codes for scheme in SCHEMES)


def kinds_of(cells: Cells) -> list[Kind]:
    """Return the kinds of a row's cells."""
    return [kind_of(c) for _, c in cells]


def share(cells: Iterable[Any], *kinds: Kind) -> float:
    """Return the share of cells that are of one of some kinds; 0 of none."""
    return share_of(Counter(map(kind_of, cells)), *kinds)


def share_of(counted: Counter[Kind], *kinds: Kind) -> float:
    """Return the share of some kinds among cells that were counted by kind; 0 of none."""
    total = counted.total()
    return sum(counted[kind] for kind in kinds) / total if total else 0.0


def like_subunits(cells: Iterable[Any]) -> bool:
    """Return whether all cells end as names of districts and counties do, which no gazetteer here holds."""
    listed = [text_of(c).replace(" ", "") for c in cells]
    return len(listed) > 1 and all(_SUBUNIT.fullmatch(text) for text in listed)


def consecutive(years: Sequence[int]) -> bool:
    """Return whether years run one way, each perhaps several times, or the same run again and again.

    Numbers of anything else that happen to lie between 1900 and 2100 do not.

    Examples
    --------
    >>> consecutive([2021, 2020, 2020, 2019]), consecutive([2019, 2020, 2019, 2020]), consecutive([2011, 1903, 2050])
    (True, True, False)
    """
    runs: list[list[int]] = [[]]
    for year in years:
        if year in runs[-1] and year != runs[-1][-1]:
            runs.append([])
        if not runs[-1] or year != runs[-1][-1]:
            runs[-1].append(year)
    first = runs[0]
    steps = [b - a for a, b in pairwise(first)]
    again = all(run == first for run in runs[1:-1]) and runs[-1] == first[: len(runs[-1])]
    return again and (all(0 < s <= 30 for s in steps) or all(-30 <= s < 0 for s in steps))


def years_across(cells: Cells) -> bool:
    """Return whether a row names years: two or more that run one way, beside at most one other cell before them."""
    kinds = kinds_of(cells)
    years = [y for (_, c), k in zip(cells, kinds, strict=True) if k == "year" and (y := as_year(c))]
    return len(years) >= 2 and 2 * len(years) >= len(cells) - 1 and kinds[0] != "place" and consecutive(years)


def looks_like_data(cells: Cells) -> bool:
    """Return whether a row above the header can only be one of data: it holds numbers."""
    kinds = kinds_of(cells)
    numbers = kinds.count("number")
    return numbers >= 2 or (numbers == 1 and ("place" in kinds or "year" in kinds))


def has_number(cells: Cells) -> bool:
    """Return whether a row holds a number."""
    return any(kind_of(c) == "number" for _, c in reversed(cells))  # numbers stand at the end


def is_factor(cells: Cells) -> bool:
    """Return whether a row holds factors of conversion rather than data: its first word says so."""
    first = next((c for _, c in cells if isinstance(c, str) and kind_of(c) == "text"), None)
    return first is not None and bool(FACTOR.search(first)) and has_number(cells)


def is_foot(cells: Cells) -> bool:
    """Return whether a row begins as a footnote does."""
    return isinstance(cells[0][1], str) and bool(FOOT.match(cells[0][1]))


def looks_like_row(cells: Cells) -> bool:
    """Return whether a row below the header is one of data: it names a place or a year, or holds a number.

    A footnote may hold a number, and one that was cut at its commas several texts.
    """
    kinds = kinds_of(cells)
    if kinds[0] == "text" and is_foot(cells):
        return sum(k in ("number", "year") for k in kinds) >= 2
    return kinds[0] == "place" or bool({"number", "year", "absent"} & set(kinds))


def is_caption(cells: Cells) -> bool:
    """Return whether a row holds a single text that is neither a place nor a number: a heading inside a table."""
    return len({text_of(c) for _, c in cells}) == 1 and kind_of(cells[0][1]) == "text"


def is_numbering(cells: Cells) -> bool:
    """Return whether cells number the columns: 1 2 3 …, or 甲 乙 1 2."""
    counted = [n.value for _, c in cells if (n := as_number(c)) is not None and n.value is not None]
    rest = [text_of(c) for _, c in cells if kind_of(c) not in ("number", "absent")]
    steps = [counted[0] + n for n in range(len(counted))] if counted else []
    return len(counted) >= 2 and counted == steps and counted[0] in (0, 1, 2) and all(r in "甲乙丙丁戊" for r in rest)


def line(cells: Cells) -> str:
    """Return a row's text, what a merged cell repeats once."""
    return " ".join(dict.fromkeys(str(c) for _, c in cells))
