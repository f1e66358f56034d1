"""Path: how a place moves from year to year, kilometres alike in both directions."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

SIDE = 430.0
"""Longer side of the picture in pixels."""
SHORTEST = 0.45
"""Shorter side as a share of the longer one, at least."""
ROOM = 0.12
Floats = NDArray[np.float64]


def path(frame: pl.DataFrame, *, id: str, title: Text, caption: Text) -> Figure:
    """Draw where something lay in each year, joined in the order of the years.

    Parameters
    ----------
    frame
        One row a year: ``period``, ``lon``, ``lat`` in degrees.
    id, title, caption
        See `Figure`.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, "period", "lon", "lat")
    data = frame.select("period", "lon", "lat").sort("period")

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(data, lang), title[lang])

    return Figure(id, title, caption, data, draw)


def _ends(lon: Floats, lat: Floats) -> tuple[list[float], list[float], float, float]:
    """Return the ends of both axes and the sides in pixels: a kilometre is as long either way."""
    shrink = float(np.cos(np.radians(lat.mean())))
    middle = [float((v.max() + v.min()) / 2) for v in (lon, lat)]
    wide, high = float(np.ptp(lon)) * shrink, float(np.ptp(lat))
    longest = max(wide, high) or 0.01
    half = [max(side, SHORTEST * longest) * (0.5 + ROOM) for side in (wide, high)]
    scale = SIDE / (2 * max(half))
    across, up = half[0] / shrink, half[1]
    return (
        [middle[0] - across, middle[0] + across],
        [middle[1] - up, middle[1] + up],
        2 * half[0] * scale,
        2 * half[1] * scale,
    )


def _chart(data: pl.DataFrame, lang: Lang) -> alt.LayerChart:
    across, up, width, height = _ends(data["lon"].to_numpy(), data["lat"].to_numpy())
    titles = {"lon": theme.word("lon", lang), "lat": theme.word("lat", lang)}
    x, y = (
        channel(f"{c}:Q", title=titles[c], scale=alt.Scale(domain=ends, nice=False), axis=alt.Axis(tickCount=6))
        for channel, c, ends in ((alt.X, "lon", across), (alt.Y, "lat", up))
    )
    years = data["period"].to_list()
    tooltip = [alt.Tooltip("period:Q", title=theme.word("period", lang), format="d")]
    tooltip += [alt.Tooltip(f"{c}:Q", title=word, format=".3f") for c, word in titles.items()]
    base = alt.Chart()
    line = base.mark_line(color=theme.FAINT, strokeWidth=1.6).encode(x=x, y=y, order="period:Q")
    scale = alt.Scale(domain=[years[0], max(years[-1], years[0] + 1)], range=list(theme.SCORES[1:]))
    color = alt.Color("period:Q", scale=scale, legend=None)
    dots = base.mark_point(filled=True, size=60, opacity=1, stroke=theme.MUTED, strokeWidth=0.6)
    ends = base.transform_filter(f"datum.period == {years[0]} || datum.period == {years[-1]}")
    named = ends.mark_text(dy=-11, fontWeight="bold").encode(x=x, y=y, text="period:Q")
    halo = ends.mark_text(dy=-11, fontWeight="bold", stroke="white", strokeWidth=3.5).encode(x=x, y=y, text="period:Q")
    points = dots.encode(x=x, y=y, color=color, tooltip=tooltip)
    return theme.layered(line, points, halo, named, data=theme.inline(data), width=width, height=height)
