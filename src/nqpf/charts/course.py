"""Course: one quantity over the years, before a band that is its interval or what it is held against."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

WIDTH, HEIGHT = theme.WIDTH - 120, 240


def course(frame: pl.DataFrame, *, id: str, title: Text, caption: Text, value_title: Text, digits: int = 3) -> Figure:
    """Draw a quantity over the years.

    Parameters
    ----------
    frame
        One row a year: ``period``, ``value`` (null: a gap), and, where there is a band, ``low`` and ``high``.
    id, title, caption
        See `Figure`; the caption says what the band is.
    value_title
        What it is, with its unit.
    digits
        Decimals in the tooltip.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, "period", "value")
    data = frame.select(c for c in ("period", "value", "low", "high") if c in frame.columns).sort("period")

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(data, lang, value_title[lang], f".{digits}f"), title[lang])

    return Figure(id, title, caption, data, draw)


def _chart(data: pl.DataFrame, lang: Lang, value: str, number: str) -> alt.LayerChart:
    axis = theme.year_axis(data["period"])
    scale = alt.Scale(nice=False, zero=False, padding=8)
    x = alt.X("period:Q", title=theme.word("period", lang), scale=scale, axis=axis)

    def y(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", title=value, scale=alt.Scale(zero=False))

    words = {"value": value, "low": theme.word("low", lang), "high": theme.word("high", lang)}
    tooltip = [alt.Tooltip("period:Q", title=theme.word("period", lang), format="d")]
    tooltip += [alt.Tooltip(f"{c}:Q", title=w, format=number) for c, w in words.items() if c in data.columns]
    base, layers = alt.Chart(), []
    if {"low", "high"} <= set(data.columns):
        known = base.transform_filter("isValid(datum.low) && isValid(datum.high)")
        layers.append(known.mark_area(color=theme.SCORES[2], opacity=0.4).encode(x=x, y=y("low"), y2="high"))
    layers.append(base.mark_line(color=theme.SCORES[5], strokeWidth=2).encode(x=x, y=y("value")))
    dots = base.mark_point(color=theme.SCORES[5], filled=True, size=46, opacity=1)
    layers.append(dots.encode(x=x, y=y("value"), tooltip=tooltip))
    return theme.layered(*layers, data=theme.inline(data), width=WIDTH, height=HEIGHT)
