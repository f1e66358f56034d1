"""Labels: where the names of points can stand without covering a point, one another or the frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import altair as alt
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.charts import theme
from nqpf.charts.fit import text_width, wrap
from nqpf.messages import LANGUAGES, Lang

SIZE = 10.5
"""Font size of labels in pixels."""
LEADING = 1.2
"""Distance of lines in font sizes."""
LONGEST = 150.0
"""Width in pixels at which a label is broken."""
LINES = 2
"""Lines of a label at most; what is longer ends in an ellipsis."""
SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
"""Where a label is tried, best first: steps to the right and downwards from its point."""
AWAY = (3.0, 16.0, 32.0, 52.0, 76.0, 104.0, 136.0)
"""Pixels between point and label, tried in this order; from the second on a line leads from one to the other."""
ALIGN = {1: "left", 0: "center", -1: "right"}
Floats = NDArray[np.float64]
Ends = tuple[float, float]
Box = tuple[float, float, float, float]
NOTHING: Mapping[Lang, list[Box]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Board:
    """A picture with points on it, in pixels from its upper left corner.

    Attributes
    ----------
    x, y, radius
        ``float64[n]``: where the points are and how large.
    across, up
        Ends of both axes.
    width, height
        Size of the picture.
    """

    x: Floats
    y: Floats
    radius: Floats
    across: Ends
    up: Ends
    width: float
    height: float

    @classmethod
    def of(cls, data: pl.DataFrame, radius: Floats, across: Ends, up: Ends, width: float, height: float) -> Board:
        """Return the board of points at ``x`` and ``y`` on these axes."""
        x = (data["x"].to_numpy() - across[0]) / (across[1] - across[0]) * width
        y = (up[1] - data["y"].to_numpy()) / (up[1] - up[0]) * height
        return cls(x, y, radius, across, up, width, height)

    def on_axes(self, x: float, y: float) -> tuple[float, float]:
        """Return a place in pixels as one on the axes."""
        (left, right), (low, high) = self.across, self.up
        return left + x / self.width * (right - left), high - y / self.height * (high - low)

    def some(self, rows: list[int]) -> Board:
        """Return the board with these points only."""
        return replace(self, x=self.x[rows], y=self.y[rows], radius=self.radius[rows])

    def covers(self, box: Box) -> bool:
        """Return whether a box lies on a point."""
        left, top, right, bottom = box
        across = np.clip(self.x, left, right) - self.x
        up = np.clip(self.y, top, bottom) - self.y
        return bool((np.hypot(across, up) < self.radius + 1).any())

    def holds(self, box: Box) -> bool:
        """Return whether a box is inside the picture."""
        left, top, right, bottom = box
        return left >= 2 and top >= 2 and right <= self.width - 2 and bottom <= self.height - 2


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a label stands: its room, and the way from its point to its anchor, in pixels.

    Where a line leads to it, `tip` is its end, on the axes, and `line` the rooms that it goes through.
    """

    box: Box
    dx: float
    dy: float
    align: str
    tip: tuple[float, float] | None
    line: tuple[Box, ...]


def label(text: str) -> str:
    """Return `text` broken into at most `LINES` lines.

    Examples
    --------
    >>> label("Search, Detection, Navigation, Guidance, Aeronautical, and Nautical Systems").splitlines()
    ['Search, Detection,', 'Navigation, Guidance …']
    """
    lines = wrap(text, SIZE, LONGEST)
    if len(lines) > LINES:
        last = lines[LINES - 1].rstrip(" ,，、;；")
        lines = [*lines[: LINES - 1], last + (" …" if text.isascii() else "…")]
    return "\n".join(lines)


def placed(
    data: pl.DataFrame, board: Board, wanted: list[bool], must: bool, kept: Mapping[Lang, list[Box]] = NOTHING
) -> pl.DataFrame:
    """Return `data` with, for each language, what is written at a point (null: nothing) and where.

    Parameters
    ----------
    data
        A row a point: ``unit_zh``, ``unit_en``.
    board
        Where the points are.
    wanted
        Whose names are to be written, those in the first rows first.
    must
        Whether a name may stand away from its point, and as a last resort on points that have none themselves.
    kept
        Rooms that are taken already.

    Returns
    -------
    polars.DataFrame
        With ``label_zh``, ``dx_zh`` and ``dy_zh`` (pixels from the point to the anchor), ``align_zh``, ``tip_x_zh`` and
        ``tip_y_zh`` (on the axes: the end of the line that leads to the label), and so in English.
    """
    columns: dict[str, pl.Series] = {}
    for lang in LANGUAGES:
        texts = [label(name) if ask else "" for name, ask in zip(data[f"unit_{lang}"], wanted, strict=True)]
        found = _spots(texts, board, must, kept.get(lang, []))
        written = [text if spot else None for text, spot in zip(texts, found, strict=True)]
        tips = [(spot.tip if spot else None) or (None, None) for spot in found]
        columns[f"label_{lang}"] = pl.Series(written, dtype=pl.String)
        columns[f"dx_{lang}"] = pl.Series([spot and spot.dx for spot in found], dtype=pl.Float64)
        columns[f"dy_{lang}"] = pl.Series([spot and spot.dy for spot in found], dtype=pl.Float64)
        columns[f"align_{lang}"] = pl.Series([spot and spot.align for spot in found], dtype=pl.String)
        columns[f"tip_x_{lang}"] = pl.Series([tip[0] for tip in tips], dtype=pl.Float64)
        columns[f"tip_y_{lang}"] = pl.Series([tip[1] for tip in tips], dtype=pl.Float64)
    return data.with_columns(**columns)


