"""Dates of documents: as exact as they are written, and the months, quarters and years they fall in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from nqpf.errors import DataError, SpecError, Where
from nqpf.frames import require

Period = Literal["month", "quarter", "year"]
Precision = Literal["day", "month", "year"]
_FINENESS = ("year", "quarter", "month", "day")

_WRITTEN = re.compile(
    r"(?P<y>\d{4})(?:[-/.年](?P<m>\d{1,2})(?:[-/.月](?P<d>\d{1,2})日?|月)?|年)?(?:[T ].*)?|(?P<flat>\d{8})"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date and how exact it is; the first day where the day is not known."""

    day: date
    precision: Precision

    def text(self) -> str:
        """Return it as ISO text of its precision."""
        return self.day.isoformat()[: {"day": 10, "month": 7, "year": 4}[self.precision]]


def dated(value: Any) -> Dated | None:
    """Return what is written as a date, None if it is none.

    Examples
    --------
    >>> [dated(x).text() for x in ("2023年9月7日", "2023-09", 2023, "20230907")]
    ['2023-09-07', '2023-09', '2023', '2023-09-07']
    """
    if isinstance(value, date):
        return Dated(date(value.year, value.month, value.day), "day")
    found = _WRITTEN.fullmatch(str(value).strip())
    if not found:
        return None
    parts = found.groupdict()
    if parts["flat"]:
        parts = {"y": parts["flat"][:4], "m": parts["flat"][4:6], "d": parts["flat"][6:]}
    precision: Precision = "day" if parts["d"] else "month" if parts["m"] else "year"
    try:
        return Dated(date(int(parts["y"]), int(parts["m"] or 1), int(parts["d"] or 1)), precision)
    except ValueError:
        return None


def dates_of(frame: pl.DataFrame, column: str, ids: list[str]) -> list[Dated]:
    """Return the date of every document.

    Raises
    ------
    DataError
        The column is absent, or a document has no date there: all that have none are counted, the first is named.
    """
    require(frame, column)
    found = [None if value is None else dated(value) for value in frame[column].to_list()]
    absent = [row for row, one in enumerate(found) if one is None]
    if absent:
        row = absent[0]
        values = {"value": frame[column][row], "column": column, "count": len(absent)}
        code = "measure_date_missing" if values["value"] is None else "measure_date"
        raise DataError(code, where=Where(row=row + 1, unit=ids[row]), **values)
    return [one for one in found if one is not None]


def one_date(key: str, value: Any) -> Dated:
    """Return a date that was given as an option.

    Raises
    ------
    SpecError
        It is none.
    """
    found = dated(value)
    if found is None:
        raise SpecError("measure_date_option", where=Where(key=key), value=str(value))
    return found


def number_of(one: Dated, by: Period) -> int:
    """Return the number of the period a date falls in, counted from year 0.

    Raises
    ------
    DataError
        The date is not exact enough.
    """
    if _FINENESS.index(one.precision) < _FINENESS.index(by):
        raise DataError("measure_date_coarse", value=one.text(), period=by)
    if by == "year":
        return one.day.year
    if by == "quarter":
        return one.day.year * 4 + (one.day.month - 1) // 3
    return one.day.year * 12 + one.day.month - 1


def name_of(number: int, by: Period) -> str:
    """Return the name of a period: 2023, 2023-Q3, 2023-09.

    Examples
    --------
    >>> name_of(number_of(dated("2023-09-07"), "quarter"), "quarter")
    '2023-Q3'
    """
    if by == "year":
        return f"{number:04}"
    if by == "quarter":
        return f"{number // 4:04}-Q{number % 4 + 1}"
    return f"{number // 12:04}-{number % 12 + 1:02}"
