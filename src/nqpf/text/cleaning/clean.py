"""A source without the traces of its lay-out: `clean`."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import polars as pl

from nqpf.results import Note
from nqpf.text.cleaning.characters import BLANK, NEWLINE, Index, Kinds, Mask, codes_of, inside, kind_table, kinds_of
from nqpf.text.cleaning.contents import Entry, read_contents
from nqpf.text.cleaning.furniture import furniture
from nqpf.text.cleaning.joining import Joins, join, kept_blank, needs_blank
from nqpf.text.cleaning.layout import layout
from nqpf.text.cleaning.ledger import Draft
from nqpf.text.cleaning.lines import Lines
from nqpf.text.cleaning.markup import Markup, read_markup
from nqpf.text.cleaning.overprint import overprinted
from nqpf.text.cleaning.punctuation import full_width
from nqpf.text.cleaning.spacing import between_characters, letter_spacing
from nqpf.text.cleaning.specials import bracketed, bylines
from nqpf.text.cleaning.wrapping import Wrapping, wrapping
from nqpf.text.source import Cleaned, Source

_SET_BY_PARAGRAPH = ("docx", "html")
_LONG_LINE = 1_000_000
_SPACED = 2
"""Blanks of letter-spacing that a line may hold before its width says less."""


def clean(source: Source) -> Cleaned:
    r"""Take the traces of lay-out out of a text.

    Letter-spacing, hard wraps (also with an empty line after every line), words printed twice, words repeated where
    columns join, page furniture, tables of contents and signs of Markdown are taken out; half-width punctuation inside
    Chinese becomes full width. Nothing else is changed: quotation marks, full-width letters, variants of characters
    stay as they are. What is changed stands in the ledger `Cleaned.edits`, and every clean character keeps the offset
    of the raw one.

    Parameters
    ----------
    source
        The file as it was read.

    Examples
    --------
    >>> import numpy as np
    >>> page = "村里的路\n面 向 未 来 ，我 们 要 修 好 村 里 的 路。"
    >>> clean(Source("page.txt", "txt", page, np.array([0, 5]))).text
    '村里的路\n面向未来，我们要修好村里的路。'
    """
    text = source.text
    draft = Draft(codes_of(text))
    kinds = kinds_of(draft.codes)
    markup = _markup(source)
    entries, lines, torn = _sort_lines(source, draft, kinds, markup)
    looks, joins, lines = _paragraphs(source, draft, kinds, lines, torn, markup)
    _tidy_blanks(draft, kinds, lines, joins)
    _separate(draft, kinds, lines, joins, looks.exact)
    edits, clean_text, keep = draft.edits(text, source.starts), draft.text(), draft.keep
    del draft, kinds  # they are several times as large as the text
    origin = np.flatnonzero(keep)
    long = int(np.diff(np.append(source.starts, len(text))).max(initial=0))
    notes = (Note("text_long_line", values={"file": source.file, "size": long}),) if long > _LONG_LINE else ()
    return Cleaned(
        source=source,
        text=clean_text,
        origin=origin,
        edits=edits,
        notes=notes,
        layout=layout(source, clean_text, origin, lines, looks, joins, markup),
        contents=pl.DataFrame(
            [{f.name: getattr(e, f.name) for f in fields(Entry)} for e in entries],
            schema={"title": pl.String, "page": pl.Int64, "line": pl.Int64},
        ),
    )


def _markup(source: Source) -> Markup:
    if source.kind in _SET_BY_PARAGRAPH:
        return Markup((), {}, ())
    return read_markup(source.text, source.kind == "md")


def _sort_lines(source: Source, draft: Draft, kinds: Kinds, markup: Markup) -> tuple[tuple[Entry, ...], Lines, Mask]:
    """Take out what is known without looking at paragraphs; return the table of contents and what lines are left.

    The last thing returned is which of these have page furniture after them.
    """
    text = source.text
    draft.drop_spans("markup", list(markup.signs))
    spaced, around = letter_spacing(kinds)
    draft.drop("letter_spacing", spaced)
    draft.drop("stray_blank", around)
    lines = Lines.of(draft.codes, kinds, draft.keep, source.starts)
    entries, taken = read_contents(text, lines)
    draft.drop_spans("contents", _spans(lines, taken))
    lines = lines.without(taken)
    found = sorted({*furniture(text, lines), *_heads_and_feet(source, lines)})
    draft.drop_spans("page_furniture", _spans(lines, found))
    between = lines.number[found]
    lines = lines.without(found)
    doubled = overprinted(text, draft.codes, lines)
    draft.drop_spans("overprint", doubled)
    if _punctuate(source, draft, kinds, lines) or doubled:
        lines = Lines.of(draft.codes, kinds, draft.keep, source.starts)
    return entries, lines, np.diff(np.searchsorted(between, lines.number), append=len(between)) > 0


def _punctuate(source: Source, draft: Draft, kinds: Kinds, lines: Lines) -> bool:
    """Make half-width punctuation inside Chinese full width; return whether there was any."""
    in_chinese = np.zeros(len(source.starts), dtype=np.bool_)
    in_chinese[lines.number] = lines.han > lines.letters
    at, new = full_width(draft.codes, kinds, source.starts, in_chinese)
    if not len(at):
        return False
    draft.put("half_width", at[draft.keep[at]], new[draft.keep[at]])
    kinds[at] = kind_table()[new]
    _, around = letter_spacing(kinds)
    draft.drop("stray_blank", around)
    return True


def _paragraphs(
    source: Source, draft: Draft, kinds: Kinds, lines: Lines, torn: Mask, markup: Markup
) -> tuple[Wrapping, Joins, Lines]:
    """Return how lines become paragraphs, and the lines without what was found to stand there twice."""
    remarks = list(bracketed(source.text))
    apart, closed = _marked(source, draft, kinds, lines, markup, remarks)
    looks = wrapping(lines, _spaced_lines(draft, lines), apart, closed, torn)
    _glue(lines, looks, remarks)
    if source.kind in _SET_BY_PARAGRAPH:
        looks.ends[:] = True
        return looks, Joins(looks.ends, lines.ended, (), ()), lines
    looks.ends[closed] = True
    joins = join(source.text, draft.codes, kinds, lines, looks, apart, closed)
    if joins.repeated:
        draft.drop_spans("overlap", list(joins.repeated))
        lines = Lines.of(draft.codes, kinds, draft.keep, source.starts)
    return looks, joins, lines


def _spaced_lines(draft: Draft, lines: Lines) -> Mask:
    """Return which lines are letter-spaced."""
    at = np.flatnonzero(draft.rule == 1)
    line = np.searchsorted(lines.first, at) - 1
    inner = (line >= 0) & (at <= np.append(lines.last, -1)[line])
    return np.bincount(line[inner], minlength=len(lines)) > _SPACED


def _marked(
    source: Source, draft: Draft, kinds: Kinds, lines: Lines, markup: Markup, remarks: list[tuple[int, int]]
) -> tuple[Mask, Mask]:
    """Return which lines begin a paragraph by what the file says, and which end one."""
    apart = bylines(draft.codes, kinds, draft.keep, lines)
    closed = apart.copy()
    starts = np.array(sorted(markup.headings), dtype=np.int64)
    heads = np.searchsorted(lines.first, starts)
    heads = heads[heads < len(lines)]
    apart[heads] = closed[heads] = True
    if source.styles:
        styled = np.array([bool(style) and style != "bold" for style in source.styles])[lines.number]
        apart |= styled
        closed |= styled
    first, end, i, j = _between(lines, remarks)
    whole = (i >= 0) & (lines.first[i] == first) if len(lines) else i >= 0
    apart[i[whole]] = True
    closed[j[whole & (lines.last[j] == end - 1)]] = True
    return apart, closed


def _glue(lines: Lines, looks: Wrapping, remarks: list[tuple[int, int]]) -> None:
    """Keep the lines of a bracketed remark together."""
    _, _, i, j = _between(lines, remarks)
    i, j = np.maximum(i, 0), np.maximum(j, 0)
    looks.ends[inside(i, np.maximum(i, j))] = False


def _between(lines: Lines, spans: list[tuple[int, int]]) -> tuple[Index, Index, Index, Index]:
    """Return where spans of offsets begin and end, and the lines in which they do; −1 before the first line."""
    first, end = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    i, j = np.searchsorted(lines.first, first, side="right") - 1, np.searchsorted(lines.first, end) - 1
    return first, end, i, j


def _tidy_blanks(draft: Draft, kinds: Kinds, lines: Lines, joins: Joins) -> None:
    """Take the blanks between Chinese characters out of running text."""
    draft.drop("stray_blank", between_characters(kinds, lines.first[joins.prose], lines.last[joins.prose]))


def _separate(draft: Draft, kinds: Kinds, lines: Lines, joins: Joins, exact: bool) -> None:
    """Leave one end of line between paragraphs, and between joined lines a blank where words need one."""
    loose = np.flatnonzero((kinds == BLANK) | (kinds == NEWLINE))
    if not len(lines):
        draft.drop("blank_line", loose)
        return
    line = np.searchsorted(lines.first, loose) - 1
    outside = (line < 0) | (loose > lines.last[line])
    joined = outside & (line >= 0) & ~joins.ends[line]
    draft.drop("wrap", loose[joined])
    draft.drop("blank_line", loose[outside & ~joined])
    newline = loose[kinds[loose] == NEWLINE]
    breaks = np.flatnonzero(joins.ends[:-1])
    draft.stay(newline[np.searchsorted(newline, lines.last[breaks])])
    blank = needs_blank(kinds, lines, joins.ends, exact)
    kept, at = kept_blank(kinds, lines, joins.ends)
    here = np.flatnonzero(blank & ~kept)
    draft.put("wrap", newline[np.searchsorted(newline, lines.last[here])], ord(" "))
    draft.put("wrap", at[kept], ord(" "))


def _spans(lines: Lines, chosen: list[int]) -> list[tuple[int, int]]:
    return [(int(lines.first[i]), int(lines.last[i]) + 1) for i in chosen]


def _heads_and_feet(source: Source, lines: Lines) -> list[int]:
    """Return the lines that the file itself marks as heads or feet of pages."""
    if not source.styles:
        return []
    return [i for i, n in enumerate(lines.number.tolist()) if source.styles[n] in ("header", "footer")]
