"""The ledger of a cleaned text: what was changed, where, by which rule."""

from __future__ import annotations

from typing import get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.text.cleaning.characters import Codes, Index, Kinds, Mask, text_of
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
        self.raw = codes
        self.codes = codes.copy()
        self.keep: Mask = np.ones(len(codes), dtype=np.bool_)
        self.rule: Kinds = np.zeros(len(codes), dtype=np.uint8)

    def drop(self, rule: EditRule, where: Mask | Index) -> None:
        """Take characters out."""
        at = np.flatnonzero(where) if where.dtype == np.bool_ else where.astype(np.int64)
        at = at[self.keep[at]]
        self.keep[at] = False
        self._name(rule, at)

    def drop_spans(self, rule: EditRule, spans: list[tuple[int, int]]) -> None:
        """Take spans of offsets (first, end) out."""
        for first, end in spans:
            self.drop(rule, np.arange(first, end))

    def put(self, rule: EditRule, at: Index, codes: Codes | int) -> None:
        """Put other characters in the place of those `at`, and keep them."""
        self.codes[at] = codes
        self.keep[at] = True
        self._name(rule, at)

    def stay(self, at: Index) -> None:
        """Keep characters that a rule has taken out."""
        self.keep[at] = True
        self.rule[at] = 0

    def text(self) -> tuple[str, Index]:
        """Return the clean text and the raw offset of each of its characters."""
        return text_of(self.codes[self.keep]), np.flatnonzero(self.keep).astype(np.int64)

    def edits(self, text: str, starts: Index) -> pl.DataFrame:
        """Return the ledger: a row for every stretch of the raw `text` that one rule changed."""
        changed = ~self.keep | (self.codes != self.raw)
        if not changed.any():
            return pl.DataFrame(schema=SCHEMA)
        padded = np.concatenate([[False], changed, [False]])
        parts = padded[1:] != padded[:-1]
        parts[1:-1] |= (self.rule[1:] != self.rule[:-1]) & changed[1:]
        edges = np.flatnonzero(parts)
        first, end = edges[:-1], edges[1:]
        real = changed[first]
        first, end = _runs(first[real], end[real], self.rule, RULES.index("letter_spacing") + 1)
        return self._rows(text, starts, first, end)

    def _rows(self, text: str, starts: Index, first: Index, end: Index) -> pl.DataFrame:
        clean, origin = self.text()
        low, high = np.searchsorted(origin, first), np.searchsorted(origin, end)
        line = np.searchsorted(starts, first, side="right") - 1
        names = np.array(["", *RULES])[self.rule[first]]
        return pl.DataFrame(
            {
                "rule": names,
                "start": first,
                "end": end,
                "line": line + 1,
                "column": first - starts[line] + 1,
                "before": [text[a:b] for a, b in zip(first.tolist(), end.tolist(), strict=True)],
                "after": [clean[a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True)],
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
