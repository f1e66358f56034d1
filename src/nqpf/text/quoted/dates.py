"""Dates as they are written in Chinese prose, resolved against the date before them or that of the article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date as Day
from typing import Literal

Precision = Literal["day", "range", "month", "year", "unknown"]
Base = tuple[int, int | None, int | None]

DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
YEAR = r"(?P<year>(?:19|20)\d{2}|[一二][〇零一二三四五六七八九]{3})\s*年"
NUMBER = r"(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
DATE = re.compile(
    rf"(?:{YEAR}|(?P<relative>同年|当年|今年|去年|前年|次年|翌年|明年))?\s*"
    rf"(?:(?P<month>{NUMBER})\s*月(?:份)?|(?P<same>同月|当月|本月|上月))?\s*"
    rf"(?:(?P<day>{NUMBER})\s*(?:日|号)(?!本))?"
    rf"(?:\s*(?:至|到|—+|-|－|~|～)\s*(?:(?P<to_month>{NUMBER})\s*月)?\s*(?P<to_day>{NUMBER})\s*(?:日|号))?"
)
BACK = {"同年": 0, "当年": 0, "次年": 1, "翌年": 1}
NOW = {"今年": 0, "去年": -1, "前年": -2, "明年": 1}


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a text.

    Attributes
    ----------
    iso
        ``2023-09-07``, ``2023-12-11/2023-12-12``, ``2023-09`` or ``2023``; None where it cannot be told.
    precision
        How much of it is known; ``unknown`` where the words leave it open or there is no such day.
    words
        As it is written.
    start, end
        Where it stands.
    """

    iso: str | None
    precision: Precision
    words: str
    start: int
    end: int

    @property
    def base(self) -> Base | None:
        """Year, month and day by which later words are understood."""
        if self.iso is None:
            return None
        return base_of(self.iso)


def base_of(iso: str) -> Base:
    """Return year, month and day of ISO text; of two days, of the last."""
    parts = [int(p) for p in iso.split("/")[-1].split("-")]
    return parts[0], parts[1] if len(parts) > 1 else None, parts[2] if len(parts) > 2 else None


def precision_of(iso: str) -> Precision:
    """Return how much of a date ISO text gives."""
    return "range" if "/" in iso else {4: "year", 7: "month"}.get(len(iso), "day")  # type: ignore[return-value]


def dates(text: str, article: Base | None = None, last: Base | None = None) -> list[Dated]:
    """Return the dates in a text in their order.

    Parameters
    ----------
    article
        Date of the article: what 今年, 去年 and 本月 mean.
    last
        The last date before this text: what 同年, 同月 and a month or day without year mean.

    Examples
    --------
    >>> [d.iso for d in dates("2023年9月7日在东北，同年12月11日至12日在北京，次年1月")]
    ['2023-09-07', '2023-12-11/2023-12-12', '2024-01']
    """
    found: list[Dated] = []
    if "年" not in text and "月" not in text:
        return found
    for match in DATE.finditer(text):
        words = match[0].strip()
        if not words or not (match["year"] or match["relative"] or match["month"] or match["same"]):
            continue
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        iso, precision = _resolved(match, article, last)
        found.append(Dated(iso, precision, words, start, match.end()))
        last = found[-1].base or last
    return found


def _resolved(match: re.Match[str], article: Base | None, last: Base | None) -> tuple[str | None, Precision]:
    year, month = _year(match, article, last), _month(match, article, last)
    if year is None:
        return None, "unknown"
    if month is None:
        return f"{year:04d}", "year"
    day = _number(match["day"])
    if day is None:
        return (f"{year:04d}-{month:02d}", "month") if 1 <= month <= 12 else (None, "unknown")
    to_day = _number(match["to_day"])
    try:
        first = Day(year, month, day)
        if to_day is None:
            return first.isoformat(), "day"
        to_month = _number(match["to_month"]) or month
        final = Day(year + (to_month < month), to_month, to_day)
    except ValueError:
        return None, "unknown"
    return (f"{first.isoformat()}/{final.isoformat()}", "range") if final > first else (None, "unknown")


def _year(match: re.Match[str], article: Base | None, last: Base | None) -> int | None:
    if match["year"]:
        return int(match["year"].translate(DIGITS))
    word = match["relative"]
    if word in NOW:
        return article[0] + NOW[word] if article else None
    if word in BACK:
        return last[0] + BACK[word] if last else None
    if match["same"] in ("本月", "上月"):
        return (article[0] - (match["same"] == "上月" and article[1] == 1)) if article else None
    near = last or article
    return near[0] if near else None


def _month(match: re.Match[str], article: Base | None, last: Base | None) -> int | None:
    if match["month"]:
        return _number(match["month"])
    if match["same"] in ("同月", "当月"):
        return last[1] if last else None
    if match["same"] and article and article[1]:
        return article[1] if match["same"] == "本月" else (article[1] - 2) % 12 + 1
    return None


def _number(written: str | None) -> int | None:
    if written is None:
        return None
    if written.isdigit():
        return int(written)
    tens, found, ones = written.rpartition("十")
    digits = "一二三四五六七八九"
    low = digits.index(ones) + 1 if ones else 0
    return ((digits.index(tens) + 1 if tens else 1) * 10 if found else 0) + low
