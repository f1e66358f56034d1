"""What is written in a cell: a number with its marks, a year, or a sign that there is none.

Conventions of Chinese yearbooks (their 使用说明 / user's notes): ``…`` is less than half of the smallest unit shown,
``-`` or ``--`` nothing to report, a blank not available, ``#`` an item listed out of a total. None of them is a
number, so all are read as missing, and the sign is kept.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from nqpf.data.units import is_unit

ABSENT = frozenset(("", "na", "n/a", "n.a.", "nan", "null", "none", "#n/a", "无", "缺", "缺失", "暂无", "不详", "未公布"))
"""Words that say that there is no number, in lower case."""
_SIGNS = re.compile(r"[-–—―－─\s]+|\.{2,}|…+|⋯+|[:/\\*#.]|x+|\?+", re.IGNORECASE)
"""Signs that say so: dashes, dots, ``:`` (Eurostat), ``..`` (World Bank), ``x`` (withheld), ``#``."""
_MARKS = re.compile(
    r"(?:\s*(?:[①-⑳*#†‡§¹²³⁰⁴-⁹]+|\[\w{1,3}\]|[(（](?:[perbf]|\d{1,2}|初步|预计|快报|修订|估计)[)）]|(?<=\d)\s*[perb]))+$"
)
"""What may stand behind a number: a footnote's number, (p) provisional, (e) estimated, (r) revised, b break."""
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:([, '’\u00a0\u2009\u202f])\d{3})(?:\1\d{3})*|\d+)?(?:\.\d+)?(?:e[-+]?\d+)?", re.I)
_NAME_MARKS = re.compile(r"\s*(?:[①-⑳†‡*]+|(?<![a-zA-Z])[¹²³⁰⁴-⁹]+|\[\d{1,2}\]|(?<=[^\d\s])\d\)|[(（]\d[)）])$")
_HAN = "\u3007\u3400-\u9fff"
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


@dataclass(frozen=True, slots=True)
class Number:
    """A cell read as a number.

    Attributes
    ----------
    value
        The number; None where the cell says that there is none.
    mark
        What stood beside the number, or instead of it: ``(p)``, ``①``, ``…``.
    measure
        Unit of measure written in the cell: ``%``, ``亿元``.
    """

    value: float | None
    mark: str | None = None
    measure: str | None = None


def as_number(cell: Any) -> Number | None:
    """Return what a cell says of a number; None if it holds something else.

    Examples
    --------
    >>> as_number("１，234.5(p)"), as_number("--"), as_number("12.5%"), as_number("about 3")
    (Number(value=1234.5, mark='(p)', measure=None), Number(value=None, mark='--', measure=None), Number(value=12.5, \
mark=None, measure='%'), None)
    """
    if cell is None:
        return Number(None)
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return Number(float(cell)) if math.isfinite(cell) else Number(None) if cell != cell else None
    if isinstance(cell, str):
        return _of_text(cell)
    try:  # numbers of other libraries: Decimal, NumPy
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return Number(number) if math.isfinite(number) else None


def _of_text(cell: str) -> Number | None:
    text = cell.strip()
    if text.lower() in ABSENT:
        return Number(None)
    if _SIGNS.fullmatch(text):
        return Number(None, text)
    found = _MARKS.search(text)
    mark = found[0].strip() if found else None
    plain = unicodedata.normalize("NFKC", text[: found.start()] if found else text).replace("−", "-").strip(" '\t")
    number = _NUMBER.match(plain)
    digits = number[0] if number else ""
    if not number or not any(c.isdigit() for c in digits):
        return Number(None, text) if mark and (not plain or _SIGNS.fullmatch(plain)) else None
    rest = plain[number.end() :].strip()
    if rest and not is_unit(rest):
        return None
    value = float(digits.replace(number[1], "") if number[1] else digits)
    return Number(value, mark, rest or None) if math.isfinite(value) else None


def as_year(value: object) -> int | None:
    """Return a year (1800 to 2200) written as a number, ``2019年``, ``二〇一九年``, a date or a date in quotes; else None.

    Examples
    --------
    >>> as_year("2019年"), as_year("'2022-12-31"), as_year("2019-2020"), as_year(2019.5)
    (2019, 2022, None, None)
    """
    if isinstance(value, dt.date):
        return value.year
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    if isinstance(value, int | float):
        year = int(value)
    else:
        text = unicodedata.normalize("NFKC", str(value)).strip(" '’‘\"")
        text = re.sub(r"^[〇零一二三四五六七八九]{4}(?=年$)", lambda m: m[0].translate(_DIGITS), text)
        found = re.fullmatch(
            r"(\d{4})(?:(?:\.0)?\s*年?度?|\s*[AaEe]|[-/.](?:1[0-2]|0?\d)[-/.](?:[0-2]?\d|3[01])(?:[ T]0?0:00(?::00)?)?)",
            text,
        ) or re.fullmatch(r"(\d{4})年\d{1,2}月(?:\d{1,2}日)?", text)
        if not found:
            return None
        year = int(found[1])
    return year if 1800 <= year <= 2200 else None


def without_marks(name: str) -> tuple[str, str | None]:
    """Return a name without the footnote's number behind it, and that number.

    Examples
    --------
    >>> without_marks("就业人员①"), without_marks("CO2"), without_marks("面积(m²)")
    (('就业人员', '①'), ('CO2', None), ('面积(m²)', None))
    """
    found = _NAME_MARKS.search(name)
    if not found or not name[: found.start()].strip():
        return name, None
    return name[: found.start()].rstrip(), found[0].strip()


def close_up(text: str) -> str:
    """Return a text with blanks between Chinese characters removed and others made single.

    Examples
    --------
    >>> close_up("地　 区"), close_up("R&D  经费")
    ('地区', 'R&D 经费')
    """
    joined = " ".join(text.split())
    return re.sub(f"(?<=[{_HAN}]) (?=[{_HAN}])", "", joined)


def has_han(text: str) -> bool:
    """Return whether a text holds a Chinese character."""
    return bool(re.search(f"[{_HAN}]", text))
