"""What a chart is: data, and a way to draw it in either language.

A chart function returns a `Figure`. `Figure.drawn(lang)` is a Vega-Lite specification for charts made with Altair and
an SVG document for others; `Figure.svg(lang)` is an SVG document for every figure. Nothing is drawn before it is asked
for, and nothing twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import vl_convert
from altair.utils.schemapi import debug_mode

from nqpf.messages import Lang, Text


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that has not been drawn yet.

    Attributes
    ----------
    id
        Name of the figure's files and of its anchor in the report.
    title
        Title, in both languages.
    caption
        What is shown, in which unit, and how to read it.
    data
        The numbers in the picture, as they are saved beside it.
    draw
        ``draw(lang)`` returns a Vega-Lite specification (a dict) or an SVG document (a str).
    placed
        Whether the place of a mark tells which unit it is, as on a map.
    live
        ``live()`` returns what a page needs to redraw the picture for another unit and year; None where it stays.
    """

    id: str
    title: Text
    caption: Text
    data: pl.DataFrame
    draw: Callable[[Lang], dict[str, Any] | str]
    placed: bool = False
    live: Callable[[], Mapping[str, Any]] | None = None
    _drawn: dict[Lang, dict[str, Any] | str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _svgs: dict[Lang, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def drawn(self, lang: Lang) -> dict[str, Any] | str:
        """Return what ``draw(lang)`` returns, drawn once.

        Altair checks every part of a chart against its schema while it is put together, which takes most of the time;
        the tests draw with these checks, a report without.
        """
        if lang not in self._drawn:
            with debug_mode(False):
                self._drawn[lang] = self.draw(lang)
        return self._drawn[lang]

    def svg(self, lang: Lang) -> str:
        """Return the figure as an SVG document, drawn once."""
        if lang not in self._svgs:
            drawn = self.drawn(lang)
            whole = drawn if isinstance(drawn, str) else _renumbered(vl_convert.vegalite_to_svg(json.dumps(drawn)))
            self._svgs[lang] = whole
        return self._svgs[lang]


def _renumbered(svg: str) -> str:
    """Return `svg` with its clips and gradients counted from 0.

    The renderer counts them on from one picture to the next, so a picture would depend on what was drawn before it.
    """
    names: dict[str, str] = {}

    def rename(found: re.Match[str]) -> str:
        opening, name, kind = found.groups()
        return opening + names.setdefault(name, f"{kind}{len(names)}")

    return re.sub(r'(\bid="|url\(#)((clip|gradient_)\d+)', rename, svg)
