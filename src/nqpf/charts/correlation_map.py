"""Correlation map: every indicator with every other, dimension by dimension, and with its dimension and the index."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import LANGUAGES, Lang, Text

DIVERGING = ("#b5332a", "#e9a08c", "#f7f7f6", "#8fb3cf", "#1d4e79")
"""Stops of the scale from −1 to 1: red against, white nothing, blue together."""
WHITE_BEYOND = 0.75
"""Absolute correlation from which white letters are more legible than dark ones."""
NUMBERED = 16
"""Indicators up to which every cell carries its number."""
GAP, WIDE = 0.5, 1.6
"""Room before the two columns at the right, and their width, in cells."""
PAIRS = ("first", "second", "r", "n")
ROWS = ("indicator", "indicator_zh", "indicator_en", "node_zh", "node_en", "r_dimension", "r_index", "n")


def correlation_map(rows: pl.DataFrame, pairs: pl.DataFrame, *, id: str, title: Text, caption: Text) -> Figure:
    """Draw correlations of indicators as a heat map, framed by dimension.

    Parameters
    ----------
    rows
        One row an indicator in the order shown, those of a dimension together: ``indicator``, ``indicator_zh``,
        ``indicator_en``, ``node_zh``, ``node_en`` (its dimension), ``r_dimension``, ``r_index`` and ``n``.
    pairs
        One row a pair: ``first``, ``second`` (indicators), ``r``, ``n``. A pair may stand in either order.
    id, title, caption
        See `Figure`.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(rows, *ROWS)
    require(pairs, *PAIRS)
    data = _cells(rows, pairs)
    step = _step(rows.height)

    def draw(lang: Lang) -> dict[str, Any]:
        layers = [_squares(data, rows, lang), _strip(rows, lang), *_letters(data, rows, lang, step)]
        layers.append(_frames(rows))
        width = (rows.height + GAP + 2 * WIDE) * step
        chart = theme.layered(*layers, width=width, height=rows.height * step)
        return theme.to_spec(chart.resolve_scale(color="independent"), title[lang])

    return Figure(id, title, caption, data, draw)


def _step(count: int) -> float:
    """Return the side of a cell in pixels: wide enough for its number where there are few indicators."""
    return 34.0 if count <= NUMBERED else max(17.0, min(24.0, theme.WIDTH / count))


