"""Gauges: how far one side of a balance is ahead of the other, with an interval, around an even middle."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

ROW = 64
WIDTH = theme.WIDTH - 120
FACE, MARK = "#dfe7ea", "#1d4e79"
LEAST = 0.1
"""The axis reaches at least so far, so that a small difference looks small."""


def gauges(frame: pl.DataFrame, *, id: str, title: Text, caption: Text) -> Figure:
    """Draw a gauge a row.

    Parameters
    ----------
    frame
        One row a gauge: ``gauge``, ``gauge_zh``, ``gauge_en``, ``value`` (null: not measured), ``low``, ``high``, and
        what it means to be left or right of the middle: ``left_zh``, ``left_en``, ``right_zh``, ``right_en``.
    id, title, caption
        See `Figure`.

    Raises
    ------
    DataError
        A column is missing.
    """
    named = [f"{name}_{lang}" for name in ("gauge", "left", "right") for lang in ("zh", "en")]
    require(frame, "gauge", "value", "low", "high", *named)

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(frame, lang), title[lang])

    return Figure(id, title, caption, frame, draw)


def _chart(frame: pl.DataFrame, lang: Lang) -> alt.LayerChart:
    known = frame.select("value", "low", "high").to_numpy()
    reach = max(LEAST, float(abs(known[known == known]).max()) * 1.15) if (known == known).any() else LEAST
    rows = frame.with_columns(
        from_=pl.lit(-reach),
        to=pl.lit(reach),
        zero=pl.lit(0.0),
        word=pl.when(pl.col("value").is_null())
        .then(pl.lit(theme.word("not_measured", lang)))
        .otherwise(pl.format("{}", pl.col("value").round(2))),
        at=pl.col("value").fill_null(0.0),
    )
    base = alt.Chart(theme.inline(rows))
    y = alt.Y(f"gauge_{lang}:N", sort=theme.in_order(frame, f"gauge_{lang}"), title=None, axis=theme.name_axis())
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    x = alt.X("from_:Q", scale=scale, title=None, axis=alt.Axis(tickCount=5, format="+.2f", grid=False))
    tooltip = [
        alt.Tooltip(f"gauge_{lang}:N"),
        *(alt.Tooltip(f"{c}:Q", format="+.3f") for c in ("value", "low", "high")),
    ]
    layers = [
        base.mark_bar(height=12, color=FACE, cornerRadius=6).encode(x=x, x2="to:Q", y=y),
        base.mark_tick(thickness=1, size=24, color=theme.MUTED).encode(x=alt.X("zero:Q", scale=scale), y=y),
        base.transform_filter("isValid(datum.value)")
        .mark_bar(height=5, color=MARK, opacity=0.55)
        .encode(x=alt.X("low:Q", scale=scale), x2="high:Q", y=y, tooltip=tooltip),
        base.transform_filter("isValid(datum.value)")
        .mark_point(shape="diamond", size=110, filled=True, color=MARK, opacity=1)
        .encode(x=alt.X("value:Q", scale=scale), y=y, tooltip=tooltip),
        base.mark_text(dy=-17, fontSize=11.5, fontWeight="bold", color=theme.INK).encode(
            x=alt.X("at:Q", scale=scale), y=y, text="word:N"
        ),
        base.mark_text(dy=19, align="left", fontSize=11, color=theme.MUTED).encode(
            x=alt.X("from_:Q", scale=scale), y=y, text=f"left_{lang}:N"
        ),
        base.mark_text(dy=19, align="right", fontSize=11, color=theme.MUTED).encode(
            x=alt.X("to:Q", scale=scale), y=y, text=f"right_{lang}:N"
        ),
    ]
    return theme.layered(*layers, width=WIDTH, height=ROW * frame.height)
