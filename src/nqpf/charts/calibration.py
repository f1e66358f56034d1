"""Calibration: what was foretold against what came true, tenth by tenth, beside the line on which both agree."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

SIDE = 380
"""Width and height in pixels of the upper picture."""
BETWEEN, BELOW = 26, 84
"""Pixels between both pictures, and height of the lower one."""
_KEPT = ("group_zh", "group_en", "predicted", "observed", "count", "low", "high")


def calibration(frame: pl.DataFrame, *, id: str, title: Text, caption: Text, digits: int = 3) -> Figure:
    """Draw predicted probabilities against observed shares, and below how many cases each rests on.

    Parameters
    ----------
    frame
        One row a tenth: ``predicted`` (mean probability), ``observed`` (share that came true; null: left out),
        ``count`` (cases) and, where known, ``low`` and ``high`` (interval of the share), ``group_zh`` and ``group_en``
        (the sample or model: a colour).
    id, title, caption
        See `Figure`.
    digits
        Decimals in the tooltip.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, "predicted", "observed", "count")
    data = frame.select(c for c in _KEPT if c in frame.columns).with_columns(
        pl.col("predicted", "observed").cast(pl.Float64).fill_nan(None)
    )
    data = data.drop_nulls(["predicted", "observed"])

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(data, lang, f".{digits}f"), title[lang])

    return Figure(id, title, caption, data, draw)


def _most(data: pl.DataFrame) -> float:
    """Return where both axes end: a little beyond the largest number."""
    numbers = [data[c].drop_nulls() for c in ("predicted", "observed", "high") if c in data.columns]
    return min(1.0, 1.08 * max((float(n.max()) for n in numbers if n.len()), default=0.9) or 1.0)  # type: ignore[arg-type]


def _chart(data: pl.DataFrame, lang: Lang, number: str) -> alt.LayerChart:
    most = _most(data)
    words = {c: theme.word(f"calibration.{c}", lang) for c in ("predicted", "observed", "count")}
    axis = alt.Axis(tickCount=6, format=".0%" if most > 0.1 else ".1%", grid=False)
    across = alt.Scale(domain=[0, most], nice=False)
    x = alt.X("predicted:Q", title=words["predicted"], scale=across, axis=axis)

    def y(column: str) -> alt.Y:
        scale = alt.Scale(domain=[0, most], range=[SIDE, 0], nice=False)
        return alt.Y(f"{column}:Q", title=words["observed"], scale=scale, axis=axis)

    looks: dict[str, Any] = {"color": alt.value(theme.SCORES[4])}
    group = f"group_{lang}"
    names = theme.in_order(data, group) if group in data.columns else []
    if names:
        columns = theme.legend_columns(names, SIDE)
        legend = alt.Legend(orient="top", title=None, symbolType="circle", symbolOpacity=1, columns=columns)
        looks = {"color": alt.Color(f"{group}:N", scale=theme.category_scale(names), legend=legend)}
    told = [alt.Tooltip(f"{group}:N", title=theme.word("group", lang))] if names else []
    told += [alt.Tooltip(f"{c}:Q", title=words[c], format=number) for c in ("predicted", "observed")]
    told.append(alt.Tooltip("count:Q", title=words["count"], format=",d"))
    right = alt.Chart(alt.InlineData(values=[{"at": 0.0}, {"at": most}]))
    base = alt.Chart()
    upper = [
        right.mark_line(color=theme.MUTED, strokeDash=[5, 4]).encode(
            x=alt.X("at:Q", title=words["predicted"], scale=across, axis=axis), y=y("at")
        )
    ]
    if {"low", "high"} <= set(data.columns):
        spans = base.transform_filter("isValid(datum.low) && isValid(datum.high)").mark_rule(strokeWidth=2, opacity=0.5)
        upper.append(spans.encode(x=x, y=y("low"), y2="high", **looks))
    upper.append(base.mark_line(strokeWidth=1.4, opacity=0.7).encode(x=x, y=y("observed"), **looks))
    dots = base.mark_point(filled=True, size=58, opacity=1, stroke="white", strokeWidth=0.8)
    upper.append(dots.encode(x=x, y=y("observed"), tooltip=told, **looks))
    first, last = SIDE + BETWEEN, SIDE + BETWEEN + BELOW
    most_counted = max(data["count"].drop_nulls().to_list(), default=1)
    scale = alt.Scale(domain=[0, 1.1 * most_counted], range=[last, first], nice=False)
    count = alt.Y("count:Q", title=words["count"], scale=scale, axis=alt.Axis(tickCount=3, format=",d", orient="left"))
    side = {name: 7.0 * (k - (len(names) - 1) / 2) for k, name in enumerate(names)}
    shift: Any = alt.ExprRef(f"({json.dumps(side, ensure_ascii=False)})[datum.{group}]") if names else 0
    bars = base.mark_rule(strokeWidth=6, opacity=0.85, xOffset=shift).encode(
        x=x, y=count, y2=alt.datum(0), tooltip=told, **looks
    )
    chart = alt.LayerChart(data=theme.inline(data), layer=[alt.layer(*upper), bars], width=SIDE, height=last)
    apart: alt.LayerChart = chart.resolve_scale(y="independent")
    return apart
