"""First mentions: which document of each unit was the first to hold a term, and what is known before and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import SpecError, Where, hint, listing
from nqpf.frames import require, to_polars
from nqpf.text.measuring.dates import Dated, dates_of, one_date
from nqpf.text.measuring.measured import Measured
from nqpf.text.measuring.options import Counting

Bools = NDArray[np.bool_]
Of = Literal["terms", "groups", "any"]
Status = Literal["adopted", "at_start", "not_yet"]


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """D dated documents and which of K things they hold.

    Attributes
    ----------
    ids, dates
        Names and dates.
    names
        What the things are.
    held
        ``bool[D, K]``.
    """

    ids: Sequence[str]
    dates: Sequence[Dated]
    names: Sequence[str]
    held: Bools

    @classmethod
    def of(cls, seen: Measured, dates: Sequence[Dated], of: Of) -> Corpus:
        """Return documents with terms, groups, or whether they hold anything."""
        found = seen.found
        if of == "terms":
            return cls(seen.ids, dates, seen.plan.names, found.terms.count.toarray() > 0)
        if of == "groups":
            return cls(seen.ids, dates, [g.id for g in seen.words.groups], found.groups.count.toarray() > 0)
        return cls(seen.ids, dates, [seen.words.name], found.total.count.toarray() > 0)

    def ordered(self, documents: Sequence[int]) -> list[int]:
        """Return documents by date; those of one day by name."""
        return sorted(documents, key=lambda d: (self.dates[d].day, self.ids[d]))

    def first(self, documents: Sequence[int], k: int) -> int | None:
        """Return the first of ordered documents that holds a thing."""
        return next((d for d in documents if self.held[d, k]), None)


@dataclass(frozen=True, slots=True)
class Centre:
    """The first central statement of a thing: its date, and the document if it is one of the table."""

    date: Dated | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """What is known of a unit and a thing.

    Attributes
    ----------
    thing
        Which of K.
    unit
        Its labels.
    documents
        Its documents, ordered.
    first
        The first with the thing, None if there is none.
    status
        See `nqpf.text.measuring.diffusion.Diffusion`.
    """

    thing: int
    unit: tuple[Any, ...]
    documents: tuple[int, ...]
    first: int | None
    status: Status


def mentions(corpus: Corpus, labels: pl.DataFrame, documents: Sequence[int]) -> list[Mention]:
    """Return a mention a thing and unit, ordered by both.

    Parameters
    ----------
    labels
        Table with a row a document of `documents`, which says its unit.
    """
    by_unit: dict[tuple[Any, ...], list[int]] = {}
    for d, unit in zip(documents, labels.iter_rows(), strict=True):
        by_unit.setdefault(unit, []).append(d)
    units = {unit: tuple(corpus.ordered(by_unit[unit])) for unit in sorted(by_unit)}
    found = []
    for k in range(len(corpus.names)):
        for unit, own in units.items():
            first = corpus.first(own, k)
            status: Status = "not_yet" if first is None else "at_start" if first == own[0] else "adopted"
            found.append(Mention(k, unit, own, first, status))
    return found


def centre_of(given: Any, seen: Measured, corpus: Corpus, of: Of) -> tuple[Bools, list[Centre]]:
    """Return which documents are the centre's, and its first statement of each thing.

    Raises
    ------
    SpecError
        It is no date, names no document, or things that there are not.
    """
    nobody = np.zeros(len(corpus.ids), np.bool_)
    if given is None:
        return nobody, [Centre()] * len(corpus.names)
    if hasattr(given, "columns"):
        return nobody, _stated(given, seen, of)
    if not isinstance(given, Mapping):
        return nobody, [Centre(one_date("centre", given))] * len(corpus.names)
    if "text" in given and "date" in given:
        return nobody, _stated(given, seen, of)
    if len(given) == 1 and next(iter(given)) in seen.frame.columns:
        return _among(next(iter(given.items())), seen, corpus)
    for stray in (name for name in given if name not in corpus.names):
        options, near = listing(corpus.names), hint(str(stray), corpus.names)
        raise SpecError("bad_choice", where=Where(key="centre"), value=stray, options=options, hint=near)
    return nobody, [Centre(one_date("centre", given[n])) if n in given else Centre() for n in corpus.names]


def _among(given: tuple[str, Any], seen: Measured, corpus: Corpus) -> tuple[Bools, list[Centre]]:
    """Return the centre among the documents: those with a value in a column."""
    column, value = given
    central = (seen.frame[column] == value).fill_null(False).to_numpy()
    if not central.any() or central.all():
        raise SpecError(
            "measure_centre", where=Where(key="centre"), column=column, value=value, count=int(central.sum())
        )
    own = corpus.ordered([int(d) for d in np.flatnonzero(central)])
    firsts = [corpus.first(own, k) for k in range(len(corpus.names))]
    return central, [Centre() if d is None else Centre(corpus.dates[d], corpus.ids[d]) for d in firsts]


def _stated(table: Any, seen: Measured, of: Of) -> list[Centre]:
    """Return the first of the dated statements that holds each thing; of dates from–to, the first."""
    frame = to_polars(table)
    require(frame, "text", "date")
    known = frame.drop_nulls(["text", "date"]).with_columns(
        date=pl.col("date").cast(pl.String).str.split("/").list.first()
    )
    names = known["id"] if "id" in known.columns else pl.Series([str(k + 1) for k in range(known.height)])
    known = known.select("text", "date", id=names)
    how: Counting = {"mode": seen.plan.how["mode"], "latin": seen.plan.how["latin"]}
    said = Measured.of(known, seen.words, "id", "text", how, "articles")
    corpus = Corpus.of(said, dates_of(known, "date", said.ids), of)
    order = corpus.ordered(range(len(corpus.ids)))
    firsts = [corpus.first(order, k) for k in range(len(corpus.names))]
    return [Centre() if d is None else Centre(corpus.dates[d], corpus.ids[d]) for d in firsts]


def lag(first: Dated, centre: Dated | None) -> int | None:
    """Return days behind the centre, None where one of both is not known to the day."""
    if centre is None or first.precision != "day" or centre.precision != "day":
        return None
    return (first.day - centre.day).days
