"""The check of a quotation: whether it stands in texts as it is quoted, and what was changed if it does not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import polars as pl

from nqpf.errors import MethodError, Where
from nqpf.messages import Text, say
from nqpf.results import Method, Note, Result
from nqpf.text.cleaning.search_key import key_of
from nqpf.text.copies.variants import differences
from nqpf.text.quoted.haystack import Haystack
from nqpf.text.quoted.match import ORDER, Match, Verdict, find, pieces
from nqpf.text.quoted.statements import Statements
from nqpf.text.quoted.statements import statements as read_statements

HITS: dict[str, Any] = {
    "hit": pl.Int64,
    "verdict": pl.Enum(get_args(Verdict)),
    "kind": pl.String,
    "id": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "text": pl.String,
    "score": pl.Float64,
    "changed": pl.Int64,
    "speaker": pl.String,
    "occasion": pl.String,
    "date": pl.String,
    "source": pl.String,
}
EDITS: dict[str, Any] = {
    "hit": pl.Int64,
    "op": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "quoted": pl.String,
    "source": pl.String,
    "punctuation": pl.Boolean,
}


@dataclass(frozen=True, slots=True, eq=False)
class QuoteCheck(Result):
    """What became of a quotation.

    Attributes
    ----------
    quote
        The quotation as it was given.
    verdict
        ``exact``, ``punctuation`` (other signs only), ``ellipsis`` (shortened where it says so), ``altered``,
        ``not_found``, or ``too_short`` to be judged: the best of all places.
    hits
        A row a place, the best first: hit (from 1), verdict, kind (statement or text), id, start, end, text (as it
        stands there), score (share of the quotation's characters that stand there, in their order), changed (characters
        put in, taken out or replaced, signs not counted), and of an official statement speaker, occasion, date, source.
    edits
        A row a difference: hit, op (from the quotation to the source: replace, insert, delete), start and end in the
        quotation, quoted, source, punctuation.
    places
        How many places there are; `hits` lists the best of them.
    method, notes
        How they came about, and remarks.
    """

    quote: str
    verdict: Verdict
    hits: pl.DataFrame
    edits: pl.DataFrame
    places: int
    method: Method
    notes: tuple[Note, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return the places."""
        return self.hits

    def text(self) -> Text:
        """Return the verdict in words."""
        size = len(key_of(self.quote))
        best = self.hits.row(0, named=True) if self.hits.height else {}
        words = {"count": self.places, "size": size, "id": best.get("id"), "changed": best.get("changed")}
        words["least"] = self.method.options["least"]
        match self.verdict:
            case "exact":
                return say("quote.exact", **words)
            case "punctuation":
                return say("quote.punctuation", **words)
            case "ellipsis":
                return say("quote.ellipsis", **words)
            case "altered":
                return say("quote.altered", **words)
            case "too_short":
                return say("quote.too_short", **words)
        return say("quote.not_found", **words)


def check_quote(
    quote: str,
    data: Any = None,
    *,
    id: str = "id",
    text: str = "text",
    statements: Statements | str | Path | None = None,
    least: int = 10,
    similarity: float = 0.75,
    most: int = 20,
) -> QuoteCheck:
    """Check whether a quotation stands in texts and in the official statements as it is quoted.

    Parameters
    ----------
    quote
        The quotation, with or without quotation marks; ``……`` where it is shortened.
    data
        Texts to look in: any dataframe that narwhals knows, a sequence of `Article`, or a `Haystack` made ready from
        either, which saves time where many quotations are checked. None: in the statements only.
    id, text
        Columns of names and texts.
    statements
        Official statements, or a file of your own that is taken beside the shipped ones. Default: the shipped ones.
    least
        Characters, signs not counted, below which a quotation is not judged: a few words stand in many places. Its
        exact places are listed all the same.
    similarity
        Share of the quotation's characters that must stand at a place, in their order, for it to count as altered
        rather than absent.
    most
        Most places that are listed for the statements and for the texts each.

    Returns
    -------
    QuoteCheck
        Verdict, places and differences.

    Raises
    ------
    DataError
        A column or a text is missing, or two texts have the same name.
    MethodError
        The quotation has no character but signs, `least` or `most` is below 1, `similarity` outside (0, 1].
    SpecError
        The file of statements is not as it must be.

    References
    ----------
    Sellers (1980), The theory and computation of evolutionary distances, doi:10.1016/0196-6774(80)90016-4.

    Examples
    --------
    >>> found = check_quote("要牢牢把握高质量发展这个头等任务，因地制宜发展新质生产力")
    >>> found.verdict, found.hits["id"][0], found.edits.select("quoted", "source").rows()
    ('altered', '2024-03-05-a', [('头等', '首要')])
    """
    for key, value in (("least", least), ("most", most)):
        if value < 1:
            raise MethodError("text_count", where=Where(key=key), value=value)
    if not 0 < similarity <= 1:
        raise MethodError("text_share", where=Where(key="similarity"), value=similarity)
    size = sum(len(p.key) for p in pieces(quote))
    if not size:
        raise MethodError("quote_empty", quote=quote)
    official = statements if isinstance(statements, Statements) else read_statements(statements)
    found: list[tuple[str, Match, Haystack]] = []
    notes: list[Note] = []
    places = 0
    for kind, stack in (("statement", official.stack), ("text", _stack(data, id, text))):
        if stack is None:
            continue
        here = _matches(quote, stack, similarity, short=size < least)
        places += len(here)
        if len(here) > most:
            notes.append(Note("quote_more_places", "info", {"count": len(here), "most": most}))
        found += [(kind, m, stack) for m in here[:most]]
    found.sort(key=lambda f: (ORDER.index(f[1].verdict), f[1].changed))
    best: Verdict = found[0][1].verdict if found else "not_found"
    hits = [_hit(k, kind, m, stack, official) for k, (kind, m, stack) in enumerate(found, start=1)]
    edits = [row for k, (_, m, _) in enumerate(found, start=1) for row in _edits(k, m)]
    options = {"least": least, "similarity": similarity, "most": most}
    return QuoteCheck(
        quote,
        "too_short" if size < least else best,
        pl.DataFrame(hits, schema=HITS, orient="row"),
        pl.DataFrame(edits, schema=EDITS, orient="row"),
        places,
        Method("text.check_quote", options),
        tuple(notes),
    )


def _stack(data: Any, id: str, text: str) -> Haystack | None:
    return data if data is None or isinstance(data, Haystack) else Haystack.of(data, id=id, text=text)


def _matches(quote: str, stack: Haystack, similarity: float, *, short: bool) -> list[Match]:
    found = find(quote, stack, similarity)
    return [m for m in found if m.verdict != "altered"] if short else found


def _hit(k: int, kind: str, m: Match, stack: Haystack, official: Statements) -> tuple[Any, ...]:
    text = stack.text(m.parts[0].spot.start, m.parts[-1].spot.end)
    if kind == "text":
        return (k, m.verdict, kind, m.id, m.start, m.end, text, m.score, m.changed, None, None, None, None)
    s = official.named(m.id)
    said = (s.speaker, s.occasion, s.date, "；".join(s.source))
    return (k, m.verdict, kind, s.id, m.start, m.end, text, m.score, m.changed, *said)


def _edits(k: int, m: Match) -> list[tuple[Any, ...]]:
    """Return the differences at a place; what an ellipsis leaves out is none."""
    rows = []
    for part in m.parts:
        for d in differences(part.quoted, part.source)[0]:
            rows.append((k, d.op, part.at + d.at_1[0], part.at + d.at_1[1], *d.readings, d.punctuation))
    return rows
