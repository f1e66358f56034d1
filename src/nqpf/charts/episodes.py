"""Episodes: a series with its exuberant stretches shaded, and below it the statistic that dates them.

A stretch lasts while the backward sup ADF statistic is above its critical line: Phillips, Shi & Yu (2015),
International Economic Review 56:1043–1078, doi:10.1111/iere.12132.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.charts.fit import text_width
from nqpf.frames import require
from nqpf.messages import Lang, Text

WIDTH = theme.WIDTH - 120
ABOVE, BETWEEN, BELOW = 230, 28, 150
"""Height in pixels of the series, of the room below it, and of the statistic."""
SHADE = "#f7dccf"


def episodes(
    frame: pl.DataFrame,
    spans: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    value_title: Text,
    digits: int = 3,
) -> Figure:
    """Draw a series above the statistic of its exuberance.

    Parameters
    ----------
    frame
        One row a period: ``period`` (a number: 2011, or 2011.25), ``value``, ``statistic`` and ``critical`` (null where
        the window is too short).
    spans
        One row an episode: ``start`` and ``end`` (its first and last period; null: it goes on). It may have no row.
    id, title, caption
        See `Figure`.
    value_title
        What the series is, with its unit.
    digits
        Decimals in the tooltip.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, "period", "value", "statistic", "critical")
    require(spans, "start", "end")
    data = frame.select("period", "value", "statistic", "critical").sort("period")
    shaded = spans.select(pl.col("start", "end").cast(pl.Float64)).sort("start")

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(data, shaded, lang, value_title[lang], f".{digits}f"), title[lang])

    return Figure(id, title, caption, _marked(data, shaded), draw)


def _marked(data: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Return the series with whether each period lies in an episode."""
    inside = pl.any_horizontal(
        pl.lit(False), *(pl.col("period").is_between(start, end or float("inf")) for start, end in spans.rows())
    )
    return data.with_columns(exuberant=inside)


def _step(data: pl.DataFrame) -> float:
    """Return how far one period is from the next."""
    steps = data["period"].cast(pl.Float64).diff().drop_nulls()
    return float(steps.min()) if steps.len() else 1.0  # type: ignore[arg-type]


def _chart(data: pl.DataFrame, spans: pl.DataFrame, lang: Lang, value: str, number: str) -> alt.LayerChart:
    half = _step(data) / 2
    first, last = (float(v) for v in (data["period"].min(), data["period"].max())) if data.height else (0.0, 1.0)  # type: ignore[arg-type]
    scale = alt.Scale(domain=[first - half, last + half], nice=False)
    axis = alt.Axis(format="d", tickMinStep=1, tickCount=12, grid=False)
    period = theme.word("period", lang)

    def x(column: str) -> alt.X:
        return alt.X(f"{column}:Q", title=period, scale=scale, axis=axis)

    def y(column: str, words: str, ends: list[int]) -> alt.Y:
        on = alt.Axis(orient="left", tickCount=5, format="~s" if column == "value" else "~g")
        return alt.Y(f"{column}:Q", title=words, scale=alt.Scale(zero=False, range=ends), axis=on)

    up, down = [ABOVE, 0], [ABOVE + BETWEEN + BELOW, ABOVE + BETWEEN]
    words = {c: theme.word(f"episodes.{c}", lang) for c in ("statistic", "critical", "episode")}
    told = [alt.Tooltip("period:Q", title=period, format="~g"), alt.Tooltip("value:Q", title=value, format=",.6~g")]
    told += [alt.Tooltip(f"{c}:Q", title=words[c], format=number) for c in ("statistic", "critical")]
    base = alt.Chart()
    line = base.mark_line(color=theme.SCORES[5], strokeWidth=2).encode(x=x("period"), y=y("value", value, up))
    dots = base.mark_point(filled=True, color=theme.SCORES[5], size=26, opacity=1)
    series = alt.layer(line, dots.encode(x=x("period"), y=y("value", value, up), tooltip=told))
    rows = [("statistic", theme.SCORES[4], [1, 0], 1.8), ("critical", theme.GAPS[0], [5, 4], 1.6)]
    tests = [
        base.transform_filter(f"isValid(datum.{column})")
        .mark_line(color=color, strokeDash=dash, strokeWidth=width)
        .encode(x=x("period"), y=y(column, words["statistic"], down), tooltip=told)
        for column, color, dash, width in rows
    ]
    open_end = pl.col("end").fill_null(last)
    drawn = spans.select(left=pl.col("start") - half, right=open_end + half)
    shade = alt.Chart(theme.inline(drawn)).mark_rect(color=SHADE, opacity=0.8).encode(x=x("left"), x2="right")
    layers = [shade, series, alt.layer(*tests), *_key(words, spans.height > 0)]
    chart = alt.LayerChart(data=theme.inline(data), layer=layers, width=WIDTH, height=down[0])
    drawn_apart: alt.LayerChart = chart.resolve_scale(y="independent")
    return drawn_apart


def _key(words: dict[str, str], shaded: bool) -> list[alt.Chart]:
    """Return what shade and lines are, above the pictures they are in; the shade's only where there is one."""
    between = ABOVE + BETWEEN - 10
    entries = [("episode", 0.0, -10.0, SHADE)] if shaded else []
    entries.append(("statistic", 0.0, between, theme.SCORES[4]))
    aside = 26 + text_width(words["statistic"], 11) + 24
    entries.append(("critical", aside, between, theme.GAPS[0]))
    nothing = alt.Chart(alt.InlineData(values=[{}]))
    drawn = []
    for name, left, y, color in entries:
        half = 5 if name == "episode" else 1
        mark = nothing.mark_rect(color=color)
        ends = {"x": left, "x2": left + 18, "y": y - half, "y2": y + half}
        drawn.append(mark.encode(**{channel: alt.value(at) for channel, at in ends.items()}))
        drawn.append(theme.lettering(words[name], x=left + 26, y=y, baseline="middle"))
    return drawn
