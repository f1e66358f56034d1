"""The legend of the living logic diagram: what colours, marks, arrows and gauges mean."""

from __future__ import annotations

from nqpf.charts import theme
from nqpf.charts.fit import text_width
from nqpf.charts.living_arrow import draw_path, look
from nqpf.charts.living_box import DOTS, LEADING, MARKS, STEP, UNMEASURED, draw_tier, rectangle
from nqpf.charts.living_gauge import draw_scale
from nqpf.charts.living_layout import Box
from nqpf.charts.living_state import TIERS, Reading
from nqpf.charts.living_words import Words
from nqpf.charts.shapes import tag, words
from nqpf.messages import Lang

SIZE = 11.5
SAMPLE, GAP = 46.0, 8.0
"""Width of a sample and the way from it to its words."""
ARROWS = (("shown", 0.25), ("against", -0.25), ("not_shown", None), ("untested", None))
GAUGE = (Reading(60, 40, 80, 50, "within"), (0, 100))
"""What the sample of a gauge shows, and its scale."""


def draw_legend(levels: Box, arrows: Box, said: Words, *, id: str, ranked: bool, gauges: bool) -> str:
    """Return the legend.

    Parameters
    ----------
    levels, arrows
        Room for what stands in boxes, and for arrows, unmeasured boxes and gauges.
    said
        Puts numbers into words.
    id
        Starts the id of the colour scale.
    ranked, gauges
        Whether there are ranks, and gauges.
    """
    parts = [*_levels(levels, said, id, ranked), *_arrows(arrows, said.lang, gauges)]
    return tag("g", *parts, fill=theme.INK, data_part="legend")


def _levels(room: Box, said: Words, id: str, ranked: bool) -> list[str]:
    lang, last = said.lang, len(theme.SCORES) - 1
    stops = [tag("stop", offset=i / last, stop_color=color) for i, color in enumerate(theme.SCORES)]
    scale = tag("linearGradient", *stops, id=f"{id}-scale")
    bar = tag("rect", x=room.x, y=room.y + 3, width=96, height=11, rx=2, fill=f"url(#{id}-scale)", stroke="#75848d")
    lines = [tag("defs", scale), bar, _word("scale", lang, room.x + 96 + GAP, room.y)]
    lines += [words(["▲▼"], room.x, room.y + 22, SIZE), _word("change", lang, room.x + 36, room.y + 22)]
    if ranked:
        sample = f"{said.sample_rank()}"
        lines += [
            words([sample], room.x, room.y + 44, SIZE),
            _word("rank", lang, room.x + text_width(sample, SIZE) + GAP, room.y + 44),
        ]
    x, y = room.x, room.y + (66 if ranked else 44)
    for tier in TIERS:
        lone = tier == "tested"
        lines.append(draw_tier((x + 4 - (STEP * (DOTS - 1) if lone else 0), y + SIZE * LEADING / 2), tier, theme.INK))
        x += (8 if lone else MARKS) + 6
        lines.append(_word(tier, lang, x, y))
        x += text_width(theme.word(f"living.legend.{tier}", lang), SIZE) + 12
    return lines


def _arrows(room: Box, lang: Lang, gauges: bool) -> list[str]:
    lines, y = [], room.y
    for state, effect in ARROWS:
        lines.append(draw_path([(room.x, y + 8), (room.x + SAMPLE, y + 8)], look(state, effect), False))
        lines.append(_word(state, lang, room.x + SAMPLE + GAP, y))
        y += 19
    lines.append(draw_path([(room.x, y + 8), (room.x + SAMPLE, y + 8)], look("not_shown", None), True))
    lines.append(_word("inferred", lang, room.x + SAMPLE + GAP, y))
    y += 23
    lines.append(rectangle(Box(room.x + 1, y, SAMPLE - 8, 15), rx=4, **UNMEASURED))
    lines.append(_word("not_measured", lang, room.x + SAMPLE + GAP, y))
    if gauges:
        lines.append(draw_scale(room.x, y + 26, SAMPLE, *GAUGE))
        lines.append(_word("gauge", lang, room.x + SAMPLE + GAP, y + 23))
    return lines


def _word(key: str, lang: Lang, x: float, y: float) -> str:
    return words([theme.word(f"living.legend.{key}", lang)], x, y, SIZE, leading=LEADING)
