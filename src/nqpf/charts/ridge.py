"""Ridge: one distribution a year, one behind the other, so that it shows how the shape moves and spreads."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

WIDTH = theme.WIDTH - 120
OVERLAP = 2.2
"""Height of the highest curve in steps from a year to the next: so far a curve may reach into those above it."""
STEP, TALLEST, LEAST = 40.0, 520.0, 14.0
"""Pixels from a year to the next; of the whole picture at most; and from a year to the next at least."""
BELOW = 0.25
"""Steps between the last line and the axis."""
THIN = 1e-3
"""Share of the highest point below which a curve is not drawn."""


def ridge(
    densities: pl.DataFrame,
    means: pl.DataFrame | None = None,
    *,
    id: str,
    title: Text,
    caption: Text,
    value_title: Text,
    digits: int = 3,
) -> Figure:
    """Draw the density of each year on a line of its own, the first year at the top, all at one scale.

    Parameters
    ----------
    densities
        One row a year and point: ``period``, ``x``, ``density``.
    means
        One row a year: ``period``, ``value``, drawn as a tick on its line.
    id, title, caption
        See `Figure`.
    value_title
        What is distributed, with its unit.
    digits
        Decimals in the tooltip.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(densities, "period", "x", "density")
    data = densities.select("period", "x", "density").sort("period", "x")
    if means is not None:
        require(means, "period", "value")

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(data, means, lang, value_title[lang], f".{digits}f"), title[lang])

    return Figure(id, title, caption, data, draw)


def _chart(data: pl.DataFrame, means: pl.DataFrame | None, lang: Lang, value: str, number: str) -> alt.LayerChart:
    years = data["period"].unique().sort().to_list()
    lines = {year: len(years) - 1 - place for place, year in enumerate(years)}
    shapes = _shapes(data, lines)
    reach = [float(v) for v in (shapes["x"].min(), shapes["x"].max())] if shapes.height else [0.0, 1.0]  # type: ignore[arg-type]
    x = alt.X("x:Q", title=value, scale=alt.Scale(domain=reach, nice=False), axis=alt.Axis(grid=False, tickCount=8))
    top = len(years) - 1 + OVERLAP
    words = f"{[str(year) for year in reversed(years)]}[datum.value]"
    axis = alt.Axis(
        values=list(range(len(years))), labelExpr=words, grid=True, ticks=False, domain=False, labelPadding=8
    )
    y = alt.Y("top:Q", title=None, scale=alt.Scale(domain=[-BELOW, top], nice=False), axis=axis)
    step = max(LEAST, min(STEP, TALLEST / top))
    hues = [theme.score_color(0.25 + 0.6 * i / max(len(years) - 1, 1)) for i in range(len(years))]
    color = alt.Color("period:O", scale=alt.Scale(domain=years, range=hues), legend=None)
    told = [alt.Tooltip("period:O", title=theme.word("period", lang))]
    # rows are in the order of the years, so that a later year stands before an earlier one
    area = alt.Chart().transform_filter("isValid(datum.density)")
    area = area.mark_area(opacity=0.8, stroke="white", strokeWidth=0.8)
    layers = [area.encode(x=x, y=y, y2="line:Q", color=color, tooltip=told)]
    frames = [shapes]
    if means is not None:
        ticks = _ticks(means, lines)
        frames.append(ticks)
        told = [*told, alt.Tooltip("mean:Q", title=theme.word("mean", lang), format=number)]
        rule = alt.Chart().transform_filter("isValid(datum.mean)").mark_rule(color=theme.INK, strokeWidth=1.8)
        layers.append(rule.encode(x=alt.X("mean:Q", title=value), y=y, y2="line:Q", tooltip=told))
    rows = theme.inline(pl.concat(frames, how="diagonal_relaxed"))
    return theme.layered(*layers, data=rows, width=WIDTH, height=round(step * (top + BELOW)))


def _shapes(data: pl.DataFrame, lines: dict[int, int]) -> pl.DataFrame:
    """Return foot (``line``) and ``top`` of every curve, without the ends that lie flat on their line."""
    highest = float(np.fmax.reduce(data["density"].to_numpy(), initial=0.0)) or 1.0
    placed = data.with_columns(line=pl.col("period").replace_strict(lines, return_dtype=pl.Float64))
    seen = placed.filter(pl.col("density") > THIN * highest)
    return seen.with_columns(top=pl.col("line") + OVERLAP * pl.col("density") / highest)


def _ticks(means: pl.DataFrame, lines: dict[int, int]) -> pl.DataFrame:
    kept = means.filter(pl.col("period").is_in(list(lines)))
    line = pl.col("period").replace_strict(lines, return_dtype=pl.Float64)
    return kept.select("period", mean="value", line=line, top=line + 0.35)
