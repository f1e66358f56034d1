"""One node of the logic diagram: a box filled by its value, with its words, its number and what stands behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from nqpf.charts import theme
from nqpf.charts.fit import Fitted, fit, text_width
from nqpf.charts.logic_layout import Box, Layout
from nqpf.charts.shapes import tag, words
from nqpf.messages import Lang
from nqpf.theory.diagram import Diagram, Node

SIZE, SMALL, CORE = 13.0, 11.5, 25.0
LEADING = 1.28
PADDING = 8.0
BOLDER = 1.05
"""How much wider bold Latin letters run."""
LIGHT = ("measure", "caution")
UNMEASURED = {"fill": "white", "stroke": "#93a1a9", "stroke_width": 1, "stroke_dasharray": "4 3", "rx": 6}


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a node: its value (0 to 1), the change of it, and in words what measured it or would."""

    node: str
    value: float | None
    change: float | None
    measured: bool
    detail_zh: str | None
    detail_en: str | None

    def text(self, lang: Lang) -> str:
        """Return the value and its change, or that there is none."""
        if not self.measured:
            return theme.word("logic.not_measured", lang)
        if self.change is None:
            return f"{self.value:.2f}"
        shown = round(self.change, 2)
        sign = "▲+" if shown > 0 else "▼−" if shown < 0 else "±"
        return f"{self.value:.2f} {sign}{abs(shown):.2f}"

    def detail(self, lang: Lang) -> str:
        """Return what measured it, or what data it would take."""
        return (self.detail_zh if lang == "zh" else self.detail_en) or ""


@dataclass(frozen=True, slots=True)
class Lettering:
    """The words in a box: name and value, each fitted; whether the name is bold; whether they stand side by side."""

    name: Fitted
    value: Fitted
    bold: bool
    row: bool


def lettering(diagram: Diagram, states: Mapping[str, State], layout: Layout, lang: Lang) -> dict[str, Lettering]:
    """Return the words of every node as they fit its box; nodes of one kind share a font size.

    Parameters
    ----------
    diagram, states
        The nodes and, by id, what is known of each.
    layout
        Where and how they are drawn.
    lang
        Language of the words.
    """
    fitted = {node.id: _letters(node, states[node.id], layout, lang, _largest(node, layout)) for node in diagram.nodes}
    sizes: dict[str, float] = {}
    for node in diagram.nodes:
        sizes[node.kind] = min(fitted[node.id].name.size, sizes.get(node.kind, CORE))
    return {node.id: _letters(node, states[node.id], layout, lang, sizes[node.kind]) for node in diagram.nodes}


def _largest(node: Node, layout: Layout) -> float:
    return CORE if node.kind == "core" else SMALL if node.kind in layout.small else SIZE


def _letters(node: Node, state: State, layout: Layout, lang: Lang, size: float) -> Lettering:
    box, text, name = layout.boxes[node.id], state.text(lang), node.title[lang]
    bold = node.kind not in LIGHT
    slack = BOLDER if bold and lang == "en" else 1.0
    if node.kind in layout.rows:
        value = Fitted((text,), SMALL, SMALL * LEADING)
        room = box.width - 3 * PADDING - text_width(text, SMALL)
        return Lettering(fit(name, room / slack, box.height - 4, size, LEADING), value, bold, True)
    room = box.width - 2 * PADDING
    value = fit(text, room, box.height / 2, CORE * 0.72 if node.kind == "core" else SMALL, LEADING)
    name_room = box.height - 8 - value.height
    return Lettering(fit(name, room / slack, name_room, size, LEADING), value, bold, False)


def draw_nodes(diagram: Diagram, states: Mapping[str, State], layout: Layout, lang: Lang) -> list[str]:
    """Return each node as a group with ``data-node`` that a keyboard can reach; its title says what is behind it."""
    letters = lettering(diagram, states, layout, lang)
    return [_draw(node, states[node.id], letters[node.id], layout.boxes[node.id], lang) for node in diagram.nodes]


def _draw(node: Node, state: State, letters: Lettering, box: Box, lang: Lang) -> str:
    look: dict[str, Any] = UNMEASURED
    ink, faint = theme.INK, theme.MUTED
    if state.value is not None and state.measured:
        look = {"fill": theme.score_color(state.value), "stroke": theme.SCORES[4], "stroke_width": 1, "rx": 6}
        ink = faint = "white" if state.value >= theme.WHITE_FROM else theme.INK
    return tag(
        "g",
        tag("title", escape(_hover(node, state, lang))),
        rectangle(box, **look),
        (_side_by_side if letters.row else _stacked)(letters, box, ink, faint),
        data_node=node.id,
        tabindex=0,
        role="img",
        aria_label=f"{node.title[lang]}: {state.text(lang)}",
    )


def rectangle(box: Box, **attributes: Any) -> str:
    """Return `box` as an SVG rectangle."""
    return tag("rect", x=box.x, y=box.y, width=box.width, height=box.height, **attributes)


def _stacked(letters: Lettering, box: Box, ink: str, faint: str) -> str:
    name, value = letters.name, letters.value
    x, y = box.middle[0], box.middle[1] - (name.height + value.height + 2) / 2
    weight = "bold" if letters.bold else None
    style: dict[str, Any] = {"leading": LEADING, "text_anchor": "middle"}
    return words(name.lines, x, y, name.size, fill=ink, font_weight=weight, **style) + words(
        value.lines, x, y + name.height + 2, value.size, fill=faint, **style
    )


def _side_by_side(letters: Lettering, box: Box, ink: str, faint: str) -> str:
    name, value = letters.name, letters.value
    weight = "bold" if letters.bold else None
    top = box.middle[1] - name.height / 2
    left = words(name.lines, box.x + PADDING, top, name.size, leading=LEADING, fill=ink, font_weight=weight)
    right = box.x + box.width - PADDING
    beside = box.middle[1] - value.height / 2
    return left + words(value.lines, right, beside, value.size, leading=LEADING, fill=faint, text_anchor="end")


def _hover(node: Node, state: State, lang: Lang) -> str:
    """Return what the title of a node's group says: name and state, phrase and source, detail, remark."""
    lines = [f"{node.title[lang]}: {state.text(lang)}", f"“{node.phrase}” {node.file}:{node.line}", state.detail(lang)]
    if node.note is not None:
        lines.append(node.note[lang])
    return "\n".join(line for line in lines if line)
