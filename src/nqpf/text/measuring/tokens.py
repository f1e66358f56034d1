"""Words of an open vocabulary: jieba's segmentation by rjieba, with the terms of a dictionary as words of their own.

Terms are better counted on the string (`nqpf.text.count`); tokens are for words that no dictionary names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import SpecError
from nqpf.text.measuring.batch import Batch, Spans
from nqpf.text.measuring.dictionary import Dictionary
from nqpf.text.measuring.matching import Plan
from nqpf.text.measuring.options import Counting

FREQUENCY = 1_000_000
"""Given to the terms of the dictionary, so that the segmentation prefers them."""


def tokens_of(texts: Sequence[str], words: Dictionary | None, least: int, stop: Sequence[str]) -> list[list[str]]:
    """Return the words of each text: those with a letter, of at least `least` characters, not among `stop`.

    Raises
    ------
    SpecError
        rjieba is not installed.
    """
    cutter = _rjieba().Jieba()
    for form in words.forms if words else ():
        cutter.add_word(form, FREQUENCY, "n")
    left_out = frozenset(stop)

    def kept(token: str) -> bool:
        return len(token) >= least and token not in left_out and any(c.isalpha() for c in token)

    return [[token for token in cutter.cut(text) if kept(token)] for text in texts]


def part_of(texts: Sequence[str], spans: Spans | None, how: Counting) -> list[str]:
    """Return texts with a line's end in place of every character outside the part that is counted."""
    batch = Batch.of(texts)
    part = Plan.part_of(batch, spans, how)
    if part is None:
        return list(texts)
    codes: NDArray[np.uint32] = np.where(part, batch.codes, np.uint32(ord("\n"))).astype(np.uint32)
    whole = codes.tobytes().decode("utf-32-le", "surrogatepass")
    return [whole[a : a + n] for a, n in zip(batch.starts, batch.lengths, strict=True)]


def _rjieba() -> Any:
    try:
        import rjieba  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ModuleNotFoundError:
        raise SpecError("measure_needs_rjieba", package="rjieba", extra="text") from None
    return rjieba
