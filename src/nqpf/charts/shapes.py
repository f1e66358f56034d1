"""The few SVG shapes that a hand-composed picture needs: elements, lines of text, arrows with rounded corners."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]

HEAD = 8.0
"""Length of an arrow's head in pixels."""


def tag(name: str, *inside: str, **attributes: Any) -> str:
    """Return an SVG element; ``stroke_width=1`` writes ``stroke-width="1"``, None leaves an attribute out.

    Examples
    --------
    >>> tag("rect", x=1.25, rx=4, fill=None)
    '<rect x="1.25" rx="4"/>'
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_plain(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def words(lines: Sequence[str], x: float, y: float, size: float, *, leading: float = 1.3, **attributes: Any) -> str:
    """Return lines of text whose block begins at height `y` (its top); ``text_anchor`` says what `x` is.

    Parameters
    ----------
    lines
        Text, a line each.
    x, y
        Place of the block in pixels.
    size
        Font size in pixels.
    leading
        Distance of the lines in font sizes.
    **attributes
        Attributes of the text element.
    """
    first = y + size * (leading / 2 + 0.36)
    spans = (tag("tspan", escape(line), x=x, y=first + i * size * leading) for i, line in enumerate(lines))
    return tag("text", *spans, font_size=size, **attributes)


def arrow(points: Sequence[Point], color: str, *inside: str, dashed: bool = False, **attributes: Any) -> str:
    """Return an arrow along `points` with rounded corners and its head at the last point; `inside` goes before it.

    The line is drawn from the head back to the tail, so that dashes of arrows that end together coincide.
    """
    (x, y), before = points[-1], points[-2]
    ahead = math.atan2(y - before[1], x - before[0])
    neck = (x - HEAD * 0.8 * math.cos(ahead), y - HEAD * 0.8 * math.sin(ahead))
    line = tag(
        "path",
        d=_rounded([*points[:-1], neck][::-1]),
        fill="none",
        stroke=color,
        stroke_width=1.5,
        stroke_dasharray="5 4" if dashed else None,
    )
    return tag("g", *inside, line, head((x, y), ahead, color), **attributes)


def arc(
    center: Point,
    radius: float,
    begin: float,
    end: float,
    color: str,
    *inside: str,
    dashed: bool = False,
    **attributes: Any,
) -> str:
    """Return an arrow along a circle from angle `begin` to `end` (radians, y downwards, shorter way)."""
    turn = math.copysign(1.0, end - begin)
    stop = end - turn * HEAD * 0.8 / radius
    start, finish, tip = (on_circle(center, radius, a) for a in (begin, stop, end))
    curve = f"M{_at(start)}A{_plain(radius)} {_plain(radius)} 0 0 {1 if turn > 0 else 0} {_at(finish)}"
    line = tag("path", d=curve, fill="none", stroke=color, stroke_width=1.5, stroke_dasharray="5 4" if dashed else None)
    return tag("g", *inside, line, head(tip, end + turn * (math.pi / 2 - HEAD / 2 / radius), color), **attributes)


def on_circle(center: Point, radius: float, angle: float) -> Point:
    """Return the point of a circle at `angle` (radians, y downwards)."""
    return center[0] + radius * math.cos(angle), center[1] + radius * math.sin(angle)


def head(tip: Point, angle: float, color: str) -> str:
    """Return an arrow's head that points along `angle`."""
    wings = (on_circle(tip, HEAD, angle + math.pi + spread) for spread in (0.42, -0.42))
    return tag("path", d="M" + "L".join(_at(p) for p in (tip, *wings)) + "Z", fill=color)


def _rounded(points: Sequence[Point], radius: float = 8.0) -> str:
    """Return a path through `points` whose corners are rounded by at most `radius`."""
    path = f"M{_at(points[0])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        r = min(radius, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        path += f"L{_at(_toward(corner, before, r))}Q{_at(corner)} {_at(_toward(corner, after, r))}"
    return path + f"L{_at(points[-1])}"


def _toward(start: Point, goal: Point, length: float) -> Point:
    share = length / (math.dist(start, goal) or 1.0)
    return start[0] + share * (goal[0] - start[0]), start[1] + share * (goal[1] - start[1])


def _at(point: Point) -> str:
    return f"{_plain(point[0])} {_plain(point[1])}"


def _plain(value: Any) -> str:
    return f"{round(value, 2):g}" if isinstance(value, float) else str(value)
