"""What a header says: the part a column plays, or an indicator's name in one or two languages with its unit.

The words that headers use for places, years and so on are data (``tables/headers.csv``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import polars as pl

from nqpf.data.reading.tokens import close_up, has_han, without_marks
from nqpf.data.units import is_unit
from nqpf.messages import Text

KEPT = 20_000
"""How many texts the readings are remembered of: headers and stubs say the same things over and over."""
_BRACKETS = re.compile(r"\s*[(（\[【]([^()（）\[\]【】]+)[)）\]】]")
_WHOLE = re.compile(r"\s*[(（\[【](.+)[)）\]】]\s*", re.DOTALL)
_STATED = re.compile(r"(?:计量)?单位\s*[:：]\s*(.+?)\s*[)）]?$|\bunit\s*:\s*(.+?)\s*[)）]?$", re.IGNORECASE)
_LISTED = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、](?!\d))\s*(?=\S)"
)
"""What numbers the items of a list: 一、 （一） 1. (2)"""


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
    r"""Return the role that a header names: unit, code, period, indicator, value, …; None if it is no such word.

    Examples
    --------
    >>> role_of("地　区"), role_of("省份\nProvince"), role_of("GDP")
    ('unit', 'unit', None)
    """
    return _role(cell) if isinstance(cell, str) else None


@lru_cache(KEPT)
def _role(text: str) -> str | None:
    words, plain = header_words(), unicodedata.normalize("NFKC", text).strip().lower()
    whole = words.get(plain) or words.get(close_up(plain))
    if whole:
        return whole
    parts = [p for p in re.split(r"[\n/\\|、()（）]+|(?<=[\u3400-\u9fff]) +(?=[a-z])", plain) if p.strip()]
    roles = [words.get(close_up(p)) for p in parts]
    return roles[0] if len(parts) > 1 and all(roles) else None


def title_in_corner(cell: Any) -> str | None:
    """Return the indicator that a header cell names before its word for places: ``移动电话普及率(部/百人)地区``.

    Only a unit of measure in brackets shows where the title ends; 贫困地区 is no title.

    Examples
    --------
    >>> title_in_corner("移动电话普及率(部/百人)地区"), title_in_corner("贫困地区")
    ('移动电话普及率(部/百人)', None)
    """
    text = close_up(cell) if isinstance(cell, str) else ""
    for word in _place_words():
        title = text.removesuffix(word)
        if title != text and split_header(title).measure:
            return title
    return None


def key_of(cell: Any) -> str | None:
    """Return the role that a header names, also where it names an indicator before the word for places."""
    return role_of(cell) or ("unit" if title_in_corner(cell) else None)


@cache
def _place_words() -> tuple[str, ...]:
    words = [w for w, role in header_words().items() if role == "unit" and has_han(w)]
    return tuple(sorted(words, key=len, reverse=True))  # 国家和地区 before 地区


@lru_cache(KEPT)
def split_header(text: str) -> Header:
    """Return an indicator's name and unit: ``人口/万人``, ``一、产值（亿元）``, 原煤 (万吨) Raw Coal in lines.

    Brackets that hold no known unit stay part of the name.

    Examples
    --------
    >>> split_header("地区生产总值 (亿元)"), split_header("年末常住人口/万人")
    (Header(name='地区生产总值', measure='亿元', english=None, mark=None), Header(name='年末常住人口', measure='万人', \
english=None, mark=None))
    """
    bare, mark = without_marks(_LISTED.sub("", text.strip().lstrip("#＃").strip()))
    measures: list[str] = []

    def take(found: re.Match[str]) -> str:
        inside = re.sub(r"^(?:计量)?单位\s*[:：]\s*", "", close_up(found[1]))
        if not is_unit(inside) or not bare[: found.start()].strip():
            return found[0]
        measures.append(inside)
        return "\n" if "\n" in bare else ""

    rest = _BRACKETS.sub(take, bare)
    if not measures:
        rest, behind = _unit_behind(rest)
        measures = [behind] if behind else []
    name, english = _languages(rest)
    inner, second = without_marks(name)
    return Header(inner, measures[0] if measures else None, english, mark or second)


def _unit_behind(text: str) -> tuple[str, str | None]:
    """Return name and unit where no bracket divides them: ``人口/万人``, ``产值：亿元``, ``排放量_吨``."""
    name, _, last = text.rpartition("/")
    if name and is_unit(last) and not is_unit(name):
        return name, last.strip()
    others = re.fullmatch(r"(.+?)\s*[,，:：_]\s*(?:单位\s*[:：]\s*)?([^,，:：_]+)", text, re.DOTALL)
    if others and is_unit(others[2]) and has_han(others[2]):
        return others[1], others[2].strip()
    return text, None


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
    unit = states_unit(text)
    return unit if unit and is_unit(unit) else None


def states_unit(text: str) -> str | None:
    """Return what a line states as the unit of measure, known or not: ``单位：人、‰`` → ``人、‰``."""
    found = _STATED.search(text.strip())
    return (found[1] or found[2]).strip() if found else None


def bracketed_unit(text: str) -> str | None:
    """Return the unit in a cell that holds nothing else: ``(万吨)``, ``亿元``; None otherwise, and for half a bracket.

    An English word without brackets is a name rather than a unit: ``Population`` below 人口.

    Examples
    --------
    >>> bracketed_unit("（万吨）"), bracketed_unit("亿元"), bracketed_unit("Population"), bracketed_unit("千焦)")
    ('万吨', '亿元', None, None)
    """
    whole = _WHOLE.fullmatch(text)
    inside = close_up(whole[1] if whole else text)
    word = inside.isascii() and inside.replace(" ", "").isalpha()
    if not inside or (whole is None and (word or split_header(text).measure)):
        return None
    return inside if is_unit(inside) else None
