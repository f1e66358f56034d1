"""A gauge in its box of the living logic diagram: a scale with a threshold, a pointer and its interval."""

from __future__ import annotations

import math
from xml.sax.saxutils import escape

from nqpf.charts import theme
from nqpf.charts.fit import fit
from nqpf.charts.living_box import LEADING, NUMBERS, PADDING, UNMEASURED, rectangle
from nqpf.charts.living_layout import Box
from nqpf.charts.living_state import Reading
from nqpf.charts.living_words import Words
from nqpf.charts.shapes import tag, words
from nqpf.theory.diagram import Node

SIZE, HIGH = 12.5, 9.0
"""Font size of the name and height of the scale."""
BELOW, BEYOND, BAND, POINTER = "#e4e9ec", "#c4dbe8", "#6f9ab8", theme.INK
"""Colours of the scale up to the threshold and beyond it, of the interval, and of pointer and threshold."""
LINE = 16.0


def share(value: float, ends: tuple[int, int]) -> float:
    """Return where a value stands on a scale, 0 to 1; a value beyond an end stands at it.

    Examples
    --------
    >>> share(5, (0, 20)), share(-3, (0, 20))
    (0.25, 0.0)
    """
    return min(max((value - ends[0]) / (ends[1] - ends[0]), 0.0), 1.0)


def draw_gauge(
    node: Node, box: Box, reading: Reading | None, ends: tuple[int, int], title: str, label: str, said: Words
) -> str:
    """Return the box of a gauge as a group with ``data-node``.

    Parameters
    ----------
    node, box
        The node, and where it stands.
    reading
        What is known; None where it is not measured.
    ends
        Ends of the scale.
    title, label
        What is said when it is pointed at, and what is read aloud.
    said
        Puts numbers into words.
    """
    x, width = box.x + PADDING + 4, box.width - 2 * PADDING - 8
    name = fit(node.title[said.lang], width / 1.05, box.height - 46, SIZE, LEADING)
    y = box.y + (box.height - name.height - HIGH - LINE - 14) / 2
    scale = y + name.height + 6
    value, verdict = said.gauge(reading)
    under = scale + HIGH + 6
    look = UNMEASURED if reading is None else {"fill": "#ffffff", "stroke": theme.SCORES[4]}
    texts = [
        words(name.lines, x, y, name.size, leading=LEADING, font_weight="bold"),
        words([value], x, under, NUMBERS, data_part="value"),
        words([verdict], x + width, under, NUMBERS, text_anchor="end", font_weight="bold", data_part="verdict"),
    ]
    return tag(
        "g",
        tag("title", escape(title)),
        rectangle(box, rx=6, **look),
        tag("g", *texts, fill=theme.INK),
        draw_scale(x, scale, width, reading, ends),
        data_node=node.id,
        role="img",
        tabindex="-1",
        aria_label=label,
    )


def draw_scale(x: float, y: float, width: float, reading: Reading | None, ends: tuple[int, int]) -> str:
    """Return the scale with threshold, interval and pointer, `width` wide from its upper left corner."""
    known = reading or Reading(ends[0], None, None, ends[0], "not_assessed")
    low, high = (known.value if end is None else end for end in (known.low, known.high))
    value, threshold, first, last = (along(at, ends, width) for at in (known.value, known.threshold, low, high))
    # A pointer at an end that the value lies beyond is hollow.
    inside = ends[0] <= known.value <= ends[1]
    looks = {
        "beyond": {"x": threshold, "y": 0, "width": round(width - threshold, 1), "height": HIGH, "fill": BEYOND},
        "band": {"x": first, "y": 2, "width": round(last - first, 1), "height": HIGH - 4, "fill": BAND},
        "threshold": {"x": threshold, "y": -4, "width": 2, "height": HIGH + 8, "fill": POINTER},
    }
    pointer = {"cx": value, "cy": HIGH / 2, "r": 5, "fill": POINTER if inside else "#ffffff"}
    return tag(
        "g",
        tag("rect", width=width, height=HIGH, fill=BELOW),
        *[tag("rect", data_part=part, **look) for part, look in looks.items()],
        tag("circle", data_part="pointer", stroke=POINTER, stroke_width=1.5, **pointer),
        data_part="gauge",
        data_width=f"{width:g}",
        transform=f"translate({x:g} {y:g})",
        display="none" if reading is None else None,
    )


def along(value: float, ends: tuple[int, int], width: float) -> float:
    """Return where a value stands on a scale in pixels, to a tenth and rounded up from the half as the script does."""
    return math.floor(share(value, ends) * width * 10 + 0.5) / 10
