"""Occurrences of terms in a batch of documents: found on the string, then told apart by what surrounds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.automaton import Automaton
from nqpf.text.measuring.batch import Batch, Spans, marked
from nqpf.text.measuring.characters import LATIN
from nqpf.text.measuring.dictionary import Dictionary
from nqpf.text.measuring.negation import negation
from nqpf.text.measuring.options import Counting, SpanKind

Places = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """H occurrences that are counted.

    Attributes
    ----------
    start, end
        ``int64[H]`` places in the batch.
    form, term
        ``int64[H]`` which form of the dictionary, and which term.
    negated, quoted
        ``bool[H]``; None where it was not asked or is not known.
    inside_latin
        ``int64[F]`` by form, how many occurrences lie inside a longer Latin word.
    """

    start: Places
    end: Places
    form: Places
    term: Places
    negated: Bools | None
    quoted: Bools | None
    inside_latin: Places

    def __getitem__(self, kept: Bools) -> Self:
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        whole = {"inside_latin"} | {name for name, value in found.items() if value is None}
        return type(self)(**{name: value if name in whole else value[kept] for name, value in found.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A dictionary of K terms in F forms, ready to be looked for.

    Attributes
    ----------
    lengths
        ``int64[F]``.
    term_of, group_of
        ``int64[F]`` term of a form, ``int64[K]`` group of a term.
    inner
        ``int64[P, 2]`` pairs of forms of which the first lies inside the second.
    """

    dictionary: Dictionary
    how: Counting
    automaton: Automaton
    lengths: Places
    term_of: Places
    group_of: Places
    inner: Places

    @classmethod
    def of(cls, dictionary: Dictionary, how: Counting) -> Plan:
        """Return a plan; options complete."""
        terms = dictionary.terms
        of = [k for k, term in enumerate(terms) for _ in term.forms]
        group = [g for g, one in enumerate(dictionary.groups) for _ in one.terms]
        forms = dictionary.forms
        automaton = Automaton.of(forms)
        lengths = np.array([len(form) for form in forms], np.int64)
        return cls(dictionary, how, automaton, lengths, np.array(of), np.array(group), _inner(automaton, forms))

    @property
    def names(self) -> list[str]:
        """Names of the terms."""
        return [term.name for term in self.dictionary.terms]

    @staticmethod
    def part_of(batch: Batch, spans: Spans | None, how: Counting) -> Bools | None:
        """Return which characters belong to the part that is counted, ``bool[n]``; None: all."""
        away: list[SpanKind] = []
        if how["headings"] == "without":
            away.append("heading")
        if how["duplicates"] == "without":
            away.append("duplicate")
        if how["quoted"] == "own":
            away.append("quotation")
        kept = [~mask for kind in away if (mask := marked(batch, spans, kind)) is not None]
        quotation = marked(batch, spans, "quotation") if how["quoted"] == "quoted" else None
        if quotation is not None:
            kept.append(quotation)
        return np.logical_and.reduce(kept) if kept else None

    def hits(self, batch: Batch, spans: Spans | None, part: Bools | None) -> Hits:
        """Return what is counted; an occurrence belongs to the part in which its first character lies."""
        look = self.automaton.longest if self.how["mode"] == "longest" else self.automaton.overlapping
        end, found_forms = look(batch.codes)
        form = found_forms.astype(np.int64)
        start = end - self.lengths[form]
        inside = _inside_latin(batch, start, end)
        strangers = np.bincount(form[inside], minlength=self.lengths.size)
        quotation = marked(batch, spans, "quotation")
        quoted = None if quotation is None else quotation[start]
        negated = None if self.how["negation"] == "ignore" else negation().behind(batch, start)
        found = Hits(start, end, form, self.term_of[form], negated, quoted, strangers)
        kept = np.ones(start.size, np.bool_) if part is None else part[start]
        if self.how["latin"] == "whole":
            kept &= ~inside
        if negated is not None and self.how["negation"] == "leave_out":
            kept &= ~negated
        within = self.term_of[self.inner]
        if self.how["mode"] == "overlapping" and (within[:, 0] == within[:, 1]).any():
            kept &= _outer(found)
        return found if kept.all() else found[kept]


def _inner(automaton: Automaton, forms: Sequence[str]) -> Places:
    """Return the pairs of forms of which the first lies inside the second."""
    batch = Batch.of(forms)
    end, form = automaton.overlapping(batch.codes)
    pairs = np.unique(np.column_stack([form, batch.document(end - 1)]).astype(np.int64), axis=0)
    return np.asarray(pairs[pairs[:, 0] != pairs[:, 1]], np.int64)


def _inside_latin(batch: Batch, start: Places, end: Places) -> Bools:
    """Return which occurrences begin or end amid a Latin word."""
    latin = (batch.kinds & LATIN) != 0
    before = (start > 0) & latin[start] & latin[np.maximum(start - 1, 0)]
    last = batch.codes.size - 1
    after = (end <= last) & latin[end - 1] & latin[np.minimum(end, last)]
    found: Bools = before | after
    return found


def _outer(hits: Hits) -> Bools:
    """Return which occurrences do not lie inside a longer one of the same term, so that a place counts once."""
    order = np.lexsort((-hits.end, hits.start, hits.term))
    end, term = hits.end[order], hits.term[order]
    reach = np.maximum.accumulate(end + term * (int(end.max(initial=0)) + 1))
    before = np.concatenate([np.full(1, -1, np.int64), reach[:-1]])
    inside = end + term * (int(end.max(initial=0)) + 1) <= before
    kept = np.ones(order.size, np.bool_)
    kept[order] = ~inside
    return kept
