"""What the lines around a table say: its title, unit of measure, year, place and source above it, footnotes below."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nqpf.data.reading.headers import Header, split_header, stated_unit, states_unit
from nqpf.data.reading.rows import kind_of
from nqpf.data.reading.structure import Table
from nqpf.data.reading.tokens import as_year, close_up

LABELLED = re.compile(
    r"^\s*(指标|时间|地区|数据库|年份|单位|indicator|period|year|region|database)\s*[:：]\s*(.*)$", re.IGNORECASE
)
"""Lines of an export: 指标：商品零售价格指数(上年=100)."""
_SOURCE = re.compile(r"^\s*(?:数据来源|资料来源|来源|data sources?|sources?)\s*[:：]?\s*(.+)$", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^\s*(?:续?表|附表|table)\s*[\d一二三四五六七八九十]+(?:[-–—.．·]\d+)*\s*[:：、.]?\s*|^\s*\d+(?:[-–—]\d+)+\s*",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*(?:年度?(?![末底初]?[^\s,，、;；()（）]{0,8}(?:不变价|可比价|价格|修订|普查|为基|为100|口径))|$)"
)
"""A year that a line is about; one of prices, of a census or of a revision is none."""
_SPAN = re.compile(r"(?:19|20)\d{2}\s*年?\s*(?:[-–—~～至到]|以来|起)")
_NO_TITLE = re.compile(r"年鉴|数据库|公报|统计局|^(?:单位|unit)\b", re.IGNORECASE)
"""Lines that name a book or an office rather than what the table shows."""
_GENERIC = re.compile(
    r"sheet\s*\d*|工作表\s*\d*|table\s*\d*|data|数据|(?:分省|主要城市|分城市)?年度数据|\d+", re.IGNORECASE
)
"""Names of sheets that say nothing."""
_ABOUT = re.compile(
    r"^\s*(?:历年|中国|全国)*"
    r"(?:各省(?:、自治区、直辖市|[（(]?区、?市[)）]?|份)?|各地区|分地区|各市|各国|分省|按地区分)的?"
)
_YEARS = re.compile(r"(?:19|20)\d{2}\s*年?(?:\s*[-–—~～至到]\s*(?:19|20)\d{2}\s*年?)?")


@dataclass(frozen=True, slots=True)
class Said:
    """What is said outside a table's header and body.

    Attributes
    ----------
    indicator, measure, period, unit, source
        What holds for the whole table; None where it is not said.
    notes
        Footnotes: row (from 0) and text, the source line left out.
    unread
        A statement of units of measure that cannot be read as one (``人、‰``).
    """

    indicator: str | None = None
    measure: str | None = None
    period: int | None = None
    unit: str | None = None
    source: str | None = None
    notes: tuple[tuple[int, str], ...] = ()
    unread: str | None = None


def what_titles_say(table: Table) -> Said:
    """Return what the lines above and below a table and its sheet's name say."""
    lines = [close_up(line) for line in table.titles]
    stated = {m[1].lower(): m[2].strip() for line in lines if (m := LABELLED.match(line))}
    free = [x for x in lines if not LABELLED.match(x) and states_unit(x) is None and not _SOURCE.match(x)]
    sheet = close_up(table.grid.sheet or "")
    unit = _unit([stated.get("地区", ""), stated.get("region", ""), sheet], free)
    header = _indicator(stated, free, sheet if sheet != unit else "")
    units = [u for line in lines if (u := states_unit(line)) is not None]
    measure = next((u for line in lines if (u := stated_unit(line))), None) or (header.measure if header else None)
    dated = ([stated.get(key, "") for key in ("时间", "年份", "period", "year")], free, [sheet])
    period = next((year for texts in dated if (year := _period(texts))), None)
    source, notes = _below(table)
    above = next((m[1] for line in lines if (m := _SOURCE.match(line))), None)
    unread = next(iter(units), None) if measure is None else None
    return Said(header.name if header else None, measure, period, unit, source or above, notes, unread)


def _indicator(stated: dict[str, str], free: list[str], sheet: str) -> Header | None:
    """Return the indicator that a labelled line names, a title, or the sheet's name, in this order."""
    labelled = stated.get("指标") or stated.get("indicator")
    title = labelled or next((t for line in free if (t := _title(line))), None)
    if title is None and sheet and not _GENERIC.fullmatch(sheet) and not _NO_TITLE.search(sheet) and not as_year(sheet):
        title = _YEARS.sub("", sheet).strip(" ：:，,、_-—") or None
    return split_header(title) if title else None


def _title(line: str) -> str | None:
    """Return the indicator a title names: ``表3-1 2022年各地区能源消费量(万吨标准煤)`` → ``能源消费量(万吨标准煤)``."""
    text = _ABOUT.sub("", _YEARS.sub("", _NUMBERED.sub("", line))).strip(" ：:，,、_-—")
    return text if text.strip("()（） ") and kind_of(text) == "text" and not _NO_TITLE.search(text) else None


def _period(texts: Iterable[str]) -> int | None:
    """Return the one year that texts name; None if they name a span, or none, or two."""
    texts = [t for t in texts if t and "年鉴" not in t]
    if any(_SPAN.search(t) for t in texts):
        return None
    years = {int(y) for t in texts for y in _YEAR.findall(t)} | {y for t in texts if (y := as_year(t))}
    return years.pop() if len(years) == 1 else None


def _unit(stated: Iterable[str], titles: Iterable[str]) -> str | None:
    """Return the place that a labelled line, the sheet's name, or the beginning of a title names."""
    return next((p for p in (*stated, *map(_place, titles)) if p and kind_of(p) == "place"), None)


def _place(line: str) -> str:
    """Return the place at a title's beginning: ``北京市历年地区生产总值`` → ``北京市``; else an empty text."""
    text = re.sub(r"^(?:19|20)\d{2}\s*年?", "", _NUMBERED.sub("", line))
    return next((text[:n] for n in range(min(len(text), 12), 1, -1) if kind_of(text[:n]) == "place"), "")


def _below(table: Table) -> tuple[str | None, tuple[tuple[int, str], ...]]:
    """Return the source that footnotes name, and the other footnotes."""
    sources = [(found[1].strip(), i) for i, text in table.notes if (found := _SOURCE.match(text))]
    rows = {i for _, i in sources}
    notes = tuple((i, text) for i, text in table.notes if i not in rows)
    return "；".join(dict.fromkeys(source for source, _ in sources)) or None, notes
