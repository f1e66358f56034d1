"""The ledger of a cleaned text: what was changed, where, by which rule."""

from __future__ import annotations

from typing import get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.text.cleaning.characters import Codes, Index, Kinds, Mask, inside, text_of, texts_of
from nqpf.text.source import EditRule

RULES: tuple[EditRule, ...] = get_args(EditRule)
SCHEMA = {
    "rule": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "line": pl.Int64,
    "column": pl.Int64,
    "before": pl.String,
    "after": pl.String,
}


class Draft:
    """A text while it is being cleaned: which characters stay, which are changed, and the rule that said so.

    The first rule that touches a character is the one that the ledger names.
    """

    def __init__(self, codes: Codes) -> None:
        self.codes = codes
        self.keep: Mask = np.ones(len(codes), dtype=np.bool_)
        self.rule: Kinds = np.zeros(len(codes), dtype=np.uint8)
        self._other: list[Index] = []

    def drop(self, rule: EditRule, where: Mask | Index) -> None:
        """Take characters out."""
        at = np.flatnonzero(where) if where.dtype == np.bool_ else where.astype(np.int64)
        at = at[self.keep[at]]
        self.keep[at] = False
        self._name(rule, at)

    def drop_spans(self, rule: EditRule, spans: list[tuple[int, int]]) -> None:
        """Take spans of offsets (first, end) out."""
        first, end = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        self.drop(rule, inside(first, end))

    def put(self, rule: EditRule, at: Index, codes: Codes | int) -> None:
        """Put other characters in the place of those `at`, and keep them."""
        self._other.append(at[self.codes[at] != codes])
        self.codes[at] = codes
        self.keep[at] = True
        self._name(rule, at)

    def stay(self, at: Index) -> None:
        """Keep characters that a rule has taken out."""
        self.keep[at] = True
        self.rule[at] = 0

    def text(self) -> str:
        """Return the clean text."""
        return text_of(self.codes, self.keep)

    def edits(self, text: str, starts: Index) -> pl.DataFrame:
        """Return the ledger: a row for every stretch of the raw `text` that one rule changed."""
        changed = ~self.keep
        for other in self._other:
            changed[other] = True
        at = np.flatnonzero(changed)
        rule = self.rule[at]
        begins = np.ones(len(at), dtype=np.bool_)
        begins[1:] = (np.diff(at) != 1) | (rule[1:] != rule[:-1])
        stretch = np.flatnonzero(begins)
        first, end = at[stretch], at[np.append(stretch[1:], len(at))[: len(stretch)] - 1] + 1
        first, end = _runs(first, end, self.rule, RULES.index("letter_spacing") + 1)
        return self._rows(text, starts, first, end)

    def _rows(self, text: str, starts: Index, first: Index, end: Index) -> pl.DataFrame:
        line = np.searchsorted(starts, first, side="right") - 1
        return pl.DataFrame(
            {
                "rule": pl.Series(["", *RULES]).gather(self.rule[first]),
                "start": first,
                "end": end,
                "line": line + 1,
                "column": first - starts[line] + 1,
                "before": [text[a:b] for a, b in zip(first.tolist(), end.tolist(), strict=True)],
                "after": texts_of(self.codes, self.keep, first, end),
            },
            schema=SCHEMA,
        )

    def _name(self, rule: EditRule, at: Index) -> None:
        code = RULES.index(rule) + 1
        at = at[self.rule[at] == 0]
        self.rule[at] = code


def _runs(first: Index, end: Index, rule: Kinds, spacing: int) -> tuple[Index, Index]:
    """Return the stretches, those of one letter-spaced word as one."""
    if not len(first):
        return first, end
    is_spacing: NDArray[np.bool_] = rule[first] == spacing
    linked = np.append(False, is_spacing[1:] & is_spacing[:-1] & (first[1:] == end[:-1] + 1))
    begins = np.flatnonzero(~linked)
    return first[begins], end[np.append(begins[1:] - 1, len(end) - 1)]
