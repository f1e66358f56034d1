"""Completion: how far each unit has come to a target, against the share of the time that has gone by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import LANGUAGES, Lang, Text

BARS = theme.WIDTH - 130
"""Width of the bars; the percentages stand in a column to their right."""

STATES = ("met", "on_time", "behind", "away", "short")
"""How a unit can stand: target met, not yet but in time, behind, farther away than at the start; short of a target that
has no start."""

COLORS = ("#1d4e79", "#4fa5b5", "#e3a23f", "#b5332a", "#8cc8cb")

LEAST, MOST = -1.0, 2.0
"""Shares between which bars are drawn; the numbers beside them tell what lies beyond."""


def completion(
    frame: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    elapsed: float | None = None,
    by_value: bool = True,
) -> Figure:
    """Draw how far units have come to one target.

    Parameters
    ----------
    frame
        One row a unit: ``unit``, ``unit_zh``, ``unit_en``, ``completion`` (1 is all the way; null: no data), ``state``
        (of `STATES`, or null), ``value``, ``target``.
    id, title, caption
        See `Figure`.
    elapsed
        Share of the time that has gone by, drawn as a dashed line.
    by_value
        The highest completion on top; else units as they stand in the frame.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, "unit", "unit_zh", "unit_en", "completion", "state", "value", "target")
    data = frame.sort("completion", descending=True, nulls_last=True, maintain_order=True) if by_value else frame

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_Picture(data, lang, elapsed).chart(), title[lang])

    return Figure(id, title, caption, data, draw)


@dataclass(frozen=True, slots=True)
class _Picture:
    """The layers of one language."""

    frame: pl.DataFrame
    lang: Lang
    elapsed: float | None

    def chart(self) -> alt.LayerChart:
        layers = [self._bars(), self._missing(), self._numbers(), self._line(1.0, "completion.goal", [1, 0])]
        if self.elapsed is not None:
            layers.append(self._line(self.elapsed, "completion.elapsed", [5, 3]))
        height = alt.Step(19)
        return theme.layered(*layers, self._heading(), data=theme.inline(self._shown()), width=BARS, height=height)

    def _shown(self) -> pl.DataFrame:
        """Return the rows with the bar's end inside the picture and the state in words of both languages."""
        kept = ("unit", "unit_zh", "unit_en", "completion", "value", "target")
        words = [
            pl.col("state")
            .replace_strict(
                {state: theme.word(f"completion.{state}", lang) for state in STATES},
                default=None,
                return_dtype=pl.String,
            )
            .alias(f"state_{lang}")
            for lang in LANGUAGES
        ]
        return self.frame.select(*kept, *words, end=pl.col("completion").clip(LEAST, MOST))

    @property
    def _y(self) -> alt.Y:
        name = f"unit_{self.lang}"
        return alt.Y(f"{name}:N", sort=theme.in_order(self.frame, name), title=None, axis=theme.name_axis())

    @property
    def _ends(self) -> tuple[float, float]:
        """Return the ends of the axis: 0 to 100 % at least, and what is drawn of the bars."""
        known = self.frame["completion"].drop_nulls().clip(LEAST, MOST).to_list()
        return min([0.0, *known]), max([1.05, *known])

    def _bars(self) -> alt.Chart:
        there = [state for state in STATES if (self.frame["state"] == state).any()]
        names = [theme.word(f"completion.{state}", self.lang) for state in there]
        colors = [COLORS[STATES.index(state)] for state in there]
        columns = theme.legend_columns(names, BARS)
        color = alt.Color(
            f"state_{self.lang}:N",
            scale=alt.Scale(domain=names, range=colors),
            legend=alt.Legend(orient="top", title=None, symbolType="square", columns=columns),
        )
        tooltip = [
            alt.Tooltip(f"unit_{self.lang}:N", title=theme.word("unit", self.lang)),
            alt.Tooltip("value:Q", title=theme.word("value", self.lang), format=",.6~g"),
            alt.Tooltip("target:Q", title=theme.word("completion.goal", self.lang), format=",.6~g"),
            alt.Tooltip("completion:Q", title=theme.word("completion.completion", self.lang), format=".1%"),
            alt.Tooltip(f"state_{self.lang}:N", title=theme.word("completion.state", self.lang)),
        ]
        drawn: alt.Chart = (
            alt.Chart()
            .transform_filter("isValid(datum.completion)")
            .mark_bar(height=12)
            .encode(x=self._x, y=self._y, color=color, tooltip=tooltip)
        )
        return drawn

    @property
    def _x(self) -> alt.X:
        scale = alt.Scale(domain=list(self._ends), nice=False)
        axis = alt.Axis(format=".0%", tickCount=8)
        return alt.X("end:Q", title=theme.word("completion.completion", self.lang), scale=scale, axis=axis)

    def _missing(self) -> alt.Chart:
        text = theme.word("no_data", self.lang)
        empty = alt.Chart().transform_filter("!isValid(datum.completion)")
        drawn: alt.Chart = empty.mark_text(align="left", color=theme.MUTED, fontSize=11, text=text, x=4).encode(
            y=self._y
        )
        return drawn

    def _numbers(self) -> alt.Chart:
        known = alt.Chart().transform_filter("isValid(datum.completion)")
        drawn: alt.Chart = known.mark_text(align="left", x=BARS + 14).encode(
            y=self._y, text=alt.Text("completion:Q", format=".1%")
        )
        return drawn

    def _line(self, at: float, word: str, dash: list[int]) -> alt.Chart:
        words = {f"what_{lang}": theme.word(word, lang, share=100 * at) for lang in LANGUAGES}
        rows = alt.InlineData(values=[{"at": at, **words}])
        drawn: alt.Chart = (
            alt.Chart(rows)
            .mark_rule(color=theme.INK, strokeDash=dash, strokeWidth=1.4)
            .encode(x="at:Q", tooltip=alt.Tooltip(f"what_{self.lang}:N", title=None))
        )
        return drawn

    def _heading(self) -> alt.Chart:
        return theme.lettering(theme.word("completion.short_title", self.lang), x=BARS + 14, y=-3)
