"""How every chart looks: colours, type, and the step from an Altair chart to a specification.

The scores' scale falls evenly in lightness, so it survives grey printing and every common colour blindness. Any two
colours of categories lie at least 18 CIELAB units apart to normal, deuteranopic, protanopic and tritanopic eyes
(simulated after Machado, Oliveira & Fernandes 2009, doi:10.1109/TVCG.2009.113).
"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl
from altair.utils import schemapi
from polars import selectors as cs

from nqpf.charts.fit import text_width
from nqpf.messages import Lang, say

FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, Arial, sans-serif"
TICKS = 12
"""Years up to which each is written on an axis."""
WIDTH = 720
"""Width in pixels of the plotting area of a wide chart."""

INK = "#22303a"
MUTED = "#5f6f7a"
GRID = "#e4e9ec"
FAINT = "#b9c4ca"
NO_DATA = "#eceeef"

SCORES = ("#eef6f4", "#c4e3df", "#8cc8cb", "#4fa5b5", "#2b7a9b", "#1d4e79")
"""Stops of the sequential scale, low to high."""
WHITE_FROM = 0.7
"""Share of the sequential scale from which white letters are more legible than dark ones."""
CATEGORIES = ("#35688f", "#e3a23f", "#45b8a8", "#b3596b", "#a9b8f0", "#6b4a26", "#c2bb92", "#6a1f40")
"""Colours of dimensions and blocs, in order of appearance."""
GAPS = ("#b5332a", "#e9a08c", "#f7dccf")
"""Stops of the scale of missing data: nothing there, half, nearly all."""
COMPLETE = "#e3efec"

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "white",
    "view": {"stroke": None},
    "padding": 8,
    "axis": {
        "labelColor": INK, "labelFontSize": 12, "labelLimit": 440, "labelFlush": False,
        "titleColor": MUTED, "titleFontSize": 12, "titleFontWeight": "normal", "titlePadding": 8,
        "gridColor": GRID, "domainColor": FAINT, "tickColor": FAINT,
    },
    "legend": {
        "labelColor": INK, "labelFontSize": 12, "labelLimit": 440,
        "titleColor": MUTED, "titleFontSize": 12, "titleFontWeight": "normal", "titleLimit": 400,
        "symbolStrokeWidth": 1.5,
    },
    "text": {"color": INK, "fontSize": 12},
    "range": {"category": list(CATEGORIES), "ramp": list(SCORES), "heatmap": list(SCORES)},
}  # fmt: skip


def to_spec(chart: alt.LayerChart | alt.FacetChart, description: str) -> dict[str, Any]:
    """Return `chart` with the house's look as a Vega-Lite specification, checked where Altair checks (see `Figure`).

    Parameters
    ----------
    chart
        Altair chart without a configuration of its own.
    description
        What a screen reader says of the picture.
    """
    whole = chart.properties(description=description).configure(**CONFIG)
    spec: dict[str, Any] = whole.to_dict(validate=schemapi.DEBUG_MODE)
    return spec


def layered(
    *layers: alt.Chart, width: float | alt.Step, height: float | alt.Step, data: alt.InlineData | None = None
) -> alt.LayerChart:
    """Return `layers` as one chart, first to last from back to front; those without data of their own use `data`."""
    size: dict[str, Any] = {"width": width, "height": height}
    return alt.LayerChart(data=alt.Undefined if data is None else data, layer=layers, **size)


def lettering(text: Any, x: float, y: float, **mark: Any) -> alt.Chart:
    """Return a layer with one text (a string or an expression) at a place in pixels, small and grey by default."""
    style: dict[str, Any] = {"align": "left", "baseline": "bottom", "fontSize": 11, "color": MUTED} | mark
    return alt.Chart(alt.InlineData(values=[{}]), mark=alt.MarkDef(type="text", text=text, x=x, y=y, **style))


def inline(frame: pl.DataFrame) -> alt.InlineData:
    """Return `frame` as data inside the chart, whatever its length.

    Numbers are cut to nine significant figures, more than a screen can show; the file beside the figure keeps
    them all. The data set is named after its content, so both languages of a figure share one.
    """
    tidy = frame.with_columns(cs.float().fill_nan(None).round_sig_figs(9))
    return alt.InlineData(values=tidy.to_dicts())


def word(key: str, lang: Lang, /, **values: Any) -> str:
    """Return the word ``chart.<key>`` of a chart's axes and legends."""
    return say(f"chart.{key}", **values)[lang]


def in_order(frame: pl.DataFrame, column: str) -> list[str]:
    """Return the distinct values of `column` in order of appearance, without nulls."""
    return frame[column].drop_nulls().unique(maintain_order=True).to_list()


def category_scale(names: list[str]) -> alt.Scale:
    """Return a colour scale that gives each of `names` a colour of its own."""
    colours = [CATEGORIES[i % len(CATEGORIES)] for i in range(len(names))]
    return alt.Scale(domain=names, range=colours)


def name_axis() -> alt.Axis:
    """Return the axis that names the rows of a chart: names only, without line and ticks."""
    return alt.Axis(ticks=False, domain=False, labelPadding=6)


def year_axis(years: pl.Series) -> alt.Axis:
    """Return the axis of years: each of a few, about a dozen of many; none twice."""
    there = years.drop_nulls().unique().sort().to_list()
    ticks: dict[str, Any] = {"values": there} if len(there) <= TICKS else {"tickMinStep": 1, "tickCount": TICKS}
    return alt.Axis(format="d", grid=False, **ticks)


def legend_columns(names: list[str], width: float) -> int:
    """Return how many legend entries named `names` fit side by side into `width` pixels."""
    return max(1, int(width / (max((text_width(n, 12) for n in names), default=0.0) + 34)))


def score_color(share: float) -> str:
    """Return the colour of the sequential scale at `share` (0 to 1) of its length.

    Examples
    --------
    >>> score_color(0.0), score_color(1.0)
    ('#eef6f4', '#1d4e79')
    """
    position = min(max(share, 0.0), 1.0) * (len(SCORES) - 1)
    i = min(int(position), len(SCORES) - 2)
    low, high = (tuple(int(c[k : k + 2], 16) for k in (1, 3, 5)) for c in SCORES[i : i + 2])
    mixed = (round(a + (b - a) * (position - i)) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{c:02x}" for c in mixed)
