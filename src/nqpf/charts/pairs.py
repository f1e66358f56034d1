"""Pairs: one number of each unit against another, names where they fit, and a line where both are equal."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.charts.fit import text_width
from nqpf.frames import require
from nqpf.messages import Lang, Text

WIDTH = theme.WIDTH - 120
HEIGHT = 420
SIZE = 10.5
"""Font size of the names in pixels."""
Floats = NDArray[np.float64]
_KEPT = ("unit", "unit_zh", "unit_en", "x", "y", "group_zh", "group_en")


def pairs(
    frame: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    x_title: Text,
    y_title: Text,
    equal: bool = False,
    zero: bool = False,
    digits: int = 3,
) -> Figure:
    """Draw a point for each unit.

    Parameters
    ----------
    frame
        One row a unit: ``unit``, ``unit_zh``, ``unit_en``, ``x``, ``y`` (null: left out) and, where known,
        ``group_zh`` and ``group_en``, which give the colour.
    id, title, caption
        See `Figure`.
    x_title, y_title
        What is on the axes, with units.
    equal
        Draw the line on which both numbers are the same.
    zero
        Draw the lines on which one of both is zero; the picture then takes them in.
    digits
        Decimals in the tooltip.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, *_KEPT[:5])
    data = frame.select(c for c in _KEPT if c in frame.columns).drop_nulls(["x", "y"])

    def draw(lang: Lang) -> dict[str, Any]:
        ends = [_ends(np.append(data[column].to_numpy(), 0.0 if zero else ())) for column in ("x", "y")]
        shown = data.with_columns(named=pl.Series(_named(data, f"unit_{lang}", *ends), dtype=pl.Boolean))
        chart = _chart(shown, lang, x_title[lang], y_title[lang], ends, equal, zero, f".{digits}f")
        return theme.to_spec(chart, title[lang])

    return Figure(id, title, caption, data, draw)


def _ends(values: Floats) -> tuple[float, float]:
    """Return the ends of an axis: a little beyond the numbers."""
    if not values.size:
        return 0.0, 1.0
    room = 0.06 * float(np.ptp(values)) or 0.06 * abs(float(values[0])) or 1.0
    return float(values.min()) - room, float(values.max()) + room


def _named(data: pl.DataFrame, name: str, across: tuple[float, float], up: tuple[float, float]) -> list[bool]:
    """Return whose name is written: it covers no point and no name of a unit farther out, and stays in the picture."""
    x = (data["x"].to_numpy() - across[0]) / (across[1] - across[0]) * WIDTH
    y = (up[1] - data["y"].to_numpy()) / (up[1] - up[0]) * HEIGHT
    wide = np.array([text_width(n, SIZE) for n in data[name]])
    boxes = np.column_stack([x + 6, y - 5 - SIZE / 2, x + 6 + wide, y - 5 + SIZE / 2])
    kept: list[int] = []
    far = np.hypot(x - np.median(x), y - np.median(y)) if x.size else x
    for i in np.argsort(-far, kind="stable"):
        left, top, right, bottom = boxes[i]
        covers = (x > left - 3) & (x < right + 3) & (y > top - 3) & (y < bottom + 3)
        others = boxes[kept]
        meets = (others[:, 0] < right) & (others[:, 2] > left) & (others[:, 1] < bottom) & (others[:, 3] > top)
        if not covers.any() and not meets.any() and right < WIDTH + 60:
            kept.append(int(i))
    return [i in kept for i in range(data.height)]


def _chart(
    data: pl.DataFrame,
    lang: Lang,
    across: str,
    up: str,
    ends: list[tuple[float, float]],
    equal: bool,
    zero: bool,
    number: str,
) -> alt.LayerChart:
    name, group = f"unit_{lang}", f"group_{lang}"
    scales = [alt.Scale(domain=list(end), nice=False) for end in ends]
    ticks = alt.Axis(tickCount=10)
    x = alt.X("x:Q", title=across, scale=scales[0], axis=ticks)
    y = alt.Y("y:Q", title=up, scale=scales[1], axis=ticks)
    tooltip = [
        alt.Tooltip(f"{name}:N", title=theme.word("unit", lang)),
        alt.Tooltip("x:Q", title=across, format=number),
        alt.Tooltip("y:Q", title=up, format=number),
    ]
    color: Any = alt.value(theme.SCORES[4])
    names = theme.in_order(data, group) if group in data.columns else []
    if names:
        legend = alt.Legend(orient="top", title=None, symbolType="circle", columns=theme.legend_columns(names, WIDTH))
        color = alt.Color(f"{group}:N", scale=theme.category_scale(names), legend=legend)
    base = alt.Chart()
    layers = []
    if zero:
        middle = alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(color=theme.FAINT, strokeWidth=1.2)
        layers.append(middle.encode(x=alt.X("at:Q", title=across, scale=scales[0], axis=ticks)))
        layers.append(middle.encode(y=alt.Y("at:Q", title=up, scale=scales[1], axis=ticks)))
    if equal and data.height:
        both = data.select(low=pl.max_horizontal(pl.min("x", "y")), high=pl.min_horizontal(pl.max("x", "y"))).row(0)
        if both[0] < both[1]:
            corners = alt.Chart(alt.InlineData(values=[{"x": v, "y": v} for v in both]))
            layers.append(corners.mark_line(color=theme.MUTED, strokeDash=[5, 4]).encode(x=x, y=y))
    dots = base.mark_point(filled=True, size=52, opacity=0.9).encode(x=x, y=y, color=color, tooltip=tooltip)
    words = (
        base.transform_filter("datum.named")
        .mark_text(align="left", dx=6, dy=-5, fontSize=SIZE, color=theme.MUTED)
        .encode(x=x, y=y, text=f"{name}:N")
    )
    return theme.layered(*layers, words, dots, data=theme.inline(data), width=WIDTH, height=HEIGHT)
