"""Trend: a thin line for each unit, bold ones for the means; pointing at a line (or clicking it) brings it out."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

HEIGHT = 400


def trend(
    scores: pl.DataFrame,
    means: pl.DataFrame | None = None,
    *,
    id: str,
    title: Text,
    caption: Text,
    value_title: Text,
    focus: str | None = None,
    digits: int = 3,
) -> Figure:
    """Draw the values of units over the periods.

    Parameters
    ----------
    scores
        One row a unit and period: ``unit``, ``unit_zh``, ``unit_en``, ``period``, ``value``. A null breaks the line.
    means
        One row a group and period: ``group_zh``, ``group_en``, ``period``, ``value``.
    id, title, caption
        See `Figure`.
    value_title
        What the value is, with its unit.
    focus
        Unit that is brought out before anybody points at one, and in print.
    digits
        Decimals in the tooltip.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(scores, "unit", "unit_zh", "unit_en", "period", "value")
    frames = [scores.select("unit", "unit_zh", "unit_en", "period", "value")]
    if means is not None:
        require(means, "group_zh", "group_en", "period", "value")
        frames.append(means.select("group_zh", "group_en", "period", "value"))
    data = pl.concat(frames, how="diagonal")

    def draw(lang: Lang) -> dict[str, Any]:
        x, y = _axes(data, lang, value_title[lang])
        number = f".{digits}f"
        picked = [_selection("pointed", on="pointerover"), _selection("clicked", on="click", unit=focus)]
        behind, before = _units(x, y, picked, lang, value_title[lang], number)
        middle = [] if means is None else [_means(means, x, y, lang, value_title[lang], number)]
        layers = [*behind, *middle, *before]
        chart = theme.layered(*layers, data=theme.inline(data), width=theme.WIDTH - 120, height=HEIGHT)
        return theme.to_spec(chart, title[lang])

    return Figure(id, title, caption, data, draw)


def _axes(data: pl.DataFrame, lang: Lang, value_title: str) -> tuple[alt.X, alt.Y]:
    x = alt.X(
        "period:Q",
        title=theme.word("period", lang),
        scale=alt.Scale(nice=False, zero=False, padding=4),
        axis=theme.year_axis(data["period"]),
    )
    return x, alt.Y("value:Q", title=value_title, scale=alt.Scale(zero=False))


def _selection(name: str, on: str, unit: str | None = None) -> alt.Parameter:
    start: dict[str, Any] = {"value": [{"unit": unit}]} if unit else {}
    clear = "pointerout" if on == "pointerover" else "dblclick"
    return alt.selection_point(name=name, fields=["unit"], on=on, clear=clear, empty=False, **start)


def _units(
    x: alt.X, y: alt.Y, picked: list[alt.Parameter], lang: Lang, value_title: str, number: str
) -> tuple[list[alt.Chart], list[alt.Chart]]:
    """Return the layers that lie behind the means and those that lie before them."""
    tooltip = [
        alt.Tooltip(f"unit_{lang}:N", title=theme.word("unit", lang)),
        alt.Tooltip("period:Q", title=theme.word("period", lang), format="d"),
        alt.Tooltip("value:Q", title=value_title, format=number),
    ]
    units = alt.Chart().transform_filter("isValid(datum.unit)")
    chosen = picked[0] | picked[1]
    quiet = units.mark_line(color=theme.FAINT, strokeWidth=1, opacity=0.8).encode(x=x, y=y, detail="unit:N")
    # A hair-thin line is hard to hit: an invisible broad one takes the pointer in its stead.
    broad = (
        units.mark_line(strokeWidth=11, opacity=0)
        .encode(x=x, y=y, detail="unit:N", tooltip=tooltip)
        .add_params(*picked)
    )
    bright = (
        units.transform_filter(chosen)
        .mark_line(color=theme.INK, strokeWidth=2.2, point=alt.OverlayMarkDef(color=theme.INK, size=22))
        .encode(x=x, y=y, detail="unit:N", tooltip=tooltip)
    )
    # The name stays inside the frame: a label that sticks out would make the picture jump under the pointer.
    name = (
        units.transform_filter(chosen)
        .transform_filter("isValid(datum.value)")
        .mark_text(align="right", baseline="bottom", dx=2, dy=-7, fontWeight="bold")
        .encode(
            x=alt.X("period:Q", aggregate="max"),
            y=alt.Y("value:Q", aggregate={"argmax": "period"}),
            text=f"unit_{lang}:N",
            detail="unit:N",
        )
    )
    halo = name.mark_text(
        align="right", baseline="bottom", dx=2, dy=-7, fontWeight="bold", stroke="white", strokeWidth=3.5
    )
    return [quiet, broad], [bright, halo, name]


def _means(means: pl.DataFrame, x: alt.X, y: alt.Y, lang: Lang, value_title: str, number: str) -> alt.Chart:
    group = f"group_{lang}"
    tooltip = [
        alt.Tooltip(f"{group}:N", title=theme.word("group", lang)),
        alt.Tooltip("period:Q", title=theme.word("period", lang), format="d"),
        alt.Tooltip("value:Q", title=value_title, format=number),
    ]
    color = alt.Color(
        f"{group}:N",
        scale=theme.category_scale(theme.in_order(means, group)),
        legend=alt.Legend(orient="top", title=theme.word("mean_of", lang), titleOrient="left", symbolType="stroke"),
    )
    line = alt.Chart().transform_filter(f"isValid(datum.{group})").mark_line(strokeWidth=3)
    drawn: alt.Chart = line.encode(x=x, y=y, color=color, tooltip=tooltip)
    return drawn
