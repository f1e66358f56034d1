"""Intervals: an estimate with its interval for each unit, and a line that it is held against."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

WIDTH = theme.WIDTH - 130
ROW = 15
"""Height of a unit in pixels."""
_KEPT = ("unit", "unit_zh", "unit_en", "value", "low", "high", "state", "state_zh", "state_en")


def intervals(
    frame: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    value_title: Text,
    line: float | None = None,
    reach: tuple[float, float] | None = None,
    by_value: bool = True,
    digits: int = 3,
) -> Figure:
    """Draw an estimate with its interval for each unit.

    Parameters
    ----------
    frame
        One row a unit: ``unit``, ``unit_zh``, ``unit_en``, ``value``, ``low``, ``high`` (null: no interval) and, where
        known, ``state``, ``state_zh``, ``state_en``, which gives the colour.
    id, title, caption
        See `Figure`.
    value_title
        What is estimated, with its unit.
    line
        Value that the estimates are held against.
    reach
        Ends of the axis; what lies beyond is drawn at its end. Default: as far as the numbers go.
    by_value
        The largest estimate on top; else units as they stand in the table.
    digits
        Decimals in the tooltip.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, *_KEPT[:6])
    kept = frame.select(c for c in _KEPT if c in frame.columns).filter(pl.col("value").is_not_null())
    data = kept.sort("value", "unit", descending=[True, False]) if by_value else kept

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(data, lang, value_title[lang], line, reach, f".{digits}f"), title[lang])

    return Figure(id, title, caption, data, draw)


def _chart(
    data: pl.DataFrame, lang: Lang, value: str, line: float | None, reach: tuple[float, float] | None, number: str
) -> alt.LayerChart:
    name = f"unit_{lang}"
    y = alt.Y(f"{name}:N", sort=theme.in_order(data, name), title=None, axis=theme.name_axis())
    scale = alt.Scale(domain=list(reach), clamp=True) if reach else alt.Scale(zero=False)
    axis = alt.Axis(orient="top", format="~g")

    def x(column: str) -> alt.X:
        return alt.X(f"{column}:Q", title=value, scale=scale, axis=axis)

    words = {"value": value, "low": theme.word("low", lang), "high": theme.word("high", lang)}
    tooltip = [alt.Tooltip(f"{name}:N", title=theme.word("unit", lang))]
    tooltip += [alt.Tooltip(f"{column}:Q", title=word, format=number) for column, word in words.items()]
    color: Any = alt.value(theme.SCORES[4])
    if f"state_{lang}" in data.columns:
        names = theme.in_order(data, f"state_{lang}")
        color = alt.Color(
            f"state_{lang}:N",
            scale=theme.category_scale(names),
            legend=alt.Legend(orient="top", title=None, symbolType="circle"),
        )
    base = alt.Chart()
    layers = []
    if line is not None:
        ruled = alt.Chart(alt.InlineData(values=[{"at": line}]))
        layers.append(ruled.mark_rule(color=theme.MUTED, strokeDash=[5, 4]).encode(x=x("at")))
    known = base.transform_filter("isValid(datum.low) && isValid(datum.high)")
    layers.append(known.mark_rule(strokeWidth=2.4, opacity=0.55).encode(x=x("low"), x2="high", y=y, color=color))
    dot = base.mark_point(filled=True, size=46, opacity=1).encode(x=x("value"), y=y, color=color, tooltip=tooltip)
    return theme.layered(*layers, dot, data=theme.inline(data), width=WIDTH, height=alt.Step(ROW))
