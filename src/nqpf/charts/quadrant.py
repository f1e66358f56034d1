"""Quadrant: two numbers of each unit, a line across each way, and the names of the few that matter.

For candidates it is the plane of relatedness and complexity of Balland, Boschma, Crespo & Rigby (2019), Regional
Studies 53:1252–1268, doi:10.1080/00343404.2018.1437900; for sectors, that of backward and forward linkages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.charts import theme
from nqpf.charts.figure import Figure
from nqpf.charts.fit import text_width
from nqpf.charts.labels import Board, Box, placed, written
from nqpf.frames import require
from nqpf.messages import LANGUAGES, Lang, Text

WIDTH = theme.WIDTH - 100
HEIGHT = 440
PLAIN = 40.0
"""Area of a point in square pixels where points have no size."""
AREAS = (12.0, 200.0)
"""Area of the smallest and the largest point where they have one."""
CORNER = 11.5
"""Font size of what is written in the corners."""
FIELDS = ((True, False), (False, False), (False, True), (True, True))
"""Whether a corner is at the right and at the bottom, in the order in which they are named."""
MANY = 60
"""Points up to which all are named where nobody says which, and names that are written at most where somebody does."""
Floats = NDArray[np.float64]
_KEPT = ("unit", "unit_zh", "unit_en", "x", "y", "size", "group_zh", "group_en", "named")


def quadrant(
    frame: pl.DataFrame,
    *,
    id: str,
    title: Text,
    caption: Text,
    x_title: Text,
    y_title: Text,
    size_title: Text | None = None,
    lines: tuple[float, float] | None = None,
    corners: tuple[Text, Text, Text, Text] | None = None,
    groups: Sequence[Text] = (),
    muted: Text | None = None,
    digits: int = 3,
) -> Figure:
    """Draw a point for each unit in the four fields that two lines make.

    Parameters
    ----------
    frame
        One row a unit: ``unit``, ``unit_zh``, ``unit_en``, ``x``, ``y`` (null: left out) and, where known, ``size`` (0
        or more: the area of the point; null: as small as they come), ``group_zh`` and ``group_en`` (the colour), and
        ``named`` (bool: whose names are written, those of the first `MANY` of them, the first rows first; without it
        as many as find room).
    id, title, caption
        See `Figure`; the caption says what the lines are.
    x_title, y_title, size_title
        What is on the axes and what the size says, with units.
    lines
        Where the lines across the picture lie, on x and on y. Default: the medians.
    corners
        What the fields are: upper right, upper left, lower left, lower right.
    groups
        Groups in the order of their colours, so that several figures agree; others follow as they come.
    muted
        The group that is left grey and lies behind the others.
    digits
        Decimals in the tooltip.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(frame, *_KEPT[:5])
    numbers = pl.col("x", "y").cast(pl.Float64).fill_nan(None)
    data = frame.select(c for c in _KEPT if c in frame.columns).with_columns(numbers).drop_nulls(["x", "y"])

    def draw(lang: Lang) -> dict[str, Any]:
        titles = (x_title[lang], y_title[lang], "" if size_title is None else size_title[lang])
        cross = lines or (_median(data["x"]), _median(data["y"]))
        chart = _chart(data, lang, titles, cross, corners, groups, muted, f".{digits}f")
        return theme.to_spec(chart, title[lang])

    return Figure(id, title, caption, data, draw)


def _median(values: pl.Series) -> float:
    return float(np.median(values.to_numpy())) if values.len() else 0.0


def _ends(values: Floats, line: float) -> tuple[float, float]:
    """Return the ends of an axis, which takes in the line."""
    low, high = float(min([*values, line])), float(max([*values, line]))
    room = 0.06 * (high - low) or 0.06 * abs(low) or 1.0
    return low - room, high + room


def _axes(data: pl.DataFrame, cross: tuple[float, float]) -> tuple[tuple[float, float], tuple[float, float]]:
    return _ends(data["x"].to_numpy(), cross[0]), _ends(data["y"].to_numpy(), cross[1])


def _areas(data: pl.DataFrame) -> Floats:
    if "size" not in data.columns:
        return np.full(data.height, PLAIN)
    sizes = data["size"].fill_null(0.0).to_numpy().astype(np.float64)
    return AREAS[0] + (AREAS[1] - AREAS[0]) * sizes / (float(sizes.max(initial=0.0)) or 1.0)


def _ranked(data: pl.DataFrame, cross: tuple[float, float]) -> tuple[pl.DataFrame, list[bool]]:
    """Return the points and whose names are wanted; where nobody says, those far from the crossing come first."""
    if "named" in data.columns:
        wanted = data["named"].fill_null(False)
        return data, (wanted & (wanted.cum_sum() <= MANY)).to_list()
    spread = [float(np.ptp(data[c].to_numpy())) or 1.0 for c in ("x", "y")] if data.height else [1.0, 1.0]
    far = ((pl.col("x") - cross[0]) / spread[0]) ** 2 + ((pl.col("y") - cross[1]) / spread[1]) ** 2
    return data.sort(far, descending=True, maintain_order=True), [data.height <= MANY] * data.height


