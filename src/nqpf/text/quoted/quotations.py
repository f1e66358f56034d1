"""Quotations of texts: direct, reported and unmarked ones with speaker, occasion and date; terms and titles apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import polars as pl

from nqpf.columns import choose
from nqpf.errors import DataError, Where
from nqpf.messages import Text
from nqpf.results import Method, Note, TableResult
from nqpf.text.cleaning.search_key import key_of
from nqpf.text.copies.table import Texts
from nqpf.text.quoted.attribution import Memory, Said
from nqpf.text.quoted.dates import base_of, precision_of
from nqpf.text.quoted.kinds import Kind
from nqpf.text.quoted.lexicon import lexicon
from nqpf.text.quoted.match import Match, find, pieces
from nqpf.text.quoted.paragraphs import LEAST, WHOLE, Found, found_in
from nqpf.text.quoted.reported import sentences
from nqpf.text.quoted.statements import Statement, Statements, iso
from nqpf.text.quoted.statements import statements as read_statements

KINDS: tuple[Kind, ...] = get_args(Kind)
SIMILARITY = 0.8
"""Share of a quotation's characters that an official statement must hold to be the one that is meant."""

SCHEMA: dict[str, Any] = {
    "article": pl.String,
    "block": pl.Int64,
    "start": pl.Int64,
    "end": pl.Int64,
    "text": pl.String,
    "kind": pl.Enum(KINDS),
    "speaker": pl.String,
    "occasion": pl.String,
    "date": pl.String,
    "precision": pl.String,
    "date_words": pl.String,
    "said_by": pl.String,
    "dated_by": pl.String,
    "verb": pl.String,
    "intro": pl.String,
    "statement": pl.String,
    "match": pl.String,
    "fault": pl.String,
    "confidence": pl.Float64,
    "reason": pl.String,
}
"""The columns of the answer."""


def quotations(
    data: Any,
    *,
    id: str = "id",
    text: str = "text",
    date: str | None = None,
    statements: Statements | str | Path | None = None,
    kinds: tuple[Kind, ...] = KINDS,
) -> TableResult:
    """Find the quotations of texts and say who is quoted, on what occasion and when.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, or a sequence of `Article`. Lines of a text are its paragraphs.
    id, text
        Columns of names and texts.
    date
        Column of the texts' dates (ISO), by which 今年 and the like are understood; articles have their own.
    statements
        Official statements, or a file of your own that is taken beside the shipped ones. Default: the shipped ones.
    kinds
        What is listed: ``direct`` words in quotation marks, ``reported`` words behind a verb of saying, ``unmarked``
        official statements without marks, ``scare`` terms, names and figures of speech in quotation marks, ``title``
        of a paper or book (《》).

    Returns
    -------
    TableResult
        A row a quotation in the order of the texts: article, block (paragraph, from 0), start and end (characters of
        the text, without marks), text, kind, speaker and occasion (in the words of the text), date (ISO, two days as
        ``from/to``), precision (day, range, month, year, unknown), date_words, said_by and dated_by (what speaker
        and date rest on: sentence, earlier, statement), verb, intro (introducing words), statement (id of the official
        one), match (exact, punctuation, ellipsis, altered), fault (unopened or unclosed marks), confidence (0–1),
        reason (a code; `reason_text` says it in words).

    Raises
    ------
    DataError
        A column or a text is missing, two texts have the same name, or a date is none.
    SpecError
        A kind is none of the words, or the file of statements is not as it must be.

    Examples
    --------
    >>> words = "2024年3月5日，张明总理在开幕会上强调：“要坚持科技创新，培育“小巨人”企业。”"
    >>> quotations({"id": ["a"], "text": [words]}).frame.select("kind", "speaker", "occasion", "date").row(0)
    ('direct', '张明总理', '开幕会', '2024-03-05')
    """
    for kind in kinds:
        choose("kinds", kind, KINDS)
    texts = Texts.of(data, id, text, date)
    official = statements if isinstance(statements, Statements) else read_statements(statements)
    rows: list[tuple[Any, ...]] = []
    faults = 0
    for row, (name, words, day) in enumerate(zip(texts.ids, texts.texts, texts.dates, strict=True), start=1):
        if day and not iso(day):
            raise DataError("text_date", where=Where(row=row), value=day)
        found = list(found_in(words, Memory(base_of(day) if day else None), official))
        faults += sum(bool(one.fault) for one in found)
        rows += [_row(name, words, one, official) for one in found if one.kind in kinds]
    notes = (Note("quote_marks_uneven", "warning", {"count": faults}),) if faults else ()
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return TableResult(frame, Method("text.quotations", {"kinds": list(kinds)}), notes, texts.backend)


def reason_text(reason: str) -> Text:
    """Return a reason of `quotations` in words.

    Examples
    --------
    >>> reason_text("title_marks").en
    'It stands between title marks.'
    """
    return Note(reason, "info").text()


def _row(name: str, text: str, found: Found, official: Statements) -> tuple[Any, ...]:
    words = text[found.start : found.end]
    match = _official(words, official) if found.kind in ("direct", "reported", "unmarked") else None
    statement = official.named(match.id) if match else None
    said, by, dated = _filled(found.said, statement)
    sure = lexicon().confidence
    confidence = sure[found.reason] * (sure["earlier"] if said.earlier else 1) * (sure["fault"] if found.fault else 1)
    block = text.count("\n", 0, found.start)
    return (
        name, block, found.start, found.end, words, found.kind, said.speaker, said.occasion, said.date, said.precision,
        said.words, by, dated, found.verb, found.intro, statement.id if statement else None,
        match.verdict if match else None, found.fault or None, round(confidence, 3), found.reason,
    )  # fmt: skip


def _official(words: str, official: Statements) -> Match | None:
    """Return the official statement that a quotation gives, gives a part of, or holds as one of its sentences."""
    if sum(len(p.key) for p in pieces(words)) < LEAST:
        return None
    whole = find(words, official.stack, SIMILARITY, 1)
    if whole:
        return whole[0]
    key = key_of(words).text
    parts = [one for one in official.sentences if len(one) >= WHOLE and one in key]
    parts += [words[a:b] for a, b in sentences(words, []) if len(key_of(words[a:b])) >= WHOLE]
    held = [m for part in parts for m in find(part, official.stack, SIMILARITY, 1)]
    return min(held, key=lambda m: (m.start - m.end, m.changed)) if held else None


def _filled(said: Said, statement: Statement | None) -> tuple[Said, str | None, str | None]:
    """Return who is quoted, completed by the official statement, and what speaker and date rest on."""
    by = None if said.speaker is None else ("earlier" if said.earlier else "sentence")
    dated = "sentence" if said.date else None
    if statement is None:
        return said, by, dated
    if said.speaker is None:
        said, by = replace(said, speaker=statement.speaker), "statement"
    if said.occasion is None and (statement.date or "").startswith(said.date or ""):
        said = replace(said, occasion=statement.occasion)
    if said.date is None and statement.date is not None:
        said, dated = replace(said, date=statement.date, precision=precision_of(statement.date)), "statement"
    return said, by, dated
