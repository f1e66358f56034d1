"""Lights: cautions by regions, industries or years, told by shape and letter, so that no reader needs the colour."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.charts.fit import text_width
from nqpf.frames import require
from nqpf.messages import LANGUAGES, Lang, Text

LIGHTS = ("warn", "watch", "none", "absent")
"""What a light can be, the gravest first; the last is where there is none because nothing was assessed."""
SHAPES = ("triangle-up", "diamond", "circle", "cross")
COLORS = ("#b5332a", "#e3a23f", "#8cc8cb", "#9aa5ac")
LETTERS = {"measured": "A", "indicated": "B", "suggested": "C", "not_assessed": ""}
"""Letters of the tiers of evidence."""
MOST = 24
"""Columns up to which every light is shown; of more, counts."""
CELL, ROW = 46, 26
NAMES, SIZE = 190.0, 11.5
"""Width in pixels at which the name of a column is cut, and font size of names."""
BARS = 150
"""Width of a column of counts in pixels."""
_KEPT = ("caution", "caution_zh", "caution_en", "column", "column_zh", "column_en", "light", "tier")


def lights(frame: pl.DataFrame, *, id: str, title: Text, caption: Text, digits: int = 2) -> Figure:
    """Draw the light of each caution for each column; of many columns, how many have which light.

    Parameters
    ----------
    frame
        One row a caution and column: ``caution``, ``caution_zh``, ``caution_en``, ``column``, ``column_zh``,
        ``column_en``, ``light`` (``warn``, ``watch``, ``none``; null: not assessed, as is a pair without a row),
        ``tier`` (``measured``, ``indicated``, ``suggested``, ``not_assessed``) and, where known, ``number`` (told on
        pointing). Rows and columns are shown in the order in which they come.
    id, title, caption
        See `Figure`.
    digits
        Decimals in the tooltip.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, *_KEPT)
    cells = _completed(frame)
    many = cells["column"].n_unique() > MOST
    data = _counts(cells) if many else cells

    def draw(lang: Lang) -> dict[str, Any]:
        chart = _counted(data, lang) if many else _matrix(data, lang, f".{digits}f")
        return theme.to_spec(chart, title[lang])

    return Figure(id, title, caption, data, draw)


