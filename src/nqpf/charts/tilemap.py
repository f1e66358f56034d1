"""Tile map: all 34 province-level units as equal tiles, coloured by value; a unit without data is shown as such.

Tiles stand in for a map: no boundary is drawn, so none can be wrong, and a small unit is as legible as a large one.
"""

from __future__ import annotations

import itertools
from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.data.places import provinces
from nqpf.errors import PlaceError, listing
from nqpf.frames import require
from nqpf.messages import Lang, Text

TILE = 66
"""Side of a tile in pixels, with the gap to its neighbour."""


def tile_map(
    scores: pl.DataFrame, *, id: str, title: Text, caption: Text, value_title: Text, digits: int = 2
) -> Figure:
    """Draw values of provinces on a grid of equal tiles.

    Parameters
    ----------
    scores
        One row a unit and period: ``unit`` (six-digit GB/T 2260 code), ``value`` (null: no data), ``period``.
        With several periods the page has a control for the period; print shows the last.
    id, title, caption
        See `Figure`.
    value_title
        What the value is, with its unit.
    digits
        Decimals shown.

    Raises
    ------
    DataError
        A column is missing.
    PlaceError
        A code is no province's.
    """
    require(scores, "unit", "value", "period")
    places = provinces()
    strangers = scores.filter(~pl.col("unit").is_in(places["code"].implode()))["unit"].unique(maintain_order=True)
    if len(strangers):
        raise PlaceError("unknown_province_code", codes=listing(strangers))
    data = _every_tile(scores, places)

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(data, lang, value_title[lang], f".{digits}f"), title[lang])

    return Figure(id, title, caption, data.drop("tile_col", "tile_row"), draw, placed=True)


def _every_tile(scores: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each of the 34 units in each period, with its names and its place on the grid."""
    units = places.select(
        pl.col("code").alias("unit"),
        pl.col("short_zh").alias("unit_zh"),
        pl.col("en").alias("unit_en"),
        pl.col("short_zh").alias("tile_zh"),
        pl.col("letters").alias("tile_en"),
        "tile_col",
        "tile_row",
    )
    grid = scores.select("period").unique().sort("period").join(units, how="cross")
    return grid.join(scores.select("unit", "period", "value"), on=["unit", "period"], how="left").sort("period", "unit")


def _chart(data: pl.DataFrame, lang: Lang, value_title: str, number: str) -> alt.LayerChart:
    columns, rows = (list(range(data[c].to_numpy().max() + 1)) for c in ("tile_col", "tile_row"))
    x = alt.X("tile_col:O", axis=None, scale=alt.Scale(domain=columns, paddingInner=0.05, paddingOuter=0))
    y = alt.Y("tile_row:O", axis=None, scale=alt.Scale(domain=rows, paddingInner=0.05, paddingOuter=0))
    periods = data["period"].unique().sort().to_list()
    layers = [_absent(lang), _tiles(data, lang, value_title, number), *_words(data, lang, number)]
    placed = [layer.transform_filter("datum.period == shown_period").encode(x=x, y=y) for layer in layers]
    width, height = TILE * len(columns), TILE * len(rows)
    chart = theme.layered(*placed, _stamp(lang), data=theme.inline(data), width=width, height=height)
    return chart.add_params(_period(periods, lang))


def _period(periods: list[int], lang: Lang) -> alt.Parameter:
    """Return the period shown, the last at first; several come with a control."""
    if len(periods) == 1:
        return alt.param(name="shown_period", value=periods[0])
    steps = {b - a for a, b in itertools.pairwise(periods)}
    label = theme.word("period", lang) + " "
    control = (
        alt.binding_range(min=periods[0], max=periods[-1], step=steps.pop(), name=label)
        if len(steps) == 1
        else alt.binding_select(options=periods, name=label)
    )
    return alt.param(name="shown_period", value=periods[-1], bind=control)


def _tooltip(lang: Lang, value: alt.Tooltip) -> list[alt.Tooltip]:
    return [
        alt.Tooltip(f"unit_{lang}:N", title=theme.word("unit", lang)),
        alt.Tooltip("period:O", title=theme.word("period", lang)),
        value,
    ]


def _absent(lang: Lang) -> alt.Chart:
    """Return grey tiles with a dashed rim under all others, seen where there is no value."""
    name = theme.word("no_data", lang)
    legend = alt.Legend(
        title=None,
        orient="bottom-right",
        symbolType="square",
        symbolSize=220,
        symbolFillColor=theme.NO_DATA,
        symbolDash=[3, 2],
    )
    drawn: alt.Chart = (
        alt.Chart()
        .transform_filter("!isValid(datum.value)")
        .transform_calculate(absent=f"'{name}'")
        .mark_rect(fill=theme.NO_DATA, strokeDash=[3, 2], cornerRadius=4)
        .encode(
            stroke=alt.Stroke("absent:N", scale=alt.Scale(domain=[name], range=[theme.MUTED]), legend=legend),
            tooltip=_tooltip(lang, alt.Tooltip("absent:N", title=theme.word("value", lang))),
        )
    )
    return drawn


def _tiles(data: pl.DataFrame, lang: Lang, value_title: str, number: str) -> alt.Chart:
    legend = alt.Legend(orient="bottom", direction="horizontal", gradientLength=260, format=number, tickCount=4)
    scale = alt.Scale(domain=_range(data), range=list(theme.SCORES), nice=False)
    drawn: alt.Chart = (
        alt.Chart()
        .transform_filter("isValid(datum.value)")
        .mark_rect(cornerRadius=4)
        .encode(
            color=alt.Color("value:Q", title=value_title, scale=scale, legend=legend),
            tooltip=_tooltip(lang, alt.Tooltip("value:Q", title=value_title, format=number)),
        )
    )
    return drawn


def _range(data: pl.DataFrame) -> list[float]:
    """Return the lowest and highest value of all periods, so that a colour means the same in each."""
    known = data["value"].drop_nulls().to_numpy()
    return [float(known.min()), float(known.max())] if len(known) else [0.0, 1.0]


def _words(data: pl.DataFrame, lang: Lang, number: str) -> list[alt.Chart]:
    low, high = _range(data)
    dark = f"isValid(datum.value) && datum.value > {low + theme.WHITE_FROM * (high - low)}"
    color = alt.when(dark).then(alt.value("white")).otherwise(alt.value(theme.INK))
    no_data = theme.word("no_data", lang)
    name = alt.Chart().mark_text(dy=-9, fontSize=14, fontWeight="bold").encode(text=f"tile_{lang}:N", color=color)
    value = (
        alt.Chart()
        .transform_calculate(value_text=f"isValid(datum.value) ? format(datum.value, '{number}') : '{no_data}'")
        .mark_text(dy=11, fontSize=12)
        .encode(text="value_text:N", color=color)
    )
    return [name, value]


def _stamp(lang: Lang) -> alt.Chart:
    """Return the period in the empty corner of the grid."""
    before, after = theme.word("in_period", lang, period="|").split("|")
    text = alt.expr(f"'{before}' + shown_period + '{after}'")
    return theme.lettering(text, x=0, y=4, baseline="top", fontSize=26, color=theme.FAINT)
