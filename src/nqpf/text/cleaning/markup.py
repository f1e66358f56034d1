"""Markdown in a text: headings and bold words are noted, their signs taken away."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADING = re.compile(r"(?m)^[ \t\u3000]*(#{1,6})[ \t]+(?=\S)")
_BOLD = re.compile(r"(\*\*|__)(?=[^\s*_])([^\n]{1,400}?)(?<=[^\s*_])\1")
_RULE = re.compile(r"(?m)^[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*$")
_QUOTED = re.compile(r"(?m)^[ \t]*>[ \t]?")


@dataclass(frozen=True, slots=True)
class Markup:
    """What the signs of a text say.

    Attributes
    ----------
    signs
        Spans of offsets (first, end) that are signs and no words.
    headings
        Level of the heading that begins at an offset (of its sign).
    bold
        Spans of offsets (first, end) of bold words, without their signs.
    """

    signs: tuple[tuple[int, int], ...]
    headings: dict[int, int]
    bold: tuple[tuple[int, int], ...]


def read_markup(text: str, markdown: bool) -> Markup:
    """Return the Markdown of a text.

    Parameters
    ----------
    text
        The raw text.
    markdown
        Whether the file says that it is Markdown; elsewhere headings and bold are read only where two or more stand,
        rules and quotations never.
    """
    headings = list(_HEADING.finditer(text)) if "#" in text else []
    bold = list(_BOLD.finditer(text)) if "**" in text or "__" in text else []
    if not markdown and len(headings) + len(bold) < 2:
        return Markup((), {}, ())
    signs = [(m.start(1), m.end()) for m in headings]
    for match in bold:
        signs += [(match.start(), match.start(2)), (match.end(2), match.end())]
    if markdown:
        signs += [m.span() for m in _RULE.finditer(text)] + [m.span() for m in _QUOTED.finditer(text)]
    levels = {m.start(1): len(m.group(1)) for m in headings}
    return Markup(tuple(sorted(signs)), levels, tuple(m.span(2) for m in bold))
