"""What a chart is: data, and a way to draw it in either language.

A chart function returns a `Figure`. `Figure.spec(lang)` is a Vega-Lite specification for charts drawn with
Altair; `Figure.svg(lang)` is an SVG document for every figure. Nothing is drawn before it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
import vl_convert

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
    """

    id: str
    title: Text
    caption: Text
    data: pl.DataFrame
    draw: Callable[[Lang], dict[str, Any] | str]

    def spec(self, lang: Lang) -> dict[str, Any] | None:
        """Return the Vega-Lite specification, or None where the figure is drawn as SVG directly."""
        drawn = self.draw(lang)
        return drawn if isinstance(drawn, dict) else None

    def svg(self, lang: Lang) -> str:
        """Return the figure as an SVG document."""
        drawn = self.draw(lang)
        return drawn if isinstance(drawn, str) else vl_convert.vegalite_to_svg(json.dumps(drawn))
