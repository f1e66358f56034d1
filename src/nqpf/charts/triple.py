"""Strength, efficiency and potential: three marks for each unit on one scale, and the score they make together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import LANGUAGES, Lang, Text

BARS = theme.WIDTH - 110
"""Width of the plot; the scores stand in a column to its right."""

READINGS = ("strength", "efficiency", "potential")
SHAPES = ("circle", "diamond", "triangle-up")


def triple(
    frame: pl.DataFrame, *, id: str, title: Text, caption: Text, by_value: bool = True, digits: int = 1
) -> Figure:
    """Draw the utility values of the three readings of one indicator.

    Parameters
    ----------
    frame
        One row a unit: ``unit``, ``unit_zh``, ``unit_en``, ``strength_score``, ``efficiency_score``,
        ``potential_score`` and ``score`` (null: no data).
    id, title, caption
        See `Figure`.
    by_value
        The highest score on top; else units as they stand in the frame.
    digits
        Decimals of the scores.

    Raises
    ------
    DataError
        A column is missing.
    """
    scores = [f"{reading}_score" for reading in READINGS]
    require(frame, "unit", "unit_zh", "unit_en", *scores, "score")
    kept = frame.select("unit", "unit_zh", "unit_en", *scores, "score")
    data = kept.sort("score", descending=True, nulls_last=True, maintain_order=True) if by_value else kept

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_Picture(data, lang, f".{digits}f").chart(), title[lang])

    return Figure(id, title, caption, data, draw)


@dataclass(frozen=True, slots=True)
class _Picture:
    """The layers of one language."""

    frame: pl.DataFrame
    lang: Lang
    number: str

    def chart(self) -> alt.LayerChart:
        heading = theme.lettering(theme.word("triple.score", self.lang), x=BARS + 14, y=-3)
        layers = [self._spans(), self._marks(), self._scores(), self._missing(), heading]
        return theme.layered(*layers, data=theme.inline(self.frame), width=BARS, height=alt.Step(20))

    @property
    def _y(self) -> alt.Y:
        name = f"unit_{self.lang}"
        return alt.Y(f"{name}:N", sort=theme.in_order(self.frame, name), title=None, axis=theme.name_axis())

    def _spans(self) -> alt.Chart:
        """Return a thin line from each unit's lowest to its highest reading."""
        low, high = (
            f"{end}(datum.strength_score, datum.efficiency_score, datum.potential_score)" for end in ("min", "max")
        )
        drawn: alt.Chart = (
            alt.Chart()
            .transform_filter("isValid(datum.score)")
            .transform_calculate(low=low, high=high)
            .mark_rule(color=theme.FAINT, strokeWidth=2)
            .encode(x="low:Q", x2="high:Q", y=self._y)
        )
        return drawn

    def _marks(self) -> alt.Chart:
        names = [theme.word(f"triple.{reading}", self.lang) for reading in READINGS]
        long = pl.concat(
            self.frame.select(
                "unit",
                "unit_zh",
                "unit_en",
                *(pl.lit(theme.word(f"triple.{reading}", lang)).alias(f"reading_{lang}") for lang in LANGUAGES),
                points=f"{reading}_score",
            )
            for reading in READINGS
        )
        legend = alt.Legend(orient="top", title=None, symbolSize=80)
        axis = alt.Axis(tickCount=6)
        drawn: alt.Chart = (
            alt.Chart(theme.inline(long.drop_nulls("points")))
            .mark_point(filled=True, size=62, opacity=0.95, stroke="white", strokeWidth=0.7)
            .encode(
                x=alt.X("points:Q", title=theme.word("triple.axis", self.lang), axis=axis),
                y=self._y,
                color=alt.Color(f"reading_{self.lang}:N", scale=theme.category_scale(names), legend=legend),
                shape=alt.Shape(
                    f"reading_{self.lang}:N", scale=alt.Scale(domain=names, range=list(SHAPES)), legend=legend
                ),
                tooltip=[
                    alt.Tooltip(f"unit_{self.lang}:N", title=theme.word("unit", self.lang)),
                    alt.Tooltip(f"reading_{self.lang}:N", title=theme.word("triple.reading", self.lang)),
                    alt.Tooltip("points:Q", title=theme.word("triple.axis", self.lang), format=self.number),
                ],
            )
        )
        return drawn

    def _scores(self) -> alt.Chart:
        known = alt.Chart().transform_filter("isValid(datum.score)")
        drawn: alt.Chart = known.mark_text(align="left", x=BARS + 14).encode(
            y=self._y, text=alt.Text("score:Q", format=self.number)
        )
        return drawn

    def _missing(self) -> alt.Chart:
        text = theme.word("no_data", self.lang)
        empty = alt.Chart().transform_filter("!isValid(datum.score)")
        drawn: alt.Chart = empty.mark_text(align="left", color=theme.MUTED, fontSize=11, text=text, x=4).encode(
            y=self._y
        )
        return drawn
