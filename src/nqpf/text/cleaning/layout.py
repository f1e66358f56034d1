"""How each clean line was set on the page, as far as it helps to tell what it is."""

from __future__ import annotations

import numpy as np
import polars as pl

from nqpf.text.cleaning.characters import Index
from nqpf.text.cleaning.joining import Joins
from nqpf.text.cleaning.lines import Lines
from nqpf.text.cleaning.markup import Markup
from nqpf.text.cleaning.wrapping import Wrapping
from nqpf.text.source import Source


def layout(
    source: Source, text: str, origin: Index, lines: Lines, looks: Wrapping, joins: Joins, markup: Markup
) -> pl.DataFrame:
    """Return a row for each line of the clean text, see `Cleaned.layout`.

    Parameters
    ----------
    source
        The file.
    text, origin
        The clean text and the raw offset of each of its characters.
    lines, looks, joins
        The raw lines, how they look, and how they became paragraphs.
    markup
        What signs of Markdown say.
    """
    first = np.flatnonzero(np.append(True, joins.ends[:-1])[: len(lines)])
    last = np.append(first[1:] - 1, len(lines) - 1)[: len(first)]
    start = np.searchsorted(origin, lines.first[first])
    end = np.searchsorted(origin, lines.last[last], side="right")
    return pl.DataFrame(
        {
            "start": start,
            "end": end,
            "first_line": lines.number[first] + 1,
            "last_line": lines.number[last] + 1,
            "style": _styles(source, lines, first, markup),
            "bold": _bold(origin, lines, first, markup),
            "tight": _tight(origin, lines, looks, first, last),
            "ended": lines.ended[last],
            "prose": joins.prose[first],
            "column": looks.column[first],
            "width": np.maximum.reduceat(lines.wide, first) if len(first) else np.zeros(0),
        },
        schema_overrides={"style": pl.String, "ended": pl.Boolean, "prose": pl.Boolean, "column": pl.Boolean},
    )


def _styles(source: Source, lines: Lines, first: Index, markup: Markup) -> list[str]:
    """Return what the file says of each paragraph."""
    number = lines.number[first].tolist()
    styles = [source.styles[i] for i in number] if source.styles else [""] * len(first)
    begins = np.array(sorted(markup.headings), dtype=np.int64)
    for at, i in zip(begins.tolist(), np.searchsorted(lines.first[first], begins).tolist(), strict=True):
        if i < len(styles):
            styles[i] = f"h{markup.headings[at]}"
    return styles


def _bold(origin: Index, lines: Lines, first: Index, markup: Markup) -> Index:
    """Return how many characters at the start of each paragraph are bold."""
    bold = np.zeros(len(first), dtype=np.int64)
    begins = lines.first[first]
    for start, end in markup.bold:
        i = int(np.searchsorted(begins, start, side="right")) - 1
        if i >= 0 and begins[i] >= start - 2:
            bold[i] = np.searchsorted(origin, end) - np.searchsorted(origin, start)
    return bold


def _tight(origin: Index, lines: Lines, looks: Wrapping, first: Index, last: Index) -> Index:
    """Return how many characters at the start of each paragraph are set as a heading is.

    They stand before the first empty line inside a paragraph whose first lines have none, or in a line by themselves.
    """
    tight = np.zeros(len(first), dtype=np.int64)
    for k in np.flatnonzero((last > first) & looks.alone[first]).tolist():
        tight[k] = np.searchsorted(origin, lines.last[first[k]], side="right") - np.searchsorted(
            origin, lines.first[first[k]]
        )
    chosen = (last > first) & (lines.blanks[first] == 0) & looks.spread[first]
    for k in np.flatnonzero(chosen).tolist():
        inner = np.flatnonzero(lines.blanks[first[k] : last[k]] > 0)
        if len(inner):
            i = first[k] + int(inner[0])
            tight[k] = np.searchsorted(origin, lines.last[i], side="right") - np.searchsorted(
                origin, lines.first[first[k]]
            )
    return tight
