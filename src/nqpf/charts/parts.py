"""Parts: the components of a number side by side, a bar for each unit in each; what is not assessed is no zero."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.charts.fit import wrap
from nqpf.frames import require
from nqpf.messages import LANGUAGES, Lang, Text

WIDTH = theme.WIDTH - 130
"""Width in pixels of all panels together."""
GAP = 0.14
"""Room between two panels, as a share of a panel."""
ROW = 20
FULL = 0.72
"""Share of a panel from which a number stands inside its bar."""
HEAD = 11.5
"""Font size of the panels' titles."""
_KEPT = ("unit", "unit_zh", "unit_en", "part", "part_zh", "part_en", "value")


def parts(
    frame: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    reach: tuple[float, float] = (0.0, 1.0),
    digits: int = 2,
) -> Figure:
    """Draw a panel for each part with a bar for each unit.

    Parameters
    ----------
    frame
        One row a unit and part: ``unit``, ``unit_zh``, ``unit_en``, ``part``, ``part_zh``, ``part_en``, ``value``
        (null: not assessed, as is a pair without a row). Units and parts are shown in the order in which they come.
    id, title, caption
        See `Figure`.
    reach
        Ends of every panel's axis; what lies beyond is drawn at its end and told in its number.
    digits
        Decimals of the numbers beside the bars.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, *_KEPT)
    data = _completed(frame.select(_KEPT))

    def draw(lang: Lang) -> dict[str, Any]:
        return theme.to_spec(_chart(data, lang, reach, digits), title[lang])

    return Figure(id, title, caption, data, draw)


def _completed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with a row for every unit and part, unit by unit."""
    units = frame.select("unit", "unit_zh", "unit_en").unique("unit", maintain_order=True).with_row_index("row")
    heads = frame.select("part", "part_zh", "part_en").unique("part", maintain_order=True).with_row_index("panel")
    values = frame.select("unit", "part", pl.col("value").cast(pl.Float64).fill_nan(None))
    whole = units.join(heads, how="cross").join(values, on=["unit", "part"], how="left")
    return whole.sort("row", "panel").select(_KEPT)


def _placed(data: pl.DataFrame, reach: tuple[float, float]) -> pl.DataFrame:
    """Return the cells with the ends of their bars and of the room for them, in panels from the left."""
    low, high = reach
    heads = data.select("part").unique(maintain_order=True).with_columns(start=pl.int_range(pl.len()) * (1 + GAP))
    share = ((pl.col("value") - low) / (high - low)).clip(0.0, 1.0)
    rooms = data.join(heads, on="part", how="left", maintain_order="left")
    rooms = rooms.with_columns(stop=pl.col("start") + 1, middle=pl.col("start") + 0.5)
    nought = min(max((0.0 - low) / (high - low), 0.0), 1.0)
    return rooms.with_columns(foot=pl.col("start") + nought, end=pl.col("start") + share)


def _chart(data: pl.DataFrame, lang: Lang, reach: tuple[float, float], digits: int) -> alt.LayerChart:
    shown = _placed(data, reach)
    count = max(shown["part"].n_unique(), 1)
    scale = alt.Scale(domain=[0, count + (count - 1) * GAP], nice=False)

    def x(column: str) -> alt.X:
        return alt.X(f"{column}:Q", scale=scale, axis=None)

    name = f"unit_{lang}"
    y = alt.Y(f"{name}:N", sort=theme.in_order(shown, name), title=None, axis=theme.name_axis())
    told = [
        alt.Tooltip(f"{name}:N", title=theme.word("unit", lang)),
        alt.Tooltip(f"part_{lang}:N", title=theme.word("part", lang)),
        alt.Tooltip("value:Q", title=theme.word("value", lang), format=f".{digits + 1}f"),
    ]
    known, empty = (alt.Chart().transform_filter(f"{sign}isValid(datum.value)") for sign in ("", "!"))
    room = known.mark_bar(height=ROW - 8, color=theme.NO_DATA).encode(x=x("start"), x2="stop", y=y)
    bars = known.mark_bar(height=ROW - 8, color=theme.SCORES[4]).encode(x=x("foot"), x2="end", y=y, tooltip=told)
    # what is not assessed is a hollow box with a word in it, so that it cannot be read as nought
    box = empty.mark_bar(height=ROW - 8, color="white", stroke=theme.MUTED, strokeWidth=0.8, strokeDash=[3, 2])
    absent = theme.word("parts.absent", lang)
    marks = empty.mark_text(text=absent, fontSize=9.5, color=theme.MUTED, baseline="middle")
    inside: dict[str, Any] = {"align": "right", "dx": -3, "color": "white"}
    beside: dict[str, Any] = {"align": "left", "dx": 3}
    numbers = [
        known.transform_calculate(wide="datum.end - datum.start")
        .transform_filter(f"datum.wide {sign} {FULL}")
        .mark_text(fontSize=10, baseline="middle", **look)
        .encode(x=x("end"), y=y, text=alt.Text("value:Q", format=f".{digits}f"))
        for sign, look in (("<", beside), (">=", inside))
    ]
    layers = [room, box.encode(x=x("start"), x2="stop", y=y, tooltip=told[:2]), bars]
    layers += [marks.encode(x=x("middle"), y=y), *numbers, _heads(shown, lang, scale, count)]
    return theme.layered(*layers, data=theme.inline(shown), width=WIDTH, height=alt.Step(ROW))


def _heads(data: pl.DataFrame, lang: Lang, scale: alt.Scale, count: int) -> alt.Chart:
    """Return the titles of the panels, broken to their width."""
    wide = WIDTH / (count + (count - 1) * GAP)
    titles = data.unique("part", maintain_order=True).select("start", "part_zh", "part_en")
    broken = [
        pl.Series(f"words_{one}", ["\n".join(wrap(t, HEAD, wide)) for t in titles[f"part_{one}"]], dtype=pl.String)
        for one in LANGUAGES
    ]
    most = max((words.count("\n") for words in broken[LANGUAGES.index(lang)]), default=0)
    style: dict[str, Any] = {"fontSize": HEAD, "fontWeight": "bold", "lineHeight": HEAD * 1.25, "lineBreak": "\n"}
    mark = alt.Chart(theme.inline(titles.with_columns(broken))).mark_text(
        align="left", baseline="top", y=-8 - (most + 1) * HEAD * 1.25, **style
    )
    drawn: alt.Chart = mark.encode(x=alt.X("start:Q", scale=scale, axis=None), text=f"words_{lang}:N")
    return drawn
