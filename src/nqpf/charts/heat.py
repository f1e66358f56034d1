"""Heat: how much pairs of units have in common: a map with like ones side by side, or a histogram if they are many.

The order of the map is that of the leaves of an average-linkage tree (Sokal & Michener 1958, University of Kansas
Science Bulletin 38:1409–1438), turned so that neighbours are as alike as they can be (Bar-Joseph, Gifford & Jaakkola
2001, Bioinformatics 17:S22–S29, doi:10.1093/bioinformatics/17.suppl_1.S22).
"""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.frames import require
from nqpf.messages import LANGUAGES, Lang, Text

MOST = 40
"""Units up to which the map is drawn."""
NUMBERED = 16
"""Units up to which every cell carries its number."""
BINS = 40
WIDTH, HEIGHT = theme.WIDTH - 120, 260
Floats = NDArray[np.float64]


def heat(
    rows: pl.DataFrame,
    pairs: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    value_title: Text,
    alike: bool = True,
    clustered: bool = True,
    digits: int = 2,
) -> Figure:
    """Draw a number of each pair of units.

    Parameters
    ----------
    rows
        One row a unit: ``unit``, ``unit_zh``, ``unit_en``. More than `MOST` make a histogram of the pairs.
    pairs
        One row a pair: ``first``, ``second`` (units), ``value`` (null: not known). A pair stands in either order, once.
    id, title, caption
        See `Figure`.
    value_title
        What the number is.
    alike
        Whether a large number says that two units are alike; False for a distance. The darker, the more alike.
    clustered
        Like units side by side; else, and where a pair has no number, in the order of the rows.
    digits
        Decimals in cells and tooltips.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(rows, "unit", "unit_zh", "unit_en")
    require(pairs, "first", "second", "value")
    units = rows.select("unit", "unit_zh", "unit_en")
    names = units["unit"].implode()
    kept = pairs.select("first", "second", pl.col("value").cast(pl.Float64).fill_nan(None))
    kept = kept.filter(pl.col("first") != pl.col("second"), pl.col("first").is_in(names), pl.col("second").is_in(names))
    many = units.height > MOST
    data = _bins(kept) if many else _cells(_ordered(units, kept, alike) if clustered else units, kept)

    def draw(lang: Lang) -> dict[str, Any]:
        if many:
            return theme.to_spec(_histogram(data, kept, lang, value_title[lang], digits), title[lang])
        return theme.to_spec(_map(data, lang, value_title[lang], alike, digits), title[lang])

    return Figure(id, title, caption, data, draw)


def _ordered(units: pl.DataFrame, pairs: pl.DataFrame, alike: bool) -> pl.DataFrame:
    """Return the units with like ones side by side."""
    count = units.height
    place = {unit: k for k, unit in enumerate(units["unit"])}
    apart: Floats = np.full((count, count), np.nan)
    for first, second, value in pairs.rows():
        apart[place[first], place[second]] = apart[place[second], place[first]] = np.nan if value is None else value
    upper = apart[np.triu_indices(count, 1)]
    if count < 3 or not np.isfinite(upper).all():
        return units
    from scipy.cluster.hierarchy import leaves_list, linkage

    distances = upper.max() - upper if alike else upper - min(upper.min(), 0.0)
    order: list[int] = leaves_list(linkage(distances, method="average", optimal_ordering=True)).tolist()
    return units[order]


def _cells(units: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return a row a cell, with the numbers of its row and column in the order drawn; the diagonal is left out."""
    number = units.with_row_index("place", offset=1).with_columns(pl.col("place").cast(pl.Int64))
    one = number.rename({"unit": "first", "unit_zh": "first_zh", "unit_en": "first_en", "place": "row"})
    two = number.rename({"unit": "second", "unit_zh": "second_zh", "unit_en": "second_en", "place": "column"})
    both = pl.concat([pairs, pairs.select(first="second", second="first", value="value")])
    square = one.join(two, how="cross").filter(pl.col("row") != pl.col("column"))
    return square.join(both, on=["first", "second"], how="left").sort("row", "column")


