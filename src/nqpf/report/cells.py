"""What a reader sees in a table's cells: numbers rounded and grouped, names in both languages, gaps as a dash."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import polars as pl

from nqpf.chapters.blocks import Column
from nqpf.messages import Text, say

GROUPED_FROM = 10_000
"""A column that reaches this gets thousands separators throughout, so years keep none."""


class Bar(NamedTuple):
    """A bar behind a number.

    Attributes
    ----------
    start, length
        In percent of the cell's width.
    """

    start: float
    length: float

    @property
    def at(self) -> float:
        """Return the start as CSS counts it: in percent of the room the bar leaves free."""
        return round(100 * self.start / (100 - self.length), 2) if self.length < 100 else 0.0


class Cell(NamedTuple):
    """A cell as it is shown.

    Attributes
    ----------
    text
        What is read.
    number
        The unrounded number behind it; None for words and gaps.
    bar
        The bar behind it; None where there is none.
    alert
        Whether it is shown in red.
    """

    text: Text
    number: float | None = None
    bar: Bar | None = None
    alert: bool = False


def cells(frame: pl.DataFrame, column: Column) -> list[Cell]:
    """Return the cells of a column as they are shown.

    Parameters
    ----------
    frame
        The table's frame.
    column
        Which column, and how it is shown.

    Examples
    --------
    >>> frame = pl.DataFrame({"share": [0.125, None]})
    >>> [c.text.en for c in cells(frame, Column("share", Text("占比", "Share"), "percent", 1))]
    ['12.5%', '—']
    """
    alerts = frame[column.alert].to_list() if column.alert else [False] * frame.height
    if column.kind == "text":
        zh, en = languages(frame, column)
        words = zip(frame[zh], frame[en], alerts, strict=True)
        return [Cell(Text(_word(z).zh, _word(e).en), alert=red) for z, e, red in words]
    values = [_number(v) for v in frame[column.key]]
    known = [v for v in values if v is not None and math.isfinite(v)]
    written = _format(column, known)
    bars = _bars(values, known) if column.kind == "bar" else [None] * len(values)
    return [
        Cell(say("report.null") if v is None else Text.same(written(v)), v, b, red)
        for v, b, red in zip(values, bars, alerts, strict=True)
    ]


def languages(frame: pl.DataFrame, column: Column) -> tuple[str, str]:
    """Return the frame's columns that hold a text column's words in Chinese and in English."""
    pair = (f"{column.key}_zh", f"{column.key}_en")
    return pair if all(name in frame.columns for name in pair) else (column.key, column.key)


def grouped(numbers: Sequence[float]) -> bool:
    """Return whether a column with these numbers is shown with thousands separators."""
    return any(abs(v) >= GROUPED_FROM for v in numbers)


def significant(value: float) -> int:
    """Return the decimals that show a number with four significant digits, none from 1000 on.

    Examples
    --------
    >>> [f"{v:,.{significant(v)}f}" for v in (77415.0, 170.895, 0.5642)]
    ['77,415', '170.9', '0.5642']
    """
    return min(max(3 - math.floor(math.log10(abs(value))), 0), 8) if value else 0


def _number(value: Any) -> float | int | None:
    if value is None or isinstance(value, int):
        return value
    number = float(value)
    return None if math.isnan(number) else number


def _format(column: Column, known: Sequence[float]) -> Callable[[float], str]:
    """Return how the numbers of a column are written."""
    if column.kind == "percent":
        scale, pattern = 100, f".{column.digits}f"
        # A heading that states the unit spares the reader the sign in every row.
        unit = "" if any(sign in column.title.zh for sign in "%％") else "%"
    else:
        scale, unit = 1, ""
        pattern = f"{',' if grouped(known) else ''}.{0 if column.kind == 'integer' else column.digits}f"

    def written(value: float) -> str:
        if math.isinf(value):
            return "∞" if value > 0 else "-∞"
        digits = format(value * scale, pattern if column.digits is not None else f",.{significant(value)}f")
        is_zero = not any(d in digits for d in "123456789")
        return (digits.removeprefix("-") if is_zero else digits) + unit

    return written


def _bars(values: Sequence[float | None], known: Sequence[float]) -> list[Bar | None]:
    low, high = min([0.0, *known]), max([0.0, *known])
    span = high - low
    if span == 0:
        return [None] * len(values)
    return [
        None
        if v is None or math.isinf(v)
        else Bar(round(100 * (min(v, 0) - low) / span, 2), round(100 * abs(v) / span, 2))
        for v in values
    ]


def _word(value: Any) -> Text:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return say("report.null")
    if isinstance(value, bool):
        return say("report.yes" if value else "report.no")
    if isinstance(value, (list, pl.Series)):
        return Text.join(_word(v) for v in value)
    return Text.same(f"{value:.6g}" if isinstance(value, float) else value)
