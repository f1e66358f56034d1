"""The few SVG shapes that a hand-composed picture needs: elements, lines of text, points on a circle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]


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


def on_circle(center: Point, radius: float, angle: float) -> Point:
    """Return the point of a circle at `angle` (radians, y downwards)."""
    return center[0] + radius * math.cos(angle), center[1] + radius * math.sin(angle)


def _plain(value: Any) -> str:
    return f"{round(value, 2):g}" if isinstance(value, float) else str(value)
