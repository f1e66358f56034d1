"""Adoption: the share of units that have taken something up by each day, a step line a thing, and what came first.

A dashed line stands where each thing was first said; from there a bar runs to the day by which half of the units had
it.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

WIDTH, HEIGHT = theme.WIDTH - 120, 300
APART = 5
"""Pixels between the bars of two things."""
TALL = 13
"""Pixels between two lines of lettering."""


def adoption(
    frame: pl.DataFrame, starts: pl.DataFrame, *, id: str, title: Text, caption: Text, value_title: Text
) -> Figure:
    """Draw how things spread.

    Parameters
    ----------
    frame
        One row a thing and day on which its share changes, and one each for the first and last day: ``thing``,
        ``thing_zh``, ``thing_en``, ``day`` (a date), ``share`` (0 to 1).
    starts
        One row a thing that was first said on a known day: ``thing``, ``day``, ``half`` (the day by which half of the
        units had it; null: not yet), ``words_zh``, ``words_en`` (what stands at the line). It may have no row.
    id, title, caption
        See `Figure`.
    value_title
        What the share is of.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, "thing", "thing_zh", "thing_en", "day", "share")
    require(starts, "thing", "day", "half", "words_zh", "words_en")
    data = frame.select("thing", "thing_zh", "thing_en", "day", "share")

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(_dated(data), starts, lang, value_title[lang]), title[lang])

    return Figure(id, title, caption, data, draw)


def _dated(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Return days as text, which a chart reads as the same day wherever it is looked at."""
    return frame.with_columns(pl.col("day", *columns).dt.to_string("%Y-%m-%d"))


def _chart(data: pl.DataFrame, starts: pl.DataFrame, lang: Lang, value: str) -> alt.LayerChart:
    name = f"thing_{lang}"
    names = theme.in_order(data, name)
    known = dict(data.select("thing", name).iter_rows())
    x = alt.X(
        "day:T",
        title=theme.word("adoption.day", lang),
        scale=alt.Scale(type="utc", nice=False, padding=10),
        axis=alt.Axis(format="%Y-%m", grid=False, tickCount=8, labelOverlap=True),
    )
    room = 1 + TALL / HEIGHT * (1 + starts["day"].n_unique())  # for the words above the highest share
    scale, axis = alt.Scale(domain=[0, room], nice=False), alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])
    y = alt.Y("share:Q", title=value, scale=scale, axis=axis)
    legend = alt.Legend(orient="top", title=None, symbolType="stroke", direction="vertical", columns=1)
    color = alt.Color(f"{name}:N", scale=theme.category_scale(names), legend=legend)
    tooltip = [alt.Tooltip("day:N", title=theme.word("adoption.day", lang)), alt.Tooltip(f"{name}:N", title=" ")]
    tooltip.append(alt.Tooltip("share:Q", title=value, format=".0%"))
    base = alt.Chart()
    return theme.layered(
        *_first(starts, lang, x),
        base.mark_line(interpolate="step-after", strokeWidth=2.4).encode(x=x, y=y, color=color),
        base.mark_point(filled=True, size=34, opacity=1).encode(x=x, y=y, color=color, tooltip=tooltip),
        *_bars(starts, known, names, x, y),
        data=theme.inline(data),
        width=WIDTH,
        height=HEIGHT,
    )  # fmt: skip


def _first(starts: pl.DataFrame, lang: Lang, x: alt.X) -> list[alt.Chart]:
    """Return a line for each day on which something was first said, with its words above one another."""
    days = starts.group_by("day", maintain_order=True).agg(pl.col("words_zh", "words_en").first()).sort("day")
    layers = []
    for number, row in enumerate(_dated(days).iter_rows(named=True)):
        there = alt.Chart(alt.InlineData(values=[row]))
        layers.append(there.mark_rule(color=theme.MUTED, strokeDash=[5, 4]).encode(x=x))
        words = there.mark_text(align="left", baseline="bottom", dx=5, fontSize=11, color=theme.MUTED)
        height = alt.value(TALL * (number + 1))
        layers.append(words.encode(x=x, y=height, text=f"words_{lang}:N"))
    return layers


def _bars(starts: pl.DataFrame, known: dict[str, str], names: list[str], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Return a bar a thing from the day it was first said to the day by which half of the units had it."""
    layers = []
    for number, row in enumerate(_dated(starts.drop_nulls("half"), "half").iter_rows(named=True)):
        there = alt.Chart(alt.InlineData(values=[{**row, "share": 0.5}]))
        colour = theme.CATEGORIES[names.index(known[row["thing"]]) % len(theme.CATEGORIES)]
        bar = there.mark_rule(color=colour, strokeWidth=2, strokeDash=[2, 2], yOffset=APART * number)
        layers.append(bar.encode(x=x, x2="half:T", y=y))
    return layers
