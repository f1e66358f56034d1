"""How well a title fits a text: rare pairs of characters they share, and the longest words they share.

Pairs of characters are weighted by how few paragraphs hold them (inverse document frequency, Spärck Jones 1972,
Journal of Documentation 28(1): 11–21), so that what all articles of a page speak of says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.text.cleaning.characters import codes_of

Floats = NDArray[np.float64]
Index = NDArray[np.int64]

_HAN = 0x3400
_NOWHERE = 0.2
"""Weight of a pair that stands in no paragraph, as a share: it says little about which one a title belongs to."""


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """What some paragraphs have in common with a title.

    Attributes
    ----------
    held
        ``bool[K, P]`` which of the title's pairs of characters each paragraph holds.
    weight
        ``float[K]`` weight of each pair, in sum 1, or 0 where the title has none.
    cover
        ``float[P]`` share of the title's weight that each paragraph holds.
    shared
        ``float[P]`` share of its weight in the heaviest words that each paragraph has in common with it: pairs of
        characters that follow each other in the title, all of which the paragraph holds.
    """

    held: NDArray[np.bool_]
    weight: Floats
    cover: Floats
    shared: Floats

    @classmethod
    def of(cls, title: str, paragraphs: Sequence[str]) -> Likeness:
        """Compare a title with paragraphs."""
        places = [i for i in range(len(title) - 1) if title[i].isalnum() and title[i + 1].isalnum()]
        own = [title[i : i + 2] for i in places]
        held = np.array([[pair in text for text in paragraphs] for pair in own], dtype=np.bool_)
        held = held.reshape(len(own), len(paragraphs))
        times = held.sum(axis=1)
        weight = np.maximum(np.log((len(paragraphs) + 1) / (times + 0.5)), 0.0) * np.where(times > 0, 1.0, _NOWHERE)
        total = float(weight.sum())
        weight = weight / total if total else weight
        shared = np.zeros(len(paragraphs))
        run = np.zeros(len(paragraphs))
        for k, place in enumerate(places):
            goes_on = k > 0 and places[k - 1] == place - 1
            run = np.where(held[k], (run if goes_on else 0.0) + weight[k], 0.0)
            np.maximum(shared, run, out=shared)
        return cls(held, weight, weight @ held if len(own) else np.zeros(len(paragraphs)), shared)

    def pervading(self, first: Sequence[int] | Index, end: Sequence[int] | Index) -> Floats:
        """Return how much of the title each of several texts speaks of throughout.

        Each pair is shared out among the texts by the share of their paragraphs that hold it; the result is the
        weighted mean over pairs, so that it adds up to at most one over the texts.

        Parameters
        ----------
        first, end
            B places of the first paragraph of each text and after its last.
        """
        sums = np.concatenate([np.zeros((len(self.held), 1)), np.cumsum(self.held, axis=1)], axis=1)
        low, high = np.asarray(first, dtype=np.int64), np.asarray(end, dtype=np.int64)
        share = (sums[:, high] - sums[:, low]) / np.maximum(high - low, 1)
        total = share.sum(axis=1, keepdims=True)
        return np.asarray(self.weight @ np.divide(share, total, out=np.zeros_like(share), where=total > 0))


def profiles(paragraphs: Sequence[str]) -> Floats:
    """Return what each paragraph speaks of, as rows of unit length over the pairs of characters that two or more hold.

    Parameters
    ----------
    paragraphs
        P texts.

    Returns
    -------
    Floats
        ``float[P, K]``, each row of length one or zero.
    """
    codes = [codes_of(paragraph).astype(np.int64) for paragraph in paragraphs]
    size = np.array([max(len(code) - 1, 0) for code in codes])
    first = np.concatenate([code[:-1] for code in codes]) if codes else np.zeros(0, dtype=np.int64)
    second = np.concatenate([code[1:] for code in codes]) if codes else first
    row = np.repeat(np.arange(len(codes)), size)
    chinese = (first > _HAN) & (second > _HAN)
    pair, place = np.unique((first[chinese] << 21) | second[chinese], return_inverse=True)
    counts = np.zeros((len(codes), len(pair)))
    np.add.at(counts, (row[chinese], place), 1.0)
    held = (counts > 0).sum(axis=0)
    counts = counts[:, held > 1]
    rows = np.sqrt(counts) * np.log((len(codes) + 1) / (held[held > 1] + 0.5))
    length = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(rows, length, out=np.zeros_like(rows), where=length > 0))
