"""Contributions: what each part adds to a unit's score, or to its change, as bars that add up to the total."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

BARS = theme.WIDTH - 140
"""Width of the bars; the totals stand in a column to their right."""


def contributions(
    parts: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    value_title: Text,
    digits: int = 3,
    by_value: bool = True,
) -> Figure:
    """Draw the contributions of parts to each unit's score as stacked bars, the highest total on top.

    Parameters
    ----------
    parts
        One row a unit and part: ``unit``, ``unit_zh``, ``unit_en``, ``part``, ``part_zh``, ``part_en``, ``value``.
        Negative contributions stack to the left of zero; the tick marks the total.
    id, title, caption
        See `Figure`.
    value_title
        What the contributions add up to, with its unit.
    digits
        Decimals in the tooltip.
    by_value
        The highest total on top; else units as they stand in the table.

    Raises
    ------
    DataError
        A column is missing.
    """
    return _figure(parts, id, title, caption, value_title, f".{digits}f", by_value)


def change_parts(
    parts: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    value_title: Text,
    digits: int = 3,
    by_value: bool = True,
) -> Figure:
    """Draw the contributions of parts to each unit's change between two periods; numbers carry their sign.

    Parameters
    ----------
    parts, id, title, caption, value_title, digits, by_value
        As in `contributions`; ``value`` is the part of the change.

    Raises
    ------
    DataError
        A column is missing.
    """
    return _figure(parts, id, title, caption, value_title, f"+.{digits}f", by_value)


def _figure(
    parts: pl.DataFrame, id: str, title: Text, caption: Text, value_title: Text, number: str, by_value: bool
) -> Figure:
    require(parts, "unit", "unit_zh", "unit_en", "part", "part_zh", "part_en", "value")
    places = {part: i for i, part in enumerate(theme.in_order(parts, "part"))}
    kept = parts.select("unit", "unit_zh", "unit_en", "part", "part_zh", "part_en", "value")
    data = kept.with_columns(
        total=pl.col("value").sum().over("unit"),
        place=pl.col("part").replace_strict(places, return_dtype=pl.Int64),
    )
    data = data.sort("total", "unit", "place", descending=[True, False, False]) if by_value else data

    def draw(lang: Lang) -> dict[str, Any]:
        names = theme.in_order(data.sort("place"), f"part_{lang}")
        y = alt.Y(
            f"unit_{lang}:N",
            sort=theme.in_order(data, f"unit_{lang}"),
            title=None,
            axis=theme.name_axis(),
        )
        bars = _bars(names, value_title[lang], lang, number).encode(y=y)
        totals = [layer.encode(y=y) for layer in _totals(value_title[lang], lang, number)]
        layers = [bars, _zero(), *totals, _heading(lang)]
        chart = theme.layered(*layers, data=theme.inline(data), width=BARS, height=alt.Step(19))
        return theme.to_spec(chart, title[lang])

    return Figure(id, title, caption, data.drop("place"), draw)


def _bars(names: list[str], value_title: str, lang: Lang, number: str) -> alt.Chart:
    legend = alt.Legend(orient="top", title=None, columns=theme.legend_columns(names, BARS), symbolType="square")
    whole = number.endswith(".0f")  # counts have no parts of one
    axis = alt.Axis(tickCount=8, tickMinStep=1) if whole else alt.Axis(tickCount=8)
    drawn: alt.Chart = (
        alt.Chart()
        .mark_bar(height=13, stroke="white", strokeWidth=0.6)
        .encode(
            x=alt.X("value:Q", title=value_title, stack="zero", axis=axis),
            color=alt.Color(f"part_{lang}:N", scale=theme.category_scale(names), legend=legend),
            order="place:Q",
            tooltip=[
                alt.Tooltip(f"unit_{lang}:N", title=theme.word("unit", lang)),
                alt.Tooltip(f"part_{lang}:N", title=theme.word("part", lang)),
                alt.Tooltip("value:Q", title=theme.word("contribution", lang), format=number),
                alt.Tooltip("total:Q", title=value_title, format=number),
            ],
        )
    )
    return drawn


def _totals(value_title: str, lang: Lang, number: str) -> list[alt.Chart]:
    unit = f"unit_{lang}"
    one = alt.Chart().transform_aggregate(total="max(total)", groupby=[unit])
    tooltip = [
        alt.Tooltip(f"{unit}:N", title=theme.word("unit", lang)),
        alt.Tooltip("total:Q", title=value_title, format=number),
    ]
    tick = one.mark_tick(color=theme.INK, thickness=2.5, height=17, opacity=1).encode(x="total:Q", tooltip=tooltip)
    text = one.mark_text(align="left", x=BARS + 14).encode(text=alt.Text("total:Q", format=number))
    return [tick, text]


def _zero() -> alt.Chart:
    drawn: alt.Chart = alt.Chart().mark_rule(color=theme.MUTED, strokeWidth=1).encode(x=alt.datum(0))
    return drawn


def _heading(lang: Lang) -> alt.Chart:
    return theme.lettering(theme.word("total", lang), x=BARS + 14, y=-3)
