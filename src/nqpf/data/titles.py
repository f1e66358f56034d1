"""What the lines around a table say: its title, unit of measure, year, place and source above it, footnotes below."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nqpf.data.headers import split_header, stated_unit
from nqpf.data.structure import Table, kind_of
from nqpf.data.tokens import as_year, close_up, without_marks

_LABELLED = re.compile(r"^\s*(指标|时间|地区|数据库|年份|单位|indicator|period|year|region|database)\s*[:：]\s*(.*)$", re.IGNORECASE)
_SOURCE = re.compile(r"^\s*(?:数据来源|资料来源|来源|data sources?|sources?)\s*[:：]?\s*(.+)$", re.IGNORECASE)
_NUMBERED = re.compile(r"^\s*(?:续?表|附表|table)\s*[\d一二三四五六七八九十]+(?:[-–—.．·]\d+)*\s*[:：、.]?\s*|^\s*\d+(?:[-–—]\d+)+\s*", re.IGNORECASE)
_YEAR = re.compile(r"((?:19|20)\d{2})\s*(?:年|$)")
_SPAN = re.compile(r"(?:19|20)\d{2}\s*年?\s*[-–—~～至到]")
_GENERIC = re.compile(r"sheet\s*\d*|工作表\s*\d*|table\s*\d*|data|数据|分省年度数据|\d+", re.IGNORECASE)
_GENERAL = re.compile(r"修订|普查|本表|以上|各项|历史数据|数据|revis|census|all figures", re.IGNORECASE)
_ABOUT = re.compile(r"(?:全国)?(?:各省(?:、自治区、直辖市)?|各省[（(]?区、?市[)）]?|各省份|各省区市|各地区|分地区|各市|各国|分省|按地区分)的?")


@dataclass(frozen=True, slots=True)
class Said:
    """What is said outside a table's header and body.

    Attributes
    ----------
    indicator, measure, period, unit, source
        What holds for the whole table; None where it is not said.
    notes
        Footnotes: row (from 0) and text, the source line left out.
    """

    indicator: str | None = None
    measure: str | None = None
    period: int | None = None
    unit: str | None = None
    source: str | None = None
    notes: tuple[tuple[int, str], ...] = ()


def what_titles_say(table: Table) -> Said:
    """Return what the lines above and below a table and its sheet's name say."""
    lines = [close_up(str(c)) for i in table.titles for c in dict.fromkeys(table.grid.rows[i]) if c is not None]
    stated = {m[1].lower(): m[2].strip() for line in lines if (m := _LABELLED.match(line))}
    free = [x for x in lines if not _LABELLED.match(x) and not stated_unit(x) and not _SOURCE.match(x)]
    measure = next((u for x in lines if (u := stated_unit(x))), None)
    title = stated.get("指标") or stated.get("indicator") or next((t for x in free if (t := _title(x))), None)
    header = split_header(title) if title else None
    sheet = close_up(table.grid.sheet or "")
    period = _period([stated.get(k, "") for k in ("时间", "年份", "period", "year")]) or _period(free) or _period([sheet])
    places = [stated.get("地区", ""), stated.get("region", ""), sheet, *(_place(x) for x in free)]
    unit = next((p for p in places if p and kind_of(p) == "place"), None)
    name = header.name if header else None
    if name is None and sheet and not _GENERIC.fullmatch(sheet) and as_year(sheet) is None and sheet != unit:
        header = split_header(re.sub(_YEAR, "", sheet) or sheet)
        name = header.name
    sources, notes = _below(table)
    above = next((m[1] for x in lines if (m := _SOURCE.match(x))), None)
    return Said(name, measure or (header.measure if header else None), period, unit, sources or above, notes)


def _title(line: str) -> str | None:
    """Return the indicator a title names: ``表3-1 2022年各地区能源消费量(万吨标准煤)`` → ``能源消费量(万吨标准煤)``."""
    text = _NUMBERED.sub("", line)
    text = _ABOUT.sub("", re.sub(r"(?:19|20)\d{2}\s*年?(?:\s*[-–—~～至到]\s*(?:19|20)\d{2}\s*年?)?", "", text))
    text = text.strip(" ：:，,、_-—")
    return text if text and kind_of(text) == "text" else None


def _period(texts: Iterable[str]) -> int | None:
    """Return the one year that texts name; None if they name a span, or none, or two."""
    texts = [t for t in texts if t and "年鉴" not in t]
    if any(_SPAN.search(t) for t in texts):
        return None
    years = {int(y) for t in texts for y in _YEAR.findall(t)} | {y for t in texts if (y := as_year(t))}
    return years.pop() if len(years) == 1 else None


def _place(line: str) -> str:
    """Return the place at a title's beginning: ``北京市历年地区生产总值`` → ``北京市``; else an empty text."""
    text = re.sub(r"^(?:19|20)\d{2}\s*年?", "", _NUMBERED.sub("", line))
    return next((text[:n] for n in range(min(len(text), 12), 1, -1) if kind_of(text[:n]) == "place"), "")


def _below(table: Table) -> tuple[str | None, tuple[tuple[int, str], ...]]:
    sources, notes = [], []
    for i, text in table.notes:
        found = _SOURCE.match(text)
        (sources.append(found[1].strip()) if found else notes.append((i, text)))
    return "；".join(sources) or None, tuple(notes)


def qualifies(note: str, names: Iterable[str], marks: Iterable[str | None]) -> list[str]:
    """Return which of a table's indicators a footnote speaks of: by its number, or by name; all if it names none.

    Parameters
    ----------
    note
        The footnote.
    names, marks
        The indicators, and the footnote number that stood behind each.

    Examples
    --------
    >>> qualifies("注：①不含私营单位。", ["就业人员", "工资"], ["①", None])
    ['就业人员']
    >>> qualifies("注：数据已修订。", ["就业人员", "工资"], [None, None])
    ['就业人员', '工资']
    """
    names = list(names)
    marked = [n for n, m in zip(names, marks, strict=True) if m and m in note]
    if marked:
        return marked
    named = [n for n in names if len(n) > 2 and n in note]
    return names if not named or _GENERAL.search(note) else named


__all__ = ["Said", "qualifies", "what_titles_say"]
_ = without_marks
