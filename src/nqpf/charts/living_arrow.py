"""An arrow of the living logic diagram: its line tells how its test came out, in colour, weight and form alike.

Borne out: a thick line in the accent's colour with a full head. Against: as thick in the colour of warnings, ending in
a bar. Tested and not shown: a thin dark line with an open head. Untested: a hollow grey line. A link that is read from
the page's layout is broken, whatever its test.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nqpf.charts.shapes import Point, on_circle, tag

LIGHT, HEAVY, STRONG = 2.2, 5.0, 0.5
"""Widths of a proven arrow of no effect and of one of `STRONG` standard deviations or more."""
REACH = 14.0
"""Width in pixels within which an arrow is met by a pointer."""
HOLLOW = 2.0


@dataclass(frozen=True, slots=True)
class Look:
    """How an arrow is drawn: colour, width, and the form of its head (``full``, ``bar``, ``open``, ``hollow``)."""

    color: str
    width: float
    head: str

    @property
    def length(self) -> float:
        """Length of the head."""
        return 6.5 + 1.3 * self.width if self.head == "full" else 8.0


SHOWN, AGAINST, NOT_SHOWN, UNTESTED = "#1d4e79", "#b3332a", "#45545e", "#86939b"


def look(state: str, effect: float | None) -> Look:
    """Return how an arrow is drawn by the state of its test and its estimate."""
    width = LIGHT + (HEAVY - LIGHT) * min(abs(effect or 0.0) / STRONG, 1.0)
    return {
        "shown": Look(SHOWN, width, "full"),
        "against": Look(AGAINST, width, "bar"),
        "not_shown": Look(NOT_SHOWN, 1.2, "open"),
        "untested": Look(UNTESTED, 4.0, "hollow"),
    }[state]


def draw_path(points: Sequence[Point], how: Look, inferred: bool) -> str:
    """Return an arrow along `points` with rounded corners and its head at the last one."""
    (x, y), before = points[-1], points[-2]
    ahead = math.atan2(y - before[1], x - before[0])
    short = _short(how)
    neck = (x - short * math.cos(ahead), y - short * math.sin(ahead))
    return _line(_rounded([*points[:-1], neck][::-1]), how, inferred) + _head((x, y), ahead, how)


def draw_arc(center: Point, radius: float, ends: Point, how: Look, inferred: bool) -> str:
    """Return an arrow along a circle from the first angle of `ends` to the second (radians, y downwards)."""
    begin, end = ends
    turn = math.copysign(1.0, end - begin)
    start, neck = (on_circle(center, radius, a) for a in (begin, end - turn * _short(how) / radius))
    curve = f"M{_at(neck)}A{radius:g} {radius:g} 0 0 {0 if turn > 0 else 1} {_at(start)}"
    ahead = end + turn * (math.pi / 2 - how.length / 2 / radius)
    return _line(curve, how, inferred) + _head(on_circle(center, radius, end), ahead, how)


def _short(how: Look) -> float:
    """Return how far before the tip a line ends."""
    return {"full": how.length * 0.8, "bar": 3.0, "open": 1.0, "hollow": how.length * 0.9}[how.head]


def _line(path: str, how: Look, inferred: bool) -> str:
    """Return the line, over a wider one that is not seen but met by a pointer."""
    dashes = None if not inferred else "7 5" if how.width > HOLLOW else "5 4"
    lines = [
        tag("path", d=path, fill="none", stroke="#ffffff", stroke_opacity=0, stroke_width=REACH),
        tag("path", d=path, fill="none", stroke=how.color, stroke_width=round(how.width, 2), stroke_dasharray=dashes),
    ]
    if how.head == "hollow":
        lines.append(tag("path", d=path, fill="none", stroke="#ffffff", stroke_width=HOLLOW))
    return "".join(lines)


def _head(tip: Point, ahead: float, how: Look) -> str:
    if how.head == "bar":
        middle = on_circle(tip, 2.5, ahead + math.pi)
        ends = [on_circle(middle, how.width + 4, ahead + side * math.pi / 2) for side in (1, -1)]
        return tag("path", d=_through(ends), fill="none", stroke=how.color, stroke_width=3.5)
    wings = [on_circle(tip, how.length, ahead + math.pi + side * 0.46) for side in (1, -1)]
    if how.head == "open":
        shape = _through([wings[0], tip, wings[1]])
        return tag("path", d=shape, fill="none", stroke=how.color, stroke_width=1.4, stroke_linejoin="round")
    fill = how.color if how.head == "full" else "#ffffff"
    return tag("path", d=_through([tip, *wings]) + "Z", fill=fill, stroke=how.color, stroke_width=1)


def _through(points: Sequence[Point]) -> str:
    return "M" + "L".join(_at(point) for point in points)


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
    return f"{round(point[0], 2):g} {round(point[1], 2):g}"
