"""Curve: what one good thing costs of another, a point for each price, and what else could have been done beside it."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import polars as pl

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.charts.labels import Board, Box, placed, written
from nqpf.frames import require
from nqpf.messages import LANGUAGES, Lang, Text

WIDTH, HEIGHT = theme.WIDTH - 120, 360
AREA = 62.0
"""Area of a point in square pixels."""


def curve(
    frame: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    x_title: Text,
    y_title: Text,
    price_title: Text | None = None,
    digits: int = 3,
) -> Figure:
    """Draw one number against another along a price.

    Parameters
    ----------
    frame
        One row a point: ``price`` (null: a point beside the curve, such as what everybody would do alone), ``x``, ``y``
        and, where known, ``name_zh`` and ``name_en`` (written instead of the price) and ``chosen`` (bool: the point
        that was taken).
    id, title, caption
        See `Figure`.
    x_title, y_title
        What is on the axes, with units.
    price_title
        What the numbers beside the points are. Default: the price of crowding.
    digits
        Decimals in the tooltip.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, "price", "x", "y")
    data = _told(frame.with_columns(pl.col("x", "y").cast(pl.Float64).fill_nan(None)).drop_nulls(["x", "y"])).sort(
        "price", nulls_last=True, maintain_order=True
    )

    def draw(lang: Lang) -> dict[str, Any]:
        told = theme.word("curve.price", lang) if price_title is None else price_title[lang]
        return theme.to_spec(_chart(data, lang, (x_title[lang], y_title[lang], told), f".{digits}f"), title[lang])

    return Figure(id, title, caption, data.drop("unit_zh", "unit_en"), draw)


def _told(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the points with what is written at them."""
    price = ["" if p is None else f"{p:.3g}" for p in frame["price"]]
    taken = frame["chosen"].fill_null(False).to_list() if "chosen" in frame.columns else [False] * frame.height
    columns = {}
    for lang in LANGUAGES:
        own = frame[f"name_{lang}"].to_list() if f"name_{lang}" in frame.columns else [None] * frame.height
        names = [name or p for name, p in zip(own, price, strict=True)]
        told = [theme.word("curve.taken", lang, price=n) if t else n for n, t in zip(names, taken, strict=True)]
        columns[f"unit_{lang}"] = pl.Series(told, dtype=pl.String)
    return frame.with_columns(**columns)


def _ends(values: pl.Series) -> tuple[float, float]:
    low, high = (float(v.min()), float(v.max())) if (v := values).len() else (0.0, 1.0)  # type: ignore[arg-type]
    room = 0.1 * (high - low) or 0.1 * abs(low) or 1.0
    return low - room, high + room


def _line(board: Board, count: int) -> list[Box]:
    """Return the rooms that the line through the first `count` points goes through, which no word may cover."""
    rooms: list[Box] = []
    for i in range(count - 1):
        across, up = board.x[i + 1] - board.x[i], board.y[i + 1] - board.y[i]
        for t in np.arange(0.0, 1.0, 3.0 / max(float(np.hypot(across, up)), 3.0)):
            x, y = float(board.x[i] + t * across), float(board.y[i] + t * up)
            rooms.append((x - 0.5, y - 0.5, x + 0.5, y + 0.5))
    return rooms


def _chart(data: pl.DataFrame, lang: Lang, titles: tuple[str, str, str], number: str) -> alt.LayerChart:
    ends = _ends(data["x"]), _ends(data["y"])
    board = Board.of(data, np.full(data.height, np.sqrt(AREA / np.pi)), *ends, WIDTH, HEIGHT)
    line = _line(board, data["price"].drop_nulls().len())
    shown = placed(data, board, [True] * data.height, must=True, kept=dict.fromkeys(LANGUAGES, line))
    scales = [alt.Scale(domain=list(end), nice=False) for end in ends]
    x = alt.X("x:Q", title=titles[0], scale=scales[0], axis=alt.Axis(tickCount=8))
    y = alt.Y("y:Q", title=titles[1], scale=scales[1], axis=alt.Axis(tickCount=8))
    told = [alt.Tooltip("price:Q", title=titles[2], format="~g")]
    told += [alt.Tooltip(f"{c}:Q", title=t, format=number) for c, t in zip(("x", "y"), titles, strict=False)]
    along, beside = (alt.Chart().transform_filter(f"{sign}isValid(datum.price)") for sign in ("", "!"))
    fill: Any = alt.value(theme.SCORES[4])
    if "chosen" in data.columns:
        fill = alt.when("datum.chosen === true").then(alt.value(theme.CATEGORIES[1])).otherwise(fill)
    dots = along.mark_point(filled=True, size=AREA, opacity=1, stroke="white", strokeWidth=0.8)
    other = beside.mark_point(filled=True, shape="diamond", size=AREA * 1.3, opacity=1, color=theme.CATEGORIES[3])
    layers = [
        along.mark_line(color=theme.SCORES[3], strokeWidth=2).encode(x=x, y=y, order="price:Q"),
        dots.encode(x=x, y=y, color=fill, tooltip=told),
        other.encode(x=x, y=y, tooltip=told[1:]),
        *written(lang, x, y),
        theme.lettering(theme.word("curve.beside", lang, what=titles[2]), x=0, y=-6),
    ]
    return theme.layered(*layers, data=theme.inline(shown), width=WIDTH, height=HEIGHT)
