"""Weights: how much each indicator counts, as bars for one set of weights or lines for a set a year."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

WIDTH, HEIGHT = theme.WIDTH - 220, 420
LABEL_GAP = 15.0
"""Least distance in pixels between two line labels."""


def weights(frame: pl.DataFrame, *, id: str, title: Text, caption: Text) -> Figure:
    """Draw the effective weights of indicators, coloured by dimension.

    Parameters
    ----------
    frame
        One row an indicator: ``indicator``, ``indicator_zh``, ``indicator_en``, ``node_zh``, ``node_en`` (dimension),
        ``weight`` (share, 0 to 1). With a column ``period``, one row an indicator and period: lines are drawn.
    id, title, caption
        See `Figure`.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, "indicator", "indicator_zh", "indicator_en", "node_zh", "node_en", "weight")
    nodes = {node: i for i, node in enumerate(theme.in_order(frame, "node_zh"))}
    place = pl.col("node_zh").replace_strict(nodes, return_dtype=pl.Int64)
    yearly = "period" in frame.columns
    order = ["period", "weight"] if yearly else ["weight"]
    kept = ("indicator", "indicator_zh", "indicator_en", "node_zh", "node_en", "period", "weight")
    data = frame.select(column for column in kept if column in frame.columns).sort(
        place, *order, "indicator", descending=[False, *(c == "weight" for c in order), False]
    )

    def draw(lang: Lang) -> dict[str, Any]:
        chart = _lines(data, lang) if yearly else _bars(data, lang)
        return theme.to_spec(chart, title[lang])

    return Figure(id, title, caption, data, draw)


def _color(data: pl.DataFrame, lang: Lang, symbol: str) -> alt.Color:
    names = theme.in_order(data, f"node_{lang}")
    legend = alt.Legend(orient="top", title=None, columns=theme.legend_columns(names, WIDTH), symbolType=symbol)
    return alt.Color(f"node_{lang}:N", scale=theme.category_scale(names), legend=legend)


def _tooltip(lang: Lang, *more: alt.Tooltip) -> list[alt.Tooltip]:
    return [
        alt.Tooltip(f"indicator_{lang}:N", title=theme.word("indicator", lang)),
        alt.Tooltip(f"node_{lang}:N", title=theme.word("dimension", lang)),
        *more,
        alt.Tooltip("weight:Q", title=theme.word("weight", lang), format=".2%"),
    ]


def _bars(data: pl.DataFrame, lang: Lang) -> alt.LayerChart:
    y = alt.Y(
        f"indicator_{lang}:N",
        sort=theme.in_order(data, f"indicator_{lang}"),
        title=None,
        axis=theme.name_axis(),
    )
    x = alt.X("weight:Q", title=theme.word("weight", lang), axis=alt.Axis(format=".0%", tickCount=6))
    base = alt.Chart().encode(x=x, y=y)
    bars = base.mark_bar(height=13).encode(color=_color(data, lang, "square"), tooltip=_tooltip(lang))
    text = base.mark_text(align="left", dx=5, fontSize=11).encode(text=alt.Text("weight:Q", format=".1%"))
    return theme.layered(bars, text, data=theme.inline(data), width=WIDTH, height=alt.Step(20))


def _lines(data: pl.DataFrame, lang: Lang) -> alt.LayerChart:
    known = data.drop_nulls("weight")
    last = known.filter(pl.col("period") == known["period"].max()).sort("weight", descending=True)
    height = max(HEIGHT, LABEL_GAP * len(last))
    per_pixel = known["weight"].to_numpy().max() * 1.05 / height
    places = spread([height - w / per_pixel for w in last["weight"]], LABEL_GAP, height)
    labels = last.with_columns(label_at=pl.Series([(height - p) * per_pixel for p in places], dtype=pl.Float64))

    x = alt.X(
        "period:Q",
        title=theme.word("period", lang),
        scale=alt.Scale(nice=False, zero=False),
        axis=alt.Axis(format="d", tickMinStep=1, tickCount=min(data["period"].n_unique(), 12), grid=False),
    )
    y = alt.Y(
        "weight:Q",
        title=theme.word("weight", lang),
        scale=alt.Scale(domain=[0, height * per_pixel], nice=False),
        axis=alt.Axis(format=".0%"),
    )
    color = _color(data, lang, "stroke")
    period = alt.Tooltip("period:Q", title=theme.word("period", lang), format="d")
    lines = (
        alt.Chart()
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=24))
        .encode(x=x, y=y, color=color, detail="indicator:N", tooltip=_tooltip(lang, period))
    )
    labelled = _labels(labels, y, lang, color)
    return theme.layered(lines, *labelled, data=theme.inline(data), width=WIDTH, height=height)


def _labels(labels: pl.DataFrame, y: alt.Y, lang: Lang, color: alt.Color) -> list[alt.Chart]:
    base = alt.Chart(theme.inline(labels))
    leader = base.mark_rule(strokeWidth=0.8, opacity=0.7).encode(
        x=alt.value(WIDTH + 5), x2=alt.value(WIDTH + 24), y=y, y2="label_at", color=color
    )
    text = base.mark_text(align="left", x=WIDTH + 28, fontSize=11).encode(y="label_at:Q", text=f"indicator_{lang}:N")
    return [leader, text]


def spread(wanted: list[float], gap: float, height: float) -> list[float]:
    """Return places near `wanted` that lie at least `gap` apart and, where there is room, within 0 to `height`.

    Parameters
    ----------
    wanted
        Places in pixels, from the top down, ascending.
    gap
        Least distance of two neighbours.
    height
        Length of the side the places lie on.

    Examples
    --------
    >>> spread([10.0, 12.0, 50.0], 10.0, 100.0)
    [10.0, 20.0, 50.0]
    """
    places: list[float] = []
    for w in wanted:
        places.append(max(w, places[-1] + gap) if places else w)
    floor = height
    for i in range(len(places) - 1, -1, -1):
        places[i] = min(places[i], floor)
        floor = places[i] - gap
    return places
