"""How well a title fits a text: rare pairs of characters they share, and the longest words they share.

Pairs of characters are weighted by how few paragraphs hold them (inverse document frequency, Spärck Jones 1972,
Journal of Documentation 28(1): 11–21), so that what all articles of a page speak of says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.pairs import compare, pervading
from nqpf.text.cleaning.characters import Codes, Index, Mask, codes_of

Floats = NDArray[np.float64]

Joined = tuple[Codes, Index]
"""Texts as one: their code points, an end of line after each, and where each begins, and the end."""

_NOWHERE = 0.2
"""Weight of a pair that stands in no paragraph, as a share: it says little about which one a title belongs to."""


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """What P paragraphs have in common with T titles.

    Attributes
    ----------
    first
        ``int[T + 1]`` where the pairs of characters of each title begin, and the end.
    held
        ``bool[K, P]`` which of these pairs each paragraph holds.
    weight
        ``float[K]`` weight of each pair, in sum 1 over a title, or 0 where it has none.
    cover
        ``float[T, P]`` share of the title's weight that each paragraph holds.
    shared
        ``float[T, P]`` share of its weight in the heaviest words that each paragraph has in common with it: pairs of
        characters that follow each other in the title, all of which the paragraph holds.
    """

    first: Index
    held: Mask
    weight: Floats
    cover: Floats
    shared: Floats

    @classmethod
    def of(cls, titles: Sequence[str], paragraphs: Joined, near: tuple[Index, Index] | None = None) -> Likeness:
        """Compare titles with paragraphs: all, or of each title those from one place to before another (`near`)."""
        low = np.zeros(len(titles), dtype=np.int64)
        low, high = near or (low, low + (len(paragraphs[1]) - 1))
        solid = np.fromiter(map(str.isalnum, "\n".join((*titles, ""))), dtype=np.bool_)
        return cls(*compare(*joined(titles), solid, *paragraphs, low, high, _NOWHERE))

    def pervading(self, start: Index, end: Index, chosen: Mask) -> Floats:
        """Return how much of each title each of several texts speaks of throughout, adding up to at most one.

        Each pair is shared out among the texts by the share of their paragraphs that hold it; the result is the
        weighted mean over pairs.

        Parameters
        ----------
        start, end
            ``int[B]`` place of the first paragraph of each text and after its last.
        chosen
            ``bool[T, B]`` the texts among which each title is shared out.
        """
        return pervading(self.held, self.weight, self.first, start, end, chosen)


def joined(texts: Sequence[str]) -> Joined:
    """Return texts as one."""
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts), dtype=np.int64) + 1, out=starts[1:])
    return codes_of("\n".join((*texts, ""))), starts
