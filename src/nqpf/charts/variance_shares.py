"""Variance shares: how much of the movement of ranks each choice explains, alone and together with others."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

WIDTH = theme.WIDTH - 200
_KEPT = ("slot", "slot_zh", "slot_en", "first", "total", "low", "high")


def variance_shares(frame: pl.DataFrame, *, id: str, title: Text, caption: Text) -> Figure:
    """Draw a bar for what each choice explains alone, before a paler one for all that it takes part in.

    Parameters
    ----------
    frame
        One row a choice: ``slot``, ``slot_zh``, ``slot_en``, ``first`` (share, 0 to 1) and, where known, ``total``, and
        ``low`` and ``high``, the interval of ``first``.
    id, title, caption
        See `Figure`.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, "slot", "slot_zh", "slot_en", "first")
    kept = frame.select(c for c in _KEPT if c in frame.columns)
    data = kept.sort("first", "slot", descending=[True, False], nulls_last=True)

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(data, lang), title[lang])

    return Figure(id, title, caption, data, draw)


def _chart(data: pl.DataFrame, lang: Lang) -> alt.LayerChart:
    name = f"slot_{lang}"
    y = alt.Y(f"{name}:N", sort=theme.in_order(data, name), title=None, axis=theme.name_axis())
    title, axis = theme.word("share_of_variance", lang), alt.Axis(format=".0%", tickCount=6)
    known = {c: c in data.columns and data[c].null_count() < data.height for c in ("total", "low", "high")}
    labels = {"total": theme.word("effect_total", lang), "first": theme.word("effect_first", lang)}
    scale = alt.Scale(domain=list(labels.values()), range=[theme.SCORES[1], theme.SCORES[4]])
    legend = alt.Legend(orient="top", title=None, symbolType="square", columns=1)
    lines = [c for c in ("first", "total", "low", "high") if c == "first" or known[c]]
    tooltip = [alt.Tooltip(f"{name}:N", title=theme.word("choice", lang))]
    tooltip += [alt.Tooltip(f"{c}:Q", title=theme.word(f"effect_{c}", lang), format=".1%") for c in lines]

    def bars(column: str, height: int) -> alt.Chart:
        color = alt.Color("effect:N", scale=scale, legend=legend)
        drawn: alt.Chart = (
            alt.Chart()
            .transform_calculate(effect=f"'{labels[column]}'")
            .mark_bar(height=height)
            .encode(x=alt.X(f"{column}:Q", title=title, axis=axis), y=y, color=color, tooltip=tooltip)
        )
        return drawn

    layers = [bars("total", 18)] if known["total"] else []
    layers.append(bars("first", 9))
    if known["low"] and known["high"]:
        rule = alt.Chart().mark_rule(color=theme.INK, strokeWidth=1.2)
        layers.append(rule.encode(x=alt.X("low:Q", title=title, axis=axis), x2="high", y=y))
    text = alt.Chart().transform_filter("isValid(datum.first)").mark_text(align="left", dx=4, x=WIDTH, fontSize=11)
    layers.append(text.encode(y=y, text=alt.Text("first:Q", format=".0%")))
    return theme.layered(*layers, data=theme.inline(data), width=WIDTH, height=alt.Step(26))