def _map(data: pl.DataFrame, lang: Lang, value: str, alike: bool, digits: int) -> alt.LayerChart:
    units = data.unique("row", maintain_order=True).select("row", name_zh="first_zh", name_en="first_en")
    count = max(units.height, 1)
    step = 34.0 if count <= NUMBERED else max(14.0, min(24.0, theme.WIDTH * 0.8 / count))
    order = units["row"].to_list()
    small: dict[str, Any] = {"labelFontSize": 9 if step < 18 else 11, "labelAngle": 0, "labelOverlap": False}
    axis = alt.Axis(orient="top", title=None, ticks=False, domain=False, **small)
    x = alt.X("column:O", sort=order, axis=axis)
    y = alt.Y("row:O", sort=order, axis=None)
    values = data["value"].drop_nulls()
    low, high = (float(values.min()), float(values.max())) if values.len() else (0.0, 1.0)  # type: ignore[arg-type]
    scale = alt.Scale(domain=[low, high], range=list(theme.SCORES if alike else theme.SCORES[::-1]), interpolate="lab")
    legend = alt.Legend(title=value, orient="bottom", format=f".{digits}f", gradientLength=240, offset=12)
    told = [
        alt.Tooltip(f"first_{lang}:N", title=theme.word("unit", lang)),
        alt.Tooltip(f"second_{lang}:N", title=theme.word("unit", lang)),
        alt.Tooltip("value:Q", title=value, format=f".{digits + 1}f"),
    ]
    known, empty = (alt.Chart().transform_filter(f"{sign}isValid(datum.value)") for sign in ("", "!"))
    color = alt.Color("value:Q", scale=scale, legend=legend)
    layers = [known.mark_rect(stroke="white", strokeWidth=0.6).encode(x=x, y=y, color=color, tooltip=told)]
    layers.append(empty.mark_text(text="–", color=theme.MUTED).encode(x=x, y=y, tooltip=told[:2]))
    if count <= NUMBERED:
        share = f"(datum.value - {low}) / {(high - low) or 1.0}"
        dark = f"({share if alike else f'1 - {share}'}) > {theme.WHITE_FROM}"
        ink = alt.when(dark).then(alt.value("white")).otherwise(alt.value(theme.INK))
        words = known.mark_text(fontSize=10.5, baseline="middle")
        layers.append(words.encode(x=x, y=y, text=alt.Text("value:Q", format=f".{digits}f"), color=ink))
    layers += [_left(units, f"name_{lang}", -26, order), _left(units, "row", -8, order, color=theme.MUTED)]
    return theme.layered(*layers, data=theme.inline(data), width=step * count, height=step * count)


def _left(units: pl.DataFrame, column: str, x: float, order: list[int], **style: Any) -> alt.Chart:
    """Return a column of words at the left of the map."""
    mark = alt.Chart(theme.inline(units)).mark_text(
        x=x, align="right", baseline="middle", fontSize=11.5, limit=440, **style
    )
    drawn: alt.Chart = mark.encode(y=alt.Y("row:O", sort=order, axis=None), text=f"{column}:N")
    return drawn


def _bins(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return a row a bin: its ends and how many pairs are in it."""
    values = pairs["value"].drop_nulls().to_numpy()
    counts, edges = np.histogram(values, bins=BINS) if values.size else (np.zeros(0, dtype=int), np.zeros(1))
    return pl.DataFrame({"low": edges[:-1], "high": edges[1:], "count": counts})


def _histogram(data: pl.DataFrame, pairs: pl.DataFrame, lang: Lang, value: str, digits: int) -> alt.LayerChart:
    x = alt.X("low:Q", title=value, scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(grid=False, tickCount=8))
    y = alt.Y("count:Q", title=theme.word("heat.pairs", lang), axis=alt.Axis(format=",d", tickMinStep=1))
    told = [alt.Tooltip(f"{c}:Q", title=theme.word(c, lang), format=f".{digits + 1}f") for c in ("low", "high")]
    told.append(alt.Tooltip("count:Q", title=theme.word("heat.pairs", lang), format=",d"))
    bars = alt.Chart().mark_rect(color=theme.SCORES[3], stroke="white", strokeWidth=0.6)
    layers = [bars.encode(x=x, x2="high", y=y, y2=alt.datum(0), tooltip=told)]
    values = pairs["value"].drop_nulls().to_numpy()
    if values.size:
        middle = float(np.median(values))
        words = {f"words_{one}": theme.word("heat.median", one, value=f"{middle:.{digits}f}") for one in LANGUAGES}
        line = alt.Chart(alt.InlineData(values=[{"at": middle, **words}]))
        at = alt.X("at:Q", title=value)
        layers.append(line.mark_rule(color=theme.INK, strokeWidth=1.4, strokeDash=[5, 4]).encode(x=at))
        named = line.mark_text(align="center", y=-8, color=theme.INK)
        layers.append(named.encode(x=at, text=f"words_{lang}:N"))
    return theme.layered(*layers, data=theme.inline(data), width=WIDTH, height=HEIGHT)
