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

ABSENT = frozenset(
    ("", "na", "n/a", "n.a.", "nan", "null", "none", "#n/a", "无", "缺", "缺失", "暂无", "不详", "未公布")
)
"""Words that say that there is no number, in lower case."""
YEARS = range(1800, 2201)
"""What can be a year."""
PLAIN = re.compile(r"[-+]?\d+(?:\.\d+)?", re.ASCII)
"""A number without separators, marks or a unit: most texts that are numbers are."""
_SIGNS = re.compile(r"[-–—―－─\s]+|\.{2,}|…+|⋯+|[:/\\*#.]|x+|\?+", re.IGNORECASE)
"""Signs that say so: dashes, dots, ``:`` (Eurostat), ``..`` (World Bank), ``x`` (withheld), ``#``."""
_MARKS = re.compile(
    r"(?:\s*(?:[①-⑳*#†‡§¹²³⁰⁴-⁹]+|\[\w{1,3}\]|[(（](?:[perbf]|\d{1,2}|初步|预计|快报|修订|估计)[)）]|(?<=\d)\s*[perb]))+$"
)
"""What may stand behind a number: a footnote's number, (p) provisional, (e) estimated, (r) revised, b break."""
_NUMBER = re.compile(
    r"[-+]?(?:(?:\d{1,3}(?:([, '’\u00a0\u2009\u202f])\d{3})(?:\1\d{3})*|\d+)(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"(\d{4})(?:"
    r"(?:\.0)?\s*年?[度末底]?|\s*[AaEe]|"  # 2019, 2019年, 2019年末, 2024E
    r"[-/.](?:1[0-2]|0?\d)[-/.](?:[0-2]?\d|3[01])(?:[ T]0?0:00(?::00)?)?|"  # 2019-12-31
    r"年\d{1,2}月(?:\d{1,2}日)?)"
)
_YEAR_MARKS = re.compile(r"\s*(?:[①-⑳*†‡]+|[(（](?:[per]|初步|预计|快报|修订|估计)[)）])$")
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
    if isinstance(cell, bool | dt.date):
        return None
    if isinstance(cell, str):
        return _of_text(cell)
    try:
        number = float(cell)  # also Decimal and NumPy's numbers
    except (TypeError, ValueError, OverflowError):
        return None
    if math.isnan(number):
        return Number(None)
    return Number(number) if math.isfinite(number) else None


def _of_text(cell: str) -> Number | None:
    if PLAIN.fullmatch(cell) and len(cell) < 300:
        return Number(float(cell))
    text = cell.strip()
    if text.lower() in ABSENT:
        return Number(None)
    if _SIGNS.fullmatch(text):
        return Number(None, text)
    found = _MARKS.search(text)
    mark = found[0].strip() if found else None
    plain = unicodedata.normalize("NFKC", text[: found.start()] if found else text).replace("−", "-").strip(" '\t")
    number = _NUMBER.match(plain)
    if not number:
        return Number(None, text) if mark and (not plain or _SIGNS.fullmatch(plain)) else None
    rest = plain[number.end() :].strip()
    if rest and not is_unit(rest):
        return None
    value = float(number[0].replace(number[1], "") if number[1] else number[0])
    return Number(value, mark, rest or None) if math.isfinite(value) else None


def as_year(value: object) -> int | None:
    """Return a year (1800 to 2200) written as a number, ``2019年``, ``二〇一九年`` or a date, in quotes or not.

    Examples
    --------
    >>> as_year("2019年"), as_year("'2022-12-31"), as_year("2023年(p)"), as_year("2019-2020"), as_year(2019.5)
    (2019, 2022, 2023, None, None)
    """
    if isinstance(value, dt.date):
        return value.year
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        year = int(value) if float(value).is_integer() else None
    else:
        text = unicodedata.normalize("NFKC", _YEAR_MARKS.sub("", str(value))).strip(" '’‘\"")
        text = re.sub(r"^[〇零一二三四五六七八九]{4}(?=年$)", lambda m: m[0].translate(_DIGITS), text)
        found = _YEAR.fullmatch(text)
        year = int(found[1]) if found else None
    return year if year in YEARS else None


def month_of(value: object) -> int | None:
    """Return the month that a date names; None where only a year is written.

    Examples
    --------
    >>> month_of("2020年3月"), month_of("2020-12-31"), month_of("2020年")
    (3, 12, None)
    """
    if isinstance(value, dt.date):
        return value.month
    found = re.search(r"\d{4}\s*(?:年|[-/.])\s*(\d{1,2})", str(value))
    return int(found[1]) if found else None


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


def text_of(cell: Any) -> str:
    """Return a cell as text: a whole number without its point, nothing as an empty text.

    Examples
    --------
    >>> text_of(2019.0), text_of(" 北京 "), text_of(None)
    ('2019', '北京', '')
    """
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