def _completed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a row for every caution and column, with the light and the letter of its tier."""
    rows = frame.select("caution", "caution_zh", "caution_en").unique("caution", maintain_order=True)
    columns = frame.select("column", "column_zh", "column_en").unique("column", maintain_order=True)
    number = (
        pl.col("number").cast(pl.Float64) if "number" in frame.columns else pl.lit(None, pl.Float64).alias("number")
    )
    known = frame.select("caution", "column", "light", "tier", number)
    whole = rows.with_row_index("row").join(columns.with_row_index("place"), how="cross")
    whole = whole.join(known, on=["caution", "column"], how="left").sort("row", "place").drop("row", "place")
    letter = pl.col("tier").replace_strict(LETTERS, default="", return_dtype=pl.String)
    absent = pl.col("light").is_null()
    return whole.with_columns(
        light=pl.col("light").fill_null("absent"), letter=pl.when(absent).then(pl.lit("")).otherwise(letter)
    )


def _counts(cells: pl.DataFrame) -> pl.DataFrame:
    """Return a row for every caution and light: how many columns have it, and the letters of their tiers."""
    rows = cells.select("caution", "caution_zh", "caution_en").unique("caution", maintain_order=True)
    whole = rows.with_row_index("row").join(pl.DataFrame({"light": LIGHTS}).with_row_index("place"), how="cross")
    letters = pl.col("letter").filter(pl.col("letter") != "").unique().sort().str.join("")
    found = cells.group_by("caution", "light").agg(count=pl.len().cast(pl.Int64), letter=letters)
    total = cells["column"].n_unique()
    full = whole.join(found, on=["caution", "light"], how="left").sort("row", "place").drop("row", "place")
    return full.with_columns(pl.col("count").fill_null(0), pl.col("letter").fill_null("")).with_columns(
        share=pl.col("count") / total
    )


def _looks(lang: Lang, above: float = 18.0) -> tuple[alt.Shape, alt.Color]:
    """Return shape and colour of the lights with one legend for both, so far above the table."""
    names = [theme.word(f"lights.{light}", lang) for light in LIGHTS]
    columns = theme.legend_columns(names, theme.WIDTH)
    words = ", ".join(f"'{light}': '{name}'" for light, name in zip(LIGHTS, names, strict=True))
    label = f"({{{words}}})[datum.value]"
    legend = alt.Legend(orient="top", title=None, symbolSize=110, columns=columns, labelExpr=label, offset=above)
    shape = alt.Shape("light:N", scale=alt.Scale(domain=list(LIGHTS), range=list(SHAPES)), legend=legend)
    color = alt.Color("light:N", scale=alt.Scale(domain=list(LIGHTS), range=list(COLORS)), legend=legend)
    return shape, color


def _matrix(data: pl.DataFrame, lang: Lang, number: str) -> alt.LayerChart:
    row, column = f"caution_{lang}", f"column_{lang}"
    y = alt.Y(f"{row}:N", sort=theme.in_order(data, row), title=None, axis=theme.name_axis())
    x = alt.X(f"{column}:N", sort=theme.in_order(data, column), axis=None)
    heads, above = _heads(data, lang)
    shape, color = _looks(lang, above)
    base = alt.Chart()
    tiers = ", ".join(f"'{tier}': '{theme.word(f'lights.{tier}', lang)}'" for tier, letter in LETTERS.items() if letter)
    graded = base.transform_calculate(graded=f"({{{tiers}}})[datum.tier] || '{theme.word('lights.absent', lang)}'")
    told = [
        alt.Tooltip(f"{row}:N", title=theme.word("lights.caution", lang)),
        alt.Tooltip(f"{column}:N", title=theme.word("unit", lang)),
        alt.Tooltip("graded:N", title=theme.word("lights.tier", lang)),
        alt.Tooltip("number:Q", title=theme.word("lights.number", lang), format=number),
    ]
    grid = base.mark_rect(color="white", stroke=theme.GRID).encode(x=x, y=y)
    marks = graded.mark_point(filled=True, size=120, opacity=1, xOffset=-8).encode(x=x, y=y, shape=shape, color=color)
    letters = base.mark_text(align="left", dx=4, fontSize=11, fontWeight="bold").encode(x=x, y=y, text="letter:N")
    layers = [grid, marks.encode(tooltip=told), letters, heads, _key(lang, data["caution"].n_unique() * ROW)]
    size = alt.Step(CELL), alt.Step(ROW)
    return theme.layered(*layers, data=theme.inline(data), width=size[0], height=size[1])


def _heads(data: pl.DataFrame, lang: Lang) -> tuple[alt.Chart, float]:
    """Return the names of the columns, slanted where they are wider than a column, and their height in pixels."""
    names = data.unique("column", maintain_order=True).select(f"column_{one}" for one in LANGUAGES)
    widest = max((text_width(name, SIZE) for name in names[f"column_{lang}"]), default=0.0)
    wide = widest > CELL - 6
    style: dict[str, Any] = {"angle": 315, "align": "left", "dx": 4, "dy": 2} if wide else {"align": "center"}
    x = alt.X(f"column_{lang}:N", sort=names[f"column_{lang}"].to_list(), axis=None)
    mark = alt.Chart(theme.inline(names)).mark_text(baseline="bottom", y=-6, fontSize=SIZE, limit=NAMES, **style)
    drawn: alt.Chart = mark.encode(x=x, text=f"column_{lang}:N")
    return drawn, (min(widest, NAMES) * 0.71 if wide else 0.0) + 28


def _key(lang: Lang, below: float) -> alt.Chart:
    """Return what the letters are, below the table."""
    return theme.lettering(theme.word("lights.tiers", lang), x=0, y=below + 20)


def _counted(data: pl.DataFrame, lang: Lang) -> alt.LayerChart:
    row = f"caution_{lang}"
    y = alt.Y(f"{row}:N", sort=theme.in_order(data, row), title=None, axis=theme.name_axis())
    scale = alt.Scale(domain=[0, len(LIGHTS)], nice=False)
    places = {light: float(k) for k, light in enumerate(LIGHTS)}
    shown = data.with_columns(left=pl.col("light").replace_strict(places, return_dtype=pl.Float64))
    shown = shown.with_columns(symbol=pl.col("left") + 0.08, foot=pl.col("left") + 0.17)
    shown = shown.with_columns(end=pl.col("foot") + 0.5 * pl.col("share"))

    def x(column: str) -> alt.X:
        return alt.X(f"{column}:Q", scale=scale, axis=None)

    shape, color = _looks(lang)
    told = [
        alt.Tooltip(f"{row}:N", title=theme.word("lights.caution", lang)),
        alt.Tooltip("count:Q", title=theme.word("units", lang), format=",d"),
        alt.Tooltip("share:Q", title=theme.word("lights.share", lang), format=".1%"),
        alt.Tooltip("letter:N", title=theme.word("lights.tier", lang)),
    ]
    base = alt.Chart()
    some = base.transform_filter("datum.count > 0")
    marks = some.mark_point(filled=True, size=90, opacity=1).encode(x=x("symbol"), y=y, shape=shape, color=color)
    bars = some.mark_bar(height=ROW - 12, opacity=0.55).encode(x=x("foot"), x2="end", y=y, color=color, tooltip=told)
    words = base.transform_calculate(words="format(datum.count, ',d') + (datum.letter ? '  ' + datum.letter : '')")
    numbers = words.mark_text(align="left", dx=4, fontSize=11).encode(x=x("end"), y=y, text="words:N")
    layers = [marks.encode(tooltip=told), bars, numbers, _key(lang, data["caution"].n_unique() * ROW)]
    width = BARS * len(LIGHTS)
    return theme.layered(*layers, data=theme.inline(shown), width=width, height=alt.Step(ROW))
