"""The apparatus of two versions of a text: every place where they read differently, with both readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from nqpf.results import Method, Note, TableResult
from nqpf.text.cleaning.characters import codes_of
from nqpf.text.cleaning.search_key import key_of

BREAKS = "。！？；：，、\n"
"""Signs after which a stretch that was put in or taken out begins, where there is a choice."""
SCHEMA = {
    "op": pl.String,
    "start_1": pl.Int64,
    "end_1": pl.Int64,
    "start_2": pl.Int64,
    "end_2": pl.Int64,
    "reading_1": pl.String,
    "reading_2": pl.String,
    "punctuation": pl.Boolean,
    "before": pl.String,
    "after": pl.String,
}


def variants(a: str, b: str, *, context: int = 8) -> TableResult:
    """List where two versions of a text differ.

    Parameters
    ----------
    a, b
        The versions, character by character as they stand.
    context
        Characters of the first version that are shown before and after a difference.

    Returns
    -------
    TableResult
        A row a difference, in the order of the text: op (replace, insert, delete; from `a` to `b`), start_1, end_1,
        start_2, end_2, reading_1, reading_2, punctuation (the readings differ in signs, blanks, width, case or script
        only), before, after. The number of characters that change is the least possible between the places where both
        versions have the same unique run of characters.

    References
    ----------
    Wagner and Fischer (1974), The string-to-string correction problem, doi:10.1145/321796.321811.

    Examples
    --------
    >>> found = variants("重要载体，是主导产业", "重要承载体是主导产业")
    >>> found.frame.select("op", "reading_1", "reading_2", "punctuation").rows()
    [('insert', '', '承', False), ('delete', '，', '', True)]
    """
    found, coarse = differences(a, b)
    rows = [
        (d.op, *d.at_1, *d.at_2, *d.readings, d.punctuation, a[max(0, d.at_1[0] - context) : d.at_1[0]],
         a[d.at_1[1] : d.at_1[1] + context])
        for d in found
    ]  # fmt: skip
    notes = (Note("text_variants_coarse", "warning"),) if coarse else ()
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return TableResult(frame, Method("text.variants", {"context": context}), notes)


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two versions differ: what is done to the first, where in each, and both readings."""

    op: Literal["replace", "insert", "delete"]
    at_1: tuple[int, int]
    at_2: tuple[int, int]
    readings: tuple[str, str]
    punctuation: bool


def differences(a: str, b: str) -> tuple[list[Difference], bool]:
    """Return where two versions differ, and whether some stretch was too long to be compared."""
    if a == b:
        return [], False
    from nqpf.numerics.edits import align

    found = align(codes_of(a), codes_of(b))
    edits = found.edits.tolist()
    rows = []
    for (p, q, r, s), (following, *_) in zip(edits, [*edits[1:], [len(a)]], strict=True):
        on = _slide(b, r, s, following - q) if p == q else (_slide(a, p, q, following - q) if r == s else 0)
        p, q, r, s = p + on, q + on, r + on, s + on
        one, two = a[p:q], b[r:s]
        op: Literal["replace", "insert", "delete"] = "replace" if one and two else ("delete" if one else "insert")
        rows.append(Difference(op, (p, q), (r, s), (one, two), key_of(one).text == key_of(two).text))
    return rows, found.coarse


def _slide(text: str, start: int, end: int, room: int) -> int:
    """Return how far to the right a stretch that is put in or taken out begins after a sign, changing no reading.

    abc|abc, the second abc taken out, is the same as the first taken out; which of them is a choice.
    """
    for on in range(room + 1):
        if start + on and text[start + on - 1] in BREAKS:
            return on
        if text[start + on : start + on + 1] != text[end + on : end + on + 1]:
            return 0
    return 0
