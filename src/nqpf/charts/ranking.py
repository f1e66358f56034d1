"""Ranking: a bar for each unit's last value, a dot for its first, the rank and its interval at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text

BARS = theme.WIDTH - 160
"""Width of the bars; the ranks stand in a column to their right."""

_KEPT = (
    *("unit", "unit_zh", "unit_en", "group_zh", "group_en", "value", "value_first"),
    *("rank", "rank_low", "rank_high", "imputed"),
)


def ranking(
    scores: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    value_title: Text,
    periods: tuple[int, int] | None = None,
    digits: int = 3,
    order: Sequence[str] | None = None,
) -> Figure:
    """Draw the ranking of units by value.

    Parameters
    ----------
    scores
        One row a unit: ``unit``, ``unit_zh``, ``unit_en``, ``value`` (null: no data, listed last) and, where known,
        ``value_first``, ``group_zh`` and ``group_en`` (colour), ``rank``, ``rank_low`` and ``rank_high``, ``imputed``
        (share of the figures behind the value that were filled; a dagger marks ranks where it is not 0).
    id, title, caption
        See `Figure`.
    value_title
        What the value is, with its unit.
    periods
        First and last period. None, where there is only one, leaves the dots out.
    digits
        Decimals of the values.
    order
        Units from top to bottom. Default: the highest value on top.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(scores, "unit", "unit_zh", "unit_en", "value")
    kept = scores.select(column for column in _KEPT if column in scores.columns)
    frame = kept.sort("value", "unit", descending=[True, False], nulls_last=True)
    if order is not None:
        places = {unit: place for place, unit in enumerate(order)}
        frame = kept.sort(pl.col("unit").replace_strict(places, return_dtype=pl.Int64))

    def draw(lang: Lang) -> dict[str, Any]:
        groups = theme.in_order(scores, f"group_{lang}") if f"group_{lang}" in scores.columns else []
        picture = _Picture(frame, groups, lang, value_title[lang], periods, f".{digits}f")
        return theme.to_spec(picture.chart(), title[lang])

    return Figure(id, title, caption, frame, draw)


@dataclass(frozen=True, slots=True)
class _Picture:
    """The layers of one language; they share data, order and formats."""

    frame: pl.DataFrame
    groups: list[str]
    lang: Lang
    value_title: str
    periods: tuple[int, int] | None
    number: str

    def chart(self) -> alt.LayerChart:
        layers = [self._bars(), self._missing()]
        if self.periods and self._has("value_first"):
            layers.append(self._dots(self.periods[0]))
        if self._has("rank"):
            layers += self._ranks()
        return theme.layered(*layers, data=theme.inline(self.frame), width=BARS, height=alt.Step(19))

    @property
    def _y(self) -> alt.Y:
        name = f"unit_{self.lang}"
        return alt.Y(f"{name}:N", sort=theme.in_order(self.frame, name), title=None, axis=theme.name_axis())

    def _has(self, column: str) -> bool:
        return column in self.frame.columns and self.frame[column].null_count() < len(self.frame)

    def _tooltip(self) -> list[alt.Tooltip]:
        lines = [alt.Tooltip(f"unit_{self.lang}:N", title=theme.word("unit", self.lang))]
        if self.groups:
            lines.append(alt.Tooltip(f"group_{self.lang}:N", title=theme.word("group", self.lang)))
        values = zip(("value_first", "value"), self.periods, strict=True) if self.periods else [("value", None)]
        for column, period in values:
            if self._has(column):
                when = "" if period is None else f" ({theme.word('in_period', self.lang, period=period)})"
                lines.append(alt.Tooltip(f"{column}:Q", title=self.value_title + when, format=self.number))
        ranks = [column for column in ("rank", "rank_low", "rank_high") if self._has(column)]
        lines += [alt.Tooltip(f"{c}:Q", title=theme.word(c, self.lang), format=".4~g") for c in ranks]
        if self._has("imputed"):
            lines.append(alt.Tooltip("imputed:Q", title=theme.word("imputed_share", self.lang), format=".1%"))
        return lines

    def _bars(self) -> alt.Chart:
        color: Any = alt.value(theme.SCORES[3])
        if self.groups:
            columns = theme.legend_columns(self.groups, BARS)
            legend = alt.Legend(orient="top", title=None, symbolType="square", columns=columns)
            color = alt.Color(f"group_{self.lang}:N", scale=theme.category_scale(self.groups), legend=legend)
        x = alt.X("value:Q", title=self.value_title, axis=alt.Axis(tickCount=8))
        bar = alt.Chart().mark_bar(height=12, opacity=0.85)
        drawn: alt.Chart = bar.encode(x=x, y=self._y, color=color, tooltip=self._tooltip())
        return drawn

    def _missing(self) -> alt.Chart:
        text = theme.word("no_data", self.lang)
        empty = alt.Chart().transform_filter("!isValid(datum.value)")
        drawn: alt.Chart = empty.mark_text(align="left", color=theme.MUTED, fontSize=11, text=text, x=4).encode(
            y=self._y
        )
        return drawn

    def _dots(self, first: int) -> alt.Chart:
        name = theme.word("in_period", self.lang, period=first)
        legend = alt.Legend(orient="top", title=None, symbolFillColor=theme.INK, symbolSize=50)
        shape = alt.Shape("first:N", scale=alt.Scale(domain=[name], range=["circle"]), legend=legend)
        dot = (
            alt.Chart()
            .transform_calculate(first=f"'{name}'")
            .mark_point(filled=True, color=theme.INK, stroke="white", strokeWidth=0.8, size=40, opacity=1)
        )
        drawn: alt.Chart = dot.encode(x="value_first:Q", y=self._y, shape=shape, tooltip=self._tooltip())
        return drawn

    def _ranks(self) -> list[alt.Chart]:
        interval = self._has("rank_low") and self._has("rank_high")
        label = "isValid(datum.rank) ? format(datum.rank, '.4~g')"
        if interval:
            label += " + (isValid(datum.rank_low) ? '  [' + format(datum.rank_low, '.4~g') + '–'"
            label += " + format(datum.rank_high, '.4~g') + ']' : '')"
        if self._has("imputed"):
            label += " + (datum.imputed > 0 ? ' †' : '')"
        text = (
            alt.Chart()
            .transform_calculate(rank_text=f"{label} : ''")
            .mark_text(align="left", x=BARS + 14)
            .encode(y=self._y, text="rank_text:N")
        )
        heading = theme.word("rank_with_interval" if interval else "rank", self.lang)
        return [text, theme.lettering(heading, x=BARS + 14, y=-3)]