def _chart(
    data: pl.DataFrame,
    lang: Lang,
    titles: tuple[str, str, str],
    cross: tuple[float, float],
    corners: tuple[Text, Text, Text, Text] | None,
    groups: Sequence[Text],
    muted: Text | None,
    number: str,
) -> alt.LayerChart:
    ends = _axes(data, cross)
    data, wanted = _ranked(data, cross)
    board = Board.of(data, np.sqrt(_areas(data) / np.pi), *ends, WIDTH, HEIGHT)
    data = placed(data, board, wanted, "named" in data.columns, _taken(corners))
    scales = [alt.Scale(domain=list(end), nice=False) for end in ends]
    axis = alt.Axis(tickCount=8, grid=False)
    x = alt.X("x:Q", title=titles[0], scale=scales[0], axis=axis)
    y = alt.Y("y:Q", title=titles[1], scale=scales[1], axis=axis)
    rule = alt.Chart(alt.InlineData(values=[{"across": cross[0], "up": cross[1]}]))
    rule = rule.mark_rule(color=theme.FAINT, strokeWidth=1.2, strokeDash=[5, 4])
    layers = [
        rule.encode(x=alt.X("across:Q", title=titles[0], scale=scales[0], axis=axis)),
        rule.encode(y=alt.Y("up:Q", title=titles[1], scale=scales[1], axis=axis)),
    ]
    layers += _corners(corners, lang)
    shown = _stacked(data, muted)
    rim = alt.when("datum.named === true").then(alt.value(theme.INK)).otherwise(alt.value("white"))
    dots = alt.Chart().mark_point(filled=True, opacity=0.85, strokeWidth=0.8).encode(stroke=rim)
    told = _tooltip(shown, lang, titles, number)
    layers.append(dots.encode(x=x, y=y, **_looks(shown, lang, titles[2], groups, muted), tooltip=told))
    layers += written(lang, x, y)
    return theme.layered(*layers, data=theme.inline(shown), width=WIDTH, height=HEIGHT)


def _stacked(data: pl.DataFrame, muted: Text | None) -> pl.DataFrame:
    """Return the points from back to front: the grey ones first, those with a name last."""
    front = [pl.col("group_zh") != muted.zh] if muted is not None and "group_zh" in data.columns else []
    if "named" in data.columns:
        front.append(pl.col("named").fill_null(False))
    return data.sort(front, maintain_order=True) if front else data


def _corners(corners: tuple[Text, ...] | None, lang: Lang) -> list[alt.Chart]:
    """Return what the fields are, written in the corners."""
    return [
        theme.lettering(
            text[lang],
            x=x,
            y=y,
            align="right" if right else "left",
            baseline="bottom" if low else "top",
            fontSize=CORNER,
        )
        for text, (right, low) in zip(corners or (), FIELDS, strict=False)
        for x, y in [(WIDTH - 6 if right else 6, HEIGHT - 6 if low else 6)]
    ]


def _taken(corners: tuple[Text, ...] | None) -> dict[Lang, list[Box]]:
    """Return the rooms of what is written in the corners."""
    rooms: dict[Lang, list[Box]] = {}
    for lang in LANGUAGES:
        for text, (right, low) in zip(corners or (), FIELDS, strict=False):
            wide = text_width(text[lang], CORNER) + 10
            left, top = WIDTH - wide if right else 0.0, HEIGHT - 24.0 if low else 0.0
            rooms.setdefault(lang, []).append((left, top, left + wide, top + 24))
    return rooms


def _looks(
    data: pl.DataFrame, lang: Lang, size_title: str, groups: Sequence[Text], muted: Text | None
) -> dict[str, Any]:
    """Return colour and size of the points, with their legends."""
    looks: dict[str, Any] = {"color": alt.value(theme.SCORES[4]), "size": alt.value(PLAIN)}
    group = f"group_{lang}"
    found = theme.in_order(data, group) if group in data.columns else []
    if found:
        plain = None if muted is None else muted[lang]
        known = [text[lang] for text in groups]
        order = [name for name in [*known, *(n for n in found if n not in known)] if name != plain]
        hues = {name: theme.CATEGORIES[i % len(theme.CATEGORIES)] for i, name in enumerate(order)}
        names = [*(name for name in order if name in found), *(name for name in found if name == plain)]
        scale = alt.Scale(domain=names, range=[hues.get(name, theme.FAINT) for name in names])
        legend = alt.Legend(orient="top", title=None, symbolType="circle", columns=theme.legend_columns(names, WIDTH))
        looks["color"] = alt.Color(f"{group}:N", scale=scale, legend=legend)
    if "size" in data.columns:
        most = float(data["size"].fill_null(0.0).to_numpy().max(initial=0.0)) or 1.0
        legend = alt.Legend(
            orient="top", title=size_title, titleOrient="left", symbolFillColor=theme.FAINT, tickCount=4
        )
        scale = alt.Scale(domain=[0, most], range=list(AREAS), nice=False)
        looks["size"] = alt.Size("size:Q", scale=scale, legend=legend)
    return looks


def _tooltip(data: pl.DataFrame, lang: Lang, titles: tuple[str, str, str], number: str) -> list[alt.Tooltip]:
    told = [alt.Tooltip(f"unit_{lang}:N", title=theme.word("unit", lang))]
    told += [alt.Tooltip(f"{c}:Q", title=t, format=number) for c, t in zip(("x", "y"), titles, strict=False)]
    if "size" in data.columns:
        told.append(alt.Tooltip("size:Q", title=titles[2], format=number))
    if f"group_{lang}" in data.columns:
        told.append(alt.Tooltip(f"group_{lang}:N", title=theme.word("group", lang)))
    return told
