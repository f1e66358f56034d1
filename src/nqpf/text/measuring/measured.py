"""A table of documents and what a dictionary finds in it: what every measure of terms stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.results import Note
from nqpf.text.measuring.batch import Spans, documents_of
from nqpf.text.measuring.dictionary import Dictionary, Terms, as_dictionary, named
from nqpf.text.measuring.matching import Plan
from nqpf.text.measuring.options import Counting, Unit, complete, stated
from nqpf.text.measuring.remarks import on_terms
from nqpf.text.measuring.tally import Counted, counted

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """D documents and the K terms of a dictionary in them.

    Attributes
    ----------
    frame, ids, texts
        The table, names and texts.
    plan
        The dictionary and the options, ready.
    spans
        Passages, None if none were given.
    found
        What was counted.
    """

    frame: pl.DataFrame
    ids: list[str]
    texts: list[str]
    plan: Plan
    spans: Spans | None
    found: Counted

    @classmethod
    def of(cls, data: Any, dictionary: Terms, id: str, text: str, how: Counting, unit: Unit = "characters") -> Measured:
        """Return what a dictionary finds.

        Raises
        ------
        DataError, SpecError
            As `nqpf.text.count`.
        """
        chosen = complete(how)
        plan = Plan.of(as_dictionary(dictionary), chosen)
        frame, ids, texts = documents_of(data, id, text)
        spans = spans_of(chosen, ids, texts)
        return cls(frame, ids, texts, plan, spans, counted(plan, texts, spans, unit))

    @property
    def words(self) -> Dictionary:
        """The dictionary."""
        return self.plan.dictionary

    @property
    def groups(self) -> list[str]:
        """Id of the group of each term."""
        return [self.words.groups[g].id for g in self.plan.group_of]

    @property
    def count(self) -> Any:
        """Occurrences ``int64[D, K]``, sparse."""
        return self.found.terms.count

    def options(self) -> dict[str, Any]:
        """Return what a method says of the dictionary and of what was counted."""
        return {**named(self.words), **stated(self.plan.how)}

    def notes(self) -> list[Note]:
        """Return remarks on the dictionary and its terms."""
        total = np.asarray(self.count.sum(axis=0))
        return [*self.words.notes, *on_terms(total, self.found.hits.inside_latin, self.plan)]


def spans_of(how: Counting, ids: list[str], texts: list[str]) -> Spans | None:
    """Return the table of passages of complete options, checked."""
    if how["spans"] is None:
        return None
    return Spans.of(how["spans"], ids, np.array([len(t) for t in texts], np.int64))
