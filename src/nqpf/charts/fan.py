"""Fan: what has been and what may come, as a line that opens into bands; a panel for each scenario, or colours.

Bands of 50, 80 and 90 per cent around the median, after the fan charts of the Bank of England (Britton, Fisher and
Whitley 1998, Bank of England Quarterly Bulletin, February, 30–37).
"""

from __future__ import annotations

from typing import Any, Literal

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.columns import choose
from nqpf.errors import DataError
from nqpf.frames import require
from nqpf.messages import Lang, Text

BANDS = (("q5", "q95", 90, 1), ("q10", "q90", 80, 2), ("q25", "q75", 50, 3))
"""Ends of the bands, what they hold in per cent, and which of the theme's colours they have."""
NUMBERS = ("q5", "q10", "q25", "q50", "q75", "q90", "q95")
WIDTH, HEIGHT = theme.WIDTH - 120, 300
"""Size of a picture without panels."""
ACROSS, PANEL = 2, 190
"""Panels side by side, and their height."""
MOST = len(theme.CATEGORIES)
"""Scenarios that can be told apart by colour."""
STEP = 0.028
"""Share of the width between the bars of two scenarios."""
KEYS = ("scenario", "scenario_zh", "scenario_en")


def fan(
    bands: pl.DataFrame,
    history: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    value_title: Text,
    layout: Literal["panels", "colours"] = "panels",
    digits: int = 3,
) -> Figure:
    """Draw scenarios over the years to come behind what has been.

    Parameters
    ----------
    bands
        One row a scenario and year: ``scenario``, ``scenario_zh``, ``scenario_en``, ``period``, and the quantiles
        ``q5``, ``q10``, ``q25``, ``q50``, ``q75``, ``q90``, ``q95``. Scenarios stand in the order they come in.
    history
        One row a year: ``period``, ``value``.
    id, title, caption
        See `Figure`.
    value_title
        What it is, with its unit.
    layout
        ``panels``: each scenario with its three bands and, but for the first, the first one's median as a dashed line;
        ``colours``: the medians in one picture, behind them the first one's band of 80 per cent, and beside the last
        year a bar for each scenario (80 per cent, bold 50 per cent).
    digits
        Significant figures in the tooltip.

    Raises
    ------
    DataError
        A column is missing, there is no scenario, or too many for colours.
    SpecError
        `layout` is neither word.
    """
    choose("layout", layout, ("panels", "colours"))
    require(bands, *KEYS, "period", *NUMBERS)
    require(history, "period", "value")
    names = theme.in_order(bands, "scenario")
    if not names or (layout == "colours" and len(names) > MOST):
        raise DataError("chart_fan_scenarios", count=len(names), most=MOST)
    data = _joined(bands, history)

    def draw(lang: Lang) -> dict[str, Any]:
        picture = _Picture(data, lang, value_title[lang], f".{digits}~g")
        return theme.to_spec(picture.panels() if layout == "panels" else picture.colours(), title[lang])

    return Figure(id, title, caption, data, draw)


