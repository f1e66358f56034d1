"""Coverage: which share of the units has a figure, indicator by period. Gaps stand out."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import Lang, Text


def coverage(cells: pl.DataFrame, *, id: str, title: Text, caption: Text) -> Figure:
    """Draw the share of units present as a heat map of indicators and periods.

    Parameters
    ----------
    cells
        One row an indicator and period: ``indicator``, ``indicator_zh``, ``indicator_en``, ``period``, ``present``
        and ``imputed`` (shares of the units, 0 to 1), ``n`` (number of units). A pair without a row counts as absent.
    id, title, caption
        See `Figure`.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(cells, "indicator", "indicator_zh", "indicator_en", "period", "present", "imputed", "n")
    data = _completed(cells)

    def draw(lang: Lang) -> dict[str, Any]:
        y = alt.Y(
            f"indicator_{lang}:N",
            sort=theme.in_order(data, f"indicator_{lang}"),
            title=None,
            axis=theme.name_axis(),
        )
        x = alt.X("period:O", title=None, axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False))
        layers = [layer.encode(x=x, y=y) for layer in (_whole(lang), _gaps(lang), _shares())]
        step = min(max(theme.WIDTH / data["period"].n_unique(), 34), 52)
        chart = theme.layered(*layers, data=theme.inline(data), width=alt.Step(step), height=alt.Step(20))
        return theme.to_spec(chart, title[lang])

    return Figure(id, title, caption, data, draw)


def _completed(cells: pl.DataFrame) -> pl.DataFrame:
    """Return `cells` with a row for every indicator and period, in the indicators' order."""
    names = cells.select("indicator", "indicator_zh", "indicator_en").unique(subset="indicator", maintain_order=True)
    grid = names.with_row_index("place").join(cells.select("period").unique(), how="cross")
    numbers = cells.select("indicator", "period", "present", "imputed", "n")
    return (
        grid.join(numbers, on=["indicator", "period"], how="left")
        .sort("place", "period")
        .with_columns(pl.col("present", "imputed", "n").fill_null(0))
        .drop("place")
    )


def _tooltip(lang: Lang) -> list[alt.Tooltip]:
    return [
        alt.Tooltip(f"indicator_{lang}:N", title=theme.word("indicator", lang)),
        alt.Tooltip("period:O", title=theme.word("period", lang)),
        alt.Tooltip("present:Q", title=theme.word("present", lang), format=".1%"),
        alt.Tooltip("imputed:Q", title=theme.word("imputed", lang), format=".1%"),
        alt.Tooltip("n:Q", title=theme.word("units", lang), format=",d"),
    ]


def _whole(lang: Lang) -> alt.Chart:
    """Return the cells in which no unit is missing."""
    name = theme.word("complete", lang)
    legend = alt.Legend(
        title=None, orient="bottom", symbolType="square", symbolFillColor=theme.COMPLETE, symbolSize=200, padding=6
    )
    drawn: alt.Chart = (
        alt.Chart()
        .transform_filter("datum.present >= 1")
        .transform_calculate(complete=f"'{name}'")
        .mark_rect(fill=theme.COMPLETE, strokeWidth=1.5)
        .encode(
            stroke=alt.Stroke("complete:N", scale=alt.Scale(domain=[name], range=["white"]), legend=legend),
            tooltip=_tooltip(lang),
        )
    )
    return drawn


def _gaps(lang: Lang) -> alt.Chart:
    """Return the cells in which units are missing, the redder the more."""
    scale = alt.Scale(domain=[0, 0.5, 1], range=list(theme.GAPS))
    legend = alt.Legend(
        orient="bottom",
        direction="horizontal",
        titleOrient="left",
        gradientLength=180,
        values=[0, 0.5],
        format=".0%",
        padding=6,
    )
    drawn: alt.Chart = (
        alt.Chart()
        .transform_filter("datum.present < 1")
        .mark_rect(stroke="white", strokeWidth=1.5)
        .encode(
            color=alt.Color("present:Q", title=theme.word("present", lang), scale=scale, legend=legend),
            tooltip=_tooltip(lang),
        )
    )
    return drawn


def _shares() -> alt.Chart:
    # Rounding must not turn 99.6 % into a full cell.
    text = "format(floor(datum.present * 100 + 1e-9), 'd') + '%'"
    drawn: alt.Chart = (
        alt.Chart()
        .transform_filter("datum.present < 1")
        .transform_calculate(share_text=text)
        .mark_text(fontSize=11)
        .encode(
            text="share_text:N",
            color=alt.when("datum.present < 0.2").then(alt.value("white")).otherwise(alt.value(theme.INK)),
        )
    )
    return drawn
