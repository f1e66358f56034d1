"""Counts of dictionary terms: on the string, with their denominator, negation, quotations and places.

Aho and Corasick (1975), doi:10.1145/360825.360855; shares of words in official reports as a measure of attention: Chen
and Chen (2018), Economic Research Journal 53(2), ISSN 0577-9154.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import narwhals as nw
import polars as pl

from nqpf.columns import choose
from nqpf.frames import as_backend, backend_of
from nqpf.results import Method, Note, Result
from nqpf.text.measuring.dictionary import Dictionary, Terms
from nqpf.text.measuring.measured import Measured
from nqpf.text.measuring.options import Counting, Latin, Mode, Negation, Part, Unit, With
from nqpf.text.measuring.remarks import remarks
from nqpf.text.measuring.rows import Rows
from nqpf.text.measuring.tables import places_of, sizes_of, table_of


@dataclass(frozen=True, slots=True, eq=False)
class CountResult(Result):
    """Counts of terms.

    Attributes
    ----------
    terms
        A row a document (or value of `by`) and term: term, group, count, negated and quoted (how many of them; null
        where not asked or not known), units (how many sentences, paragraphs or articles hold it; null for characters
        and letters), size (the denominator), rate (per thousand characters or letters, else the share of units; null
        where there is nothing to be counted).
    groups, total
        The same by group, and of all terms together. A place where terms of one group overlap counts once a term.
    documents
        Size of each document in the part that is counted: id, characters (without blanks), letters (also without
        punctuation), sentences, paragraphs.
    positions
        A row an occurrence: id, start, end, term, group, form, sentence (its number in the document), passage (its
        words), negated, quoted; None unless asked for.
    dictionary
        What was counted.
    method, notes, backend
        How they came about, remarks, library of the table that was given.
    """

    terms: pl.DataFrame
    groups: pl.DataFrame
    total: pl.DataFrame
    documents: pl.DataFrame
    positions: pl.DataFrame | None
    dictionary: Dictionary
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `terms` as the kind of dataframe that was given."""
        return as_backend(self.terms, self.backend)


def count(
    data: Any,
    dictionary: Terms,
    *,
    id: str = "id",
    text: str = "text",
    by: str | Sequence[str] | None = None,
    unit: Unit = "characters",
    mode: Mode = "overlapping",
    quoted: Part = "all",
    headings: With = "with",
    duplicates: With = "with",
    latin: Latin = "substring",
    negation: Negation = "mark",
    spans: Any = None,
    zeros: bool = True,
    positions: bool = False,
) -> CountResult:
    """Count the terms of a dictionary in documents, on the string.

    Parameters
    ----------
    data
        Table of documents, a row each.
    dictionary
        A `Dictionary`, terms (by group), or what `Dictionary.load` reads.
    id, text
        Columns: name of a document, its clean text.
    by
        Columns (region, year …) whose documents are added up; an empty list: all documents. Default: each document.
    unit
        Denominator: ``characters`` (all but blanks) and ``letters`` (also without punctuation): occurrences per
        thousand; ``sentences``, ``paragraphs`` (lines), ``articles``: share of those that hold the term. All are of the
        part that is counted.
    mode
        ``overlapping``: every occurrence of every term, as a search for each alone would find it; forms of one term
        that lie inside each other count once. ``longest``: from the left, the longest term at each place, none inside
        another.
    quoted
        ``all`` words; ``own``: those outside quotations; ``quoted``: those inside. An occurrence belongs where its
        first character lies, so that own and quoted add up to all.
    headings, duplicates
        ``with`` or ``without``.
    latin
        ``substring``: terms are found inside longer Latin words too; ``whole``: not where a Latin letter or digit
        stands beside a Latin letter or digit at their beginning or end.
    negation
        ``mark`` occurrences before which a word of the shipped list (不是, 防止 …) stands in the same clause, with no
        turn (而是, 但 …) between; ``leave_out``: mark them and do not count them; ``ignore``.
    spans
        Table of passages, which `quoted`, `headings` and `duplicates` go by: id, start, end (places in the text, from
        0, end exclusive), kind (``quotation``, ``duplicate``, ``heading``).
    zeros
        Also give rows for terms that are not found.
    positions
        Also give the place of every occurrence.

    Returns
    -------
    CountResult

    Raises
    ------
    DataError
        A column is absent or holds no text, a document has no name or text, two have the same name, a row has no value
        of `by`, a passage lies outside its document.
    SpecError
        A dictionary that cannot be counted; no such word of an option; a part without `spans`.

    References
    ----------
    Aho and Corasick (1975), doi:10.1145/360825.360855.

    Examples
    --------
    >>> pages = {"id": ["a"], "text": ["培育战略性新兴产业，不是放弃传统产业。"]}
    >>> found = count(pages, ["新兴产业", "战略性新兴产业", "传统产业"])
    >>> found.terms.select("term", "count", "negated").rows()
    [('新兴产业', 1, 0), ('战略性新兴产业', 1, 0), ('传统产业', 1, 1)]
    >>> count(pages, ["新兴产业", "战略性新兴产业"], mode="longest").terms["count"].to_list()
    [0, 1]
    """
    choose("unit", unit, get_args(Unit))
    how: Counting = {
        "mode": mode, "quoted": quoted, "headings": headings, "duplicates": duplicates, "latin": latin,
        "negation": negation, "spans": spans,
    }  # fmt: skip
    seen = Measured.of(data, dictionary, id, text, how, unit)
    found, plan, words, ids = seen.found, seen.plan, seen.words, seen.ids
    rows = Rows.of(seen.frame, ids, id, by)
    size = rows.added(found.sizes.column(unit))
    terms = {"term": plan.names, "group": seen.groups}
    groups = {"group": [group.id for group in words.groups]}
    return CountResult(
        table_of(rows, found.terms, terms, size, zeros),
        table_of(rows, found.groups, groups, size, zeros),
        table_of(rows, found.total, {}, size, True),
        sizes_of(ids, found.sizes, id),
        places_of(found, plan, ids, seen.texts, id) if positions else None,
        words,
        Method("text.count", {**seen.options(), "unit": unit}),
        remarks(found, plan, ids, rows, size, unit, seen.spans),
        backend_of(data),
    )