def _cells(rows: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return a row a cell: the names of its row and column, r, n, and the place of the cell in cells."""
    place = {name: k for k, name in enumerate(rows["indicator"])}
    kept = pairs.filter(pl.col("first").is_in(list(place)) & pl.col("second").is_in(list(place)))
    both = pl.concat([kept.select(PAIRS), kept.select(first="second", second="first", r="r", n="n")])
    count = rows.height
    ends = [
        rows.select(
            first="indicator", second=pl.lit(kind), r=f"r_{kind}", n="n", left=pl.lit(left), right=pl.lit(left + WIDE)
        )
        for kind, left in (("dimension", count + GAP), ("index", count + GAP + WIDE))
    ]
    at = pl.col("second").replace_strict(place, return_dtype=pl.Float64)
    square = both.filter(pl.col("first") != pl.col("second")).with_columns(left=at, right=at + 1)
    names = rows.select("indicator", "indicator_zh", "indicator_en")
    other = names.rename({"indicator": "second", "indicator_zh": "second_zh", "indicator_en": "second_en"})
    cells = pl.concat([part.with_columns(pl.col("n").cast(pl.Int64)) for part in (square, *ends)])
    return (
        cells.join(names.rename({"indicator": "first"}), on="first", how="left", maintain_order="left")
        .join(other, on="second", how="left", maintain_order="left")
        .with_columns(top=pl.col("first").replace_strict(place, return_dtype=pl.Float64))
        .with_columns(bottom=pl.col("top") + 1)
        .sort("top", "left")
    )


def _x(rows: pl.DataFrame, field: str) -> alt.X:
    domain = [0, rows.height + GAP + 2 * WIDE]
    return alt.X(f"{field}:Q", title=None, axis=None, scale=alt.Scale(domain=domain, nice=False))


def _y(rows: pl.DataFrame, field: str) -> alt.Y:
    scale = alt.Scale(domain=[0, rows.height], nice=False, reverse=True)
    return alt.Y(f"{field}:Q", title=None, axis=None, scale=scale)


def _squares(data: pl.DataFrame, rows: pl.DataFrame, lang: Lang) -> alt.Chart:
    scale = alt.Scale(domain=[-1, -0.5, 0, 0.5, 1], range=list(DIVERGING), interpolate="lab", clamp=True)
    legend = alt.Legend(title=theme.word("r", lang), orient="bottom", format=".1f", gradientLength=240, offset=12)
    other = (
        f"datum.second === 'dimension' ? '{theme.word('with_dimension', lang)}' :"
        f" datum.second === 'index' ? '{theme.word('with_index', lang)}' : datum.second_{lang}"
    )
    drawn: alt.Chart = (
        alt.Chart(theme.inline(data))
        .transform_filter("isValid(datum.r)")
        .transform_calculate(other=other)
        .mark_rect(stroke="white", strokeWidth=0.6)
        .encode(
            x=_x(rows, "left"),
            x2="right",
            y=_y(rows, "top"),
            y2="bottom",
            color=alt.Color("r:Q", scale=scale, legend=legend),
            tooltip=[
                alt.Tooltip(f"indicator_{lang}:N", title=theme.word("indicator", lang)),
                alt.Tooltip("other:N", title=theme.word("indicator", lang)),
                alt.Tooltip("r:Q", title=theme.word("r", lang), format=".2f"),
                alt.Tooltip("n:Q", title=theme.word("shared_units", lang), format=",d"),
            ],
        )
    )
    return drawn


def _strip(rows: pl.DataFrame, lang: Lang) -> alt.Chart:
    """Return the coloured strip that tells the dimensions apart."""
    names = theme.in_order(rows, f"node_{lang}")
    columns = theme.legend_columns(names, theme.WIDTH)
    legend = alt.Legend(title=None, orient="top", symbolType="square", columns=columns, offset=24)
    top = pl.int_range(pl.len()).cast(pl.Float64)
    data = rows.select("node_zh", "node_en", top=top, bottom=top + 1)
    drawn: alt.Chart = (
        alt.Chart(theme.inline(data))
        .mark_rect()
        .encode(
            x=alt.value(-8),
            x2=alt.value(-3),
            y=_y(rows, "top"),
            y2="bottom",
            color=alt.Color(f"node_{lang}:N", scale=theme.category_scale(names), legend=legend),
        )
    )  # fmt: skip
    return drawn


def _letters(data: pl.DataFrame, rows: pl.DataFrame, lang: Lang, step: float) -> list[alt.Chart]:
    """Return names at the left, numbers above the columns, and the numbers in the cells."""
    count = rows.height
    number = pl.int_range(1, pl.len() + 1)
    names = {f"name_{one}": f"indicator_{one}" for one in LANGUAGES}
    named = rows.select(**names, number=number, middle=number - 0.5)
    ends = {word: count + GAP + WIDE * (k + 0.5) for k, word in enumerate(("with_dimension", "with_index"))}
    heads = [(k + 0.5, str(k + 1), str(k + 1)) for k in range(count)]
    heads += [(middle, theme.word(word, "zh"), theme.word(word, "en")) for word, middle in ends.items()]
    above = pl.DataFrame(heads, schema=["middle", "name_zh", "name_en"], orient="row")
    label: dict[str, Any] = {"align": "right", "baseline": "middle", "fontSize": 11.5, "limit": 440}
    left = alt.Chart(theme.inline(named)).mark_text(x=-34, **label)
    beside = alt.Chart(theme.inline(named)).mark_text(x=-14, **label | {"color": theme.MUTED})
    top = alt.Chart(theme.inline(above)).mark_text(baseline="bottom", y=-4, fontSize=10 if step < 20 else 11)
    shown = data.with_columns(middle=(pl.col("left") + pl.col("right")) / 2, centre=pl.col("top") + 0.5)
    if count > NUMBERED:
        shown = shown.filter(pl.col("second").is_in(["dimension", "index"]))
    shown = shown.drop_nulls("r").select("middle", "centre", "r")
    dark = alt.condition(f"abs(datum.r) > {WHITE_BEYOND}", alt.value("white"), alt.value(theme.INK))
    inside = (
        alt.Chart(theme.inline(shown))
        .mark_text(baseline="middle", fontSize=10 if step < 20 else 10.5)
        .encode(x=_x(rows, "middle"), y=_y(rows, "centre"), text=alt.Text("r:Q", format=".2f"), color=dark)
    )
    return [
        left.encode(y=_y(rows, "middle"), text=f"name_{lang}:N"),
        beside.encode(y=_y(rows, "middle"), text="number:Q"),
        top.encode(x=_x(rows, "middle"), text=f"name_{lang}:N"),
        inside,
    ]


def _frames(rows: pl.DataFrame) -> alt.Chart:
    """Return a frame around the cells of each dimension."""
    spans = rows.select("node_zh").with_row_index("at").group_by("node_zh", maintain_order=True)
    edges = spans.agg(start=pl.col("at").min() * 1.0, end=pl.col("at").max() + 1.0).select("start", "end")
    drawn: alt.Chart = (
        alt.Chart(theme.inline(edges))
        .mark_rect(fillOpacity=0, stroke=theme.INK, strokeWidth=1.2)
        .encode(x=_x(rows, "start"), x2="end", y=_y(rows, "start"), y2="end")
    )
    return drawn
