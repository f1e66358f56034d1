"""What a header says: the part a column plays, or an indicator's name in one or two languages with its unit.

The words that headers use for places, years and so on are data (``tables/headers.csv``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from nqpf.data.tokens import close_up, has_han, without_marks
from nqpf.data.units import is_unit
from nqpf.messages import Text

_BRACKETS = re.compile(r"\s*[(（\[【]([^()（）\[\]【】]+)[)）\]】]")
_STATED = re.compile(r"(?:计量)?单位\s*[:：]\s*(.+?)\s*[)）]?$|\bunit\s*:\s*(.+?)\s*[)）]?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """An indicator as a header names it.

    Attributes
    ----------
    name
        Name without unit, footnote's number and blanks between Chinese characters.
    measure
        Unit of measure, as written.
    english
        English name beside a Chinese one.
    mark
        Footnote's number.
    """

    name: str
    measure: str | None = None
    english: str | None = None
    mark: str | None = None

    @property
    def title(self) -> Text:
        """Name in both languages; where only one is written, that one."""
        return Text(self.name, self.english or self.name)


@cache
def header_words() -> Mapping[str, str]:
    """Return the role that each known header word names, in lower case."""
    table = resources.files("nqpf.data") / "tables" / "headers.csv"
    return dict(pl.read_csv(table.read_bytes(), columns=["word", "role"]).iter_rows())


def role_of(cell: Any) -> str | None:
    """Return the role that a header names: unit, code, period, indicator, value, …; None if it is no such word.

    Examples
    --------
    >>> role_of("地　区"), role_of("省份\\nProvince"), role_of("GDP")
    ('unit', 'unit', None)
    """
    return _role(cell) if isinstance(cell, str) else None


@cache
def _role(text: str) -> str | None:
    words, plain = header_words(), unicodedata.normalize("NFKC", text).strip().lower()
    whole = words.get(plain) or words.get(close_up(plain))
    if whole:
        return whole
    parts = [p for p in re.split(r"[\n/\\|、()（）]+|(?<=[\u3400-\u9fff]) +(?=[a-z])", plain) if p.strip()]
    roles = [words.get(close_up(p)) for p in parts]
    return roles[0] if len(parts) > 1 and all(roles) else None


def title_and_role(cell: Any) -> tuple[str, str] | None:
    """Return the title in front of a header word of places: ``移动电话普及率(部/百人)地区`` → title and ``unit``."""
    if not isinstance(cell, str):
        return None
    text = close_up(cell)
    for word in ("地区", "省份", "省市", "城市", "国家"):
        title = text.removesuffix(word)
        if title != text and len(title) > 2 and _BRACKETS.search(title):
            return title, "unit"
    return None


@cache
def split_header(text: str) -> Header:
    """Return an indicator's name and unit: ``原煤\\n(万吨)\\nRaw Coal\\n(10⁴ tons)``, ``人口/万人``, ``产值（亿元）``.

    Brackets that hold no known unit stay part of the name.

    Examples
    --------
    >>> split_header("地区生产总值 (亿元)"), split_header("年末常住人口/万人")
    (Header(name='地区生产总值', measure='亿元', english=None, mark=None), Header(name='年末常住人口', measure='万人', \
english=None, mark=None))
    """
    bare, mark = without_marks(text.strip().lstrip("#＃").strip())
    measures: list[str] = []

    def take(found: re.Match[str]) -> str:
        inside = re.sub(r"^(?:计量)?单位\s*[:：]\s*", "", close_up(found[1]))
        if not is_unit(inside) or not bare[: found.start()].strip():
            return found[0]
        measures.append(inside)
        return "\n" if "\n" in bare else ""

    rest = _BRACKETS.sub(take, bare)
    if not measures:
        name, _, last = rest.rpartition("/")
        others = re.fullmatch(r"(.+?)\s*[,，:：_]\s*(?:单位\s*[:：]\s*)?([^,，:：_]+)", rest)
        if name and is_unit(last) and not is_unit(name):
            rest, measures = name, [last.strip()]
        elif others and is_unit(others[2]) and has_han(others[2]):
            rest, measures = others[1], [others[2].strip()]
    name, english = _languages(rest)
    inner, second = without_marks(name)
    return Header(inner, measures[0] if measures else None, english, mark or second)


def _languages(text: str) -> tuple[str, str | None]:
    """Return a name and, where it is written in two languages on several lines, the English one."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    chinese, others = [x for x in lines if has_han(x)], [x for x in lines if not has_han(x)]
    if chinese and others:
        return close_up("".join(chinese)), close_up(" ".join(others))
    return close_up("".join(lines) if chinese else " ".join(lines)), None


def stated_unit(text: str) -> str | None:
    """Return the unit of measure that a line states: ``单位：亿元`` → ``亿元``; None if it states none that is known.

    Examples
    --------
    >>> stated_unit("(单位：万吨标准煤)"), stated_unit("表 1")
    ('万吨标准煤', None)
    """
    found = _STATED.search(text.strip())
    unit = (found[1] or found[2]).strip() if found else ""
    return unit if unit and is_unit(unit) else None


def bracketed_unit(text: str) -> str | None:
    """Return the unit in a cell that holds nothing else: ``(万吨)``, ``亿元``; None for anything else, or half a bracket."""
    whole = re.fullmatch(r"\s*[(（\[【](.+)[)）\]】]\s*", text, re.DOTALL)
    inside = close_up(whole[1] if whole else text)
    return inside if inside and is_unit(inside) else None