def written(lang: Lang, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Return the layers of labels: lines that lead to them, the white that keeps them legible, and the words."""
    style: dict[str, Any] = {
        "align": alt.ExprRef(f"datum.align_{lang}"),
        "dx": alt.ExprRef(f"datum.dx_{lang}"),
        "dy": alt.ExprRef(f"datum.dy_{lang}"),
        "baseline": "middle",
        "lineBreak": "\n",
        "lineHeight": SIZE * LEADING,
        "fontSize": SIZE,
    }
    led = alt.Chart().transform_filter(f"isValid(datum.tip_x_{lang})").mark_rule(color=theme.MUTED, strokeWidth=0.7)
    words = alt.Chart().transform_filter(f"isValid(datum.label_{lang})").encode(x=x, y=y, text=f"label_{lang}:N")
    lines = led.encode(x=x, y=y, x2=f"tip_x_{lang}", y2=f"tip_y_{lang}")
    return [lines, words.mark_text(**style, stroke="white", strokeWidth=3), words.mark_text(**style)]


def _spots(texts: list[str], board: Board, must: bool, kept: list[Box]) -> list[_Spot | None]:
    """Return for each text where it stands; None: it is empty, or there is no room."""
    own = [i for i, text in enumerate(texts) if text]
    named = board.some(own)
    near, far = AWAY[:1], AWAY[1:]
    tries = [(board, near)] if not must else [(board, near), (board, far), (named, near), (named, far)]
    found: list[_Spot | None] = [None] * len(texts)
    taken = list(kept)
    for i in own:
        for free, ways in tries:
            spots = (_spot(texts[i], board, i, side, away) for away in ways for side in SIDES)
            found[i] = next((s for s in spots if _fits(s, board, free, taken, named)), None)
            if spot := found[i]:
                taken += [spot.box, *spot.line]
                break
    return found


def _fits(spot: _Spot, board: Board, free: Board, taken: list[Box], named: Board) -> bool:
    """Return whether a label covers nothing that it must not, and neither does the line to it."""
    if not board.holds(spot.box) or free.covers(spot.box):
        return False
    rooms = [spot.box, *spot.line]
    return not any(_meet(one, other) for one in rooms for other in taken) and not any(map(named.covers, spot.line))


def _spot(text: str, board: Board, i: int, side: tuple[int, int], away: float) -> _Spot:
    """Return the place of a text on one side of its point and so far away from it."""
    lines = text.split("\n")
    wide, high = max(text_width(line, SIZE) for line in lines), len(lines) * SIZE * LEADING
    reach = (board.radius[i] + away) * (0.7 if all(side) else 1.0)
    dx, dy = side[0] * reach, side[1] * (reach + high / 2)
    start = {1: dx, 0: -wide / 2, -1: dx - wide}[side[0]]
    left, top = board.x[i] + start, board.y[i] + dy - high / 2
    first = dy - (len(lines) - 1) * SIZE * LEADING / 2  # the anchor of several lines is that of the first one
    near = board.x[i] + dx - 2 * side[0], board.y[i] + dy - side[1] * (high / 2 + 1)
    tip: tuple[float, float] | None = None
    line: tuple[Box, ...] = ()
    if away > AWAY[0]:
        tip = board.on_axes(float(near[0]), float(near[1]))
        far = np.hypot(near[0] - board.x[i], near[1] - board.y[i])
        steps = np.arange(board.radius[i] + 3, far, 3.0) / far
        line = tuple(
            _dot(board.x[i] + t * (near[0] - board.x[i]), board.y[i] + t * (near[1] - board.y[i])) for t in steps
        )
    return _Spot((left, top, left + wide, top + high), float(dx), float(first), ALIGN[side[0]], tip, line)


def _dot(x: float, y: float) -> Box:
    return (x - 0.5, y - 0.5, x + 0.5, y + 0.5)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]
