"""Importance: the share of weight an indicator was given, beside the share of the index's variance it explains."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

COLUMNS = ("indicator", "indicator_zh", "indicator_en", "node_zh", "node_en", "weight_share", "importance")


def importance(frame: pl.DataFrame, *, id: str, title: Text, caption: Text) -> Figure:
    """Draw share of weight and share of importance as two marks on one line an indicator.

    Parameters
    ----------
    frame
        One row an indicator in the order shown: ``indicator``, ``indicator_zh``, ``indicator_en``, ``node_zh``,
        ``node_en`` (its dimension), ``weight_share`` and ``importance`` (0 to 1).
    id, title, caption
        See `Figure`.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, *COLUMNS)
    data = frame.select(COLUMNS)

    def draw(lang: Lang) -> dict[str, Any]:
        y = alt.Y(
            f"indicator_{lang}:N", sort=theme.in_order(data, f"indicator_{lang}"), title=None, axis=theme.name_axis()
        )
        layers = [layer.encode(y=y) for layer in (_link(lang), *_marks(data, lang))]
        chart = theme.layered(*layers, data=theme.inline(data), width=theme.WIDTH, height=alt.Step(20))
        return theme.to_spec(chart, title[lang])

    return Figure(id, title, caption, data, draw)


def _x(field: str, lang: Lang) -> alt.X:
    axis = alt.Axis(format=".0%", tickCount=6)
    return alt.X(f"{field}:Q", title=theme.word("share", lang), axis=axis, scale=alt.Scale(zero=True))


def _link(lang: Lang) -> alt.Chart:
    drawn: alt.Chart = (
        alt.Chart().mark_rule(strokeWidth=2.5, color=theme.FAINT).encode(x=_x("weight_share", lang), x2="importance")
    )
    return drawn


def _marks(data: pl.DataFrame, lang: Lang) -> list[alt.Chart]:
    """Return a hollow square for the weight and a disc in the dimension's colour for the importance."""
    names = theme.in_order(data, f"node_{lang}")
    legend = alt.Legend(title=None, orient="top", symbolType="circle", columns=theme.legend_columns(names, theme.WIDTH))
    color = alt.Color(f"node_{lang}:N", scale=theme.category_scale(names), legend=legend)
    words = [theme.word("weight_share", lang), theme.word("importance", lang)]
    tooltip = [
        alt.Tooltip(f"indicator_{lang}:N", title=theme.word("indicator", lang)),
        alt.Tooltip(f"node_{lang}:N", title=theme.word("dimension", lang)),
        alt.Tooltip("weight_share:Q", title=words[0], format=".2%"),
        alt.Tooltip("importance:Q", title=words[1], format=".2%"),
    ]
    weight = (
        alt.Chart()
        .mark_point(shape="square", size=64, fill="white", stroke=theme.INK, strokeWidth=1.4, opacity=1)
        .encode(x=_x("weight_share", lang), tooltip=tooltip)
    )
    effect = (
        alt.Chart()
        .mark_point(shape="circle", size=80, filled=True, opacity=1)
        .encode(x=_x("importance", lang), color=color, tooltip=tooltip)
    )
    return [weight, effect]
