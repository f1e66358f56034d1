"""Rank bands: how far each unit's rank moves over the runs of a multiverse, and where the baseline puts it.

A thin line from the best to the worst rank, a band that holds most runs, the median as a tick and the baseline as a
dot; the colour says who stands firmly in the first or the last third.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

WIDTH = theme.WIDTH - 130
ROW = 15
"""Height of a unit in pixels: sixty of them fit on a page."""
ZONES = {
    "head": ("zone_head", theme.SCORES[4]),
    "grey": ("zone_grey", theme.FAINT),
    "tail": ("zone_tail", theme.CATEGORIES[3]),
}
"""Word and colour of the stable head, the grey middle and the stable tail."""
TOLD = {
    "rank": "band_rank",
    "median": "band_median",
    "low": "band_low",
    "high": "band_high",
    "best": "band_best",
    "worst": "band_worst",
}
"""What the tooltip tells, and its words."""
_KEPT = ("unit", "unit_zh", "unit_en", "rank", "median", "low", "high", "best", "worst", "zone")


def rank_bands(frame: pl.DataFrame, *, id: str, title: Text, caption: Text) -> Figure:
    """Draw a band of ranks for each unit.

    Parameters
    ----------
    frame
        One row a unit: ``unit``, ``unit_zh``, ``unit_en``, ``rank`` (of the baseline; null: listed last), ``median``,
        ``low``, ``high``, ``best``, ``worst`` and, where known, ``zone``: ``head``, ``grey`` or ``tail``.
    id, title, caption
        See `Figure`.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, *_KEPT[:-1])
    data = frame.select(c for c in _KEPT if c in frame.columns).sort("rank", "median", "unit", nulls_last=True)

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(data, lang), title[lang])

    return Figure(id, title, caption, data, draw)


def _chart(data: pl.DataFrame, lang: Lang) -> alt.LayerChart:
    name = f"unit_{lang}"
    y = alt.Y(f"{name}:N", sort=theme.in_order(data, name), title=None, axis=theme.name_axis())
    largest = np.fmax.reduce(data.select("worst", "rank").cast(pl.Float64).to_numpy(), axis=None, initial=1.0)
    scale = alt.Scale(domain=[0.5, float(largest) + 0.5], nice=False)
    axis = alt.Axis(orient="top", tickMinStep=1, format="d")
    title = theme.word("rank", lang)
    tooltip = [alt.Tooltip(f"{name}:N", title=theme.word("unit", lang))]
    tooltip += [alt.Tooltip(f"{c}:Q", title=theme.word(key, lang), format=".4~g") for c, key in TOLD.items()]

    def x(column: str) -> alt.X:
        return alt.X(f"{column}:Q", title=title, scale=scale, axis=axis)

    base = alt.Chart()
    color: Any = alt.value(ZONES["head"][1])
    if "zone" in data.columns:
        names = {zone: theme.word(key, lang) for zone, (key, _) in ZONES.items()}
        base = base.transform_calculate(zone_name=_lookup(names))
        colors = alt.Scale(domain=list(names.values()), range=[color for _, color in ZONES.values()])
        color = alt.Color("zone_name:N", scale=colors, legend=alt.Legend(orient="top", title=None, symbolType="square"))
    reach = base.mark_rule(color=theme.FAINT, strokeWidth=1).encode(x=x("best"), x2="worst", y=y)
    band = base.mark_bar(height=8, opacity=0.75).encode(x=x("low"), x2="high", y=y, color=color, tooltip=tooltip)
    # a band without width would not be seen
    flat = base.transform_filter("datum.low == datum.high").mark_tick(thickness=5, size=8, opacity=0.75)
    point = flat.encode(x=x("low"), y=y, color=color)
    middle = base.mark_tick(color=theme.INK, thickness=1.6, size=11).encode(x=x("median"), y=y)
    dot = base.mark_point(filled=True, color="white", stroke=theme.INK, strokeWidth=1.2, size=30, opacity=1)
    dots = dot.encode(x=x("rank"), y=y, tooltip=tooltip)
    return theme.layered(reach, band, point, middle, dots, data=theme.inline(data), width=WIDTH, height=alt.Step(ROW))


def _lookup(names: dict[str, str]) -> str:
    """Return the expression that puts a zone into words."""
    pairs = ", ".join(f"'{zone}': '{name}'" for zone, name in names.items())
    return f"({{{pairs}}})[datum.zone]"