def _joined(bands: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
    """Return the past and, for each scenario, what is ahead; its last year is also the point where the bands begin.

    ``kind`` is ``past`` or ``ahead``, ``first`` the median of the first scenario (null there), ``bar`` where a
    scenario's bar stands beside the last year (null in other years).
    """
    scenarios = bands.select(KEYS).unique(maintain_order=True).with_row_index("place")
    past = scenarios.join(history.select("period", "value").drop_nulls().sort("period"), how="cross")
    last = past.filter(pl.col("period") == pl.col("period").max())
    begin = last.select("place", *KEYS, "period", *(pl.col("value").alias(q) for q in NUMBERS))
    ahead = bands.select(*KEYS, "period", *NUMBERS).join(scenarios.select("place", "scenario"), on="scenario")
    ahead = pl.concat([begin, ahead], how="diagonal_relaxed")
    first = ahead.filter(place=0).select("period", first="q50")
    ahead = ahead.join(first, on="period", how="left").with_columns(
        first=pl.when(pl.col("place") > 0).then("first"), kind=pl.lit("ahead")
    )
    whole = pl.concat([past.with_columns(kind=pl.lit("past")), ahead], how="diagonal_relaxed")
    end, years = pl.col("period").max(), pl.col("period").max() - pl.col("period").min()
    bar = end + (pl.col("place") + 1.0) * STEP * years
    whole = whole.with_columns(bar=pl.when((pl.col("kind") == "ahead") & (pl.col("period") == end)).then(bar))
    ordered = whole.sort("place", pl.col("kind") == "ahead", "period")
    return ordered.select(*KEYS, "kind", "period", "value", *NUMBERS, "first", "bar")


class _Picture:
    """The layers of one language."""

    def __init__(self, data: pl.DataFrame, lang: Lang, value: str, number: str) -> None:
        self._data, self._lang, self._value = data, lang, value
        self._name = f"scenario_{lang}"
        self._names = theme.in_order(data, self._name)
        self._past, self._ahead = (alt.Chart().transform_filter(f"datum.kind == '{k}'") for k in ("past", "ahead"))
        year = alt.Tooltip("period:Q", title=theme.word("period", lang), format="d")
        self._told_past = [year, alt.Tooltip("value:Q", title=value, format=number)]
        told = [alt.Tooltip(f"{self._name}:N", title=theme.word("scenario", lang)), year]
        words = {"q50": theme.word("median", lang)}
        for low, high, share, _ in BANDS:
            words |= {c: f"{theme.word(k, lang)} ({share} %)" for c, k in ((low, "low"), (high, "high"))}
        self._told = told + [alt.Tooltip(f"{c}:Q", title=w, format=number) for c, w in words.items()]

    def _x(self, most: int) -> alt.X:
        """Return the axis of years with so many of them written, the last one always."""
        years = self._data["period"].unique().sort().to_list()
        values = years[:: -max(1, -(-len(years) // most))][::-1]
        scale = alt.Scale(nice=False, zero=False, padding=6)
        axis = alt.Axis(format="d", grid=False, values=values)
        return alt.X("period:Q", title=theme.word("period", self._lang), scale=scale, axis=axis)

    def _y(self, column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", title=self._value, scale=alt.Scale(zero=False))

    def _points(self, x: alt.X) -> list[alt.Chart]:
        """Return points that cannot be seen but pointed at."""
        past, ahead = (base.mark_point(opacity=0, size=160, filled=True) for base in (self._past, self._ahead))
        return [
            past.encode(x=x, y=self._y("value"), tooltip=self._told_past),
            ahead.encode(x=x, y=self._y("q50"), tooltip=self._told),
        ]

    def panels(self) -> alt.LayerChart | alt.FacetChart:
        """Return a panel for each scenario; a single one needs none."""
        several = len(self._names) > 1
        x = self._x(6 if several else theme.TICKS)
        layers = [*self._areas(x), *self._lines(x), *self._points(x)]
        inline = theme.inline(self._data)
        if not several:
            return theme.layered(*layers, data=inline, width=WIDTH, height=HEIGHT)
        panel = theme.layered(*layers, width=(WIDTH - 60) // ACROSS, height=PANEL)
        header = alt.Header(title=None, labelFontSize=13, labelFontWeight="bold", labelColor=theme.INK, labelPadding=4)
        facet = alt.Facet(f"{self._name}:N", sort=self._names, header=header)
        return panel.facet(facet, columns=ACROSS, data=inline)

    def _areas(self, x: alt.X) -> list[alt.Chart]:
        words = {share: theme.word("band", self._lang, share=share) for _, _, share, _ in BANDS}
        scale = alt.Scale(domain=[*words.values()], range=[theme.SCORES[k] for *_, k in BANDS])
        fill = alt.Fill("band:N", scale=scale, legend=alt.Legend(orient="top", title=None, symbolType="square"))
        return [
            self._ahead.transform_calculate(band=f"'{words[share]}'")
            .mark_area(opacity=1)
            .encode(x=x, y=self._y(low), y2=high, fill=fill)
            for low, high, share, _ in BANDS
        ]

    def _lines(self, x: alt.X) -> list[alt.Chart]:
        drawn = [(self._past, "value", theme.word("past", self._lang), theme.INK, [1, 0])]
        drawn.append((self._ahead, "q50", theme.word("median", self._lang), theme.SCORES[5], [1, 0]))
        if len(self._names) > 1:
            word = theme.word("median_of", self._lang, name=self._names[0])
            drawn.append((self._ahead, "first", word, theme.CATEGORIES[1], [5, 3]))
        words = [word for _, _, word, _, _ in drawn]
        legend = alt.Legend(orient="top", title=None, symbolType="stroke")
        colours = alt.Scale(domain=words, range=[colour for *_, colour, _ in drawn])
        dashes = alt.Scale(domain=words, range=[dash for *_, dash in drawn])
        stroke = alt.Stroke("line:N", scale=colours, legend=legend)
        dash = alt.StrokeDash("line:N", scale=dashes, legend=legend)
        found = []
        for base, column, word, _, _ in drawn:
            line = base.transform_calculate(line=f"'{word}'").transform_filter(f"isValid(datum.{column})")
            found.append(line.mark_line(strokeWidth=2).encode(x=x, y=self._y(column), stroke=stroke, strokeDash=dash))
        return found

    def colours(self) -> alt.LayerChart:
        """Return the scenarios in one picture."""
        x, name = self._x(theme.TICKS), f"{self._name}:N"
        first = f"datum.scenario == '{self._data['scenario'][0]}'"
        columns = theme.legend_columns(self._names, WIDTH)
        legend = alt.Legend(orient="top", title=None, symbolType="stroke", columns=columns)
        color = alt.Color(name, scale=theme.category_scale(self._names), legend=legend)
        low, high, *_ = BANDS[1]
        area = self._ahead.transform_filter(first).mark_area(color=theme.NO_DATA, opacity=1)
        past = self._past.transform_filter(first).mark_line(strokeWidth=2, color=theme.INK)
        at = alt.X("bar:Q", title=theme.word("period", self._lang))
        bars = self._ahead.transform_filter("isValid(datum.bar)")
        ends = [(low, high, 2.0), (BANDS[2][0], BANDS[2][1], 6.0)]
        layers = [
            area.encode(x=x, y=self._y(low), y2=high),
            past.encode(x=x, y=self._y("value")),
            self._ahead.mark_line(strokeWidth=2).encode(x=x, y=self._y("q50"), color=color),
            *(
                bars.mark_rule(strokeWidth=width).encode(x=at, y=self._y(a), y2=b, color=color, tooltip=self._told)
                for a, b, width in ends
            ),
            *self._points(x),
        ]
        return theme.layered(*layers, data=theme.inline(self._data), width=WIDTH, height=HEIGHT)
