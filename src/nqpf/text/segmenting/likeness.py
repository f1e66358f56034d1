"""How well a title fits a text: rare pairs of characters they share, and the longest words they share.

Pairs of characters are weighted by how few paragraphs hold them (inverse document frequency, Spärck Jones 1972,
Journal of Documentation 28(1): 11–21), so that what all articles of a page speak of says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

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
        ``float[P]`` share of its weight in the longest words that each paragraph has in common with it.
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
        shared = [_longest(title, places, column, weight, text) for column, text in zip(held.T, paragraphs, strict=True)]
        return cls(held, weight, weight @ held if len(own) else np.zeros(len(paragraphs)), np.array(shared))

    def pervading(self, first: Sequence[int], end: Sequence[int]) -> Floats:
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


def _longest(title: str, places: list[int], held: NDArray[np.bool_], weight: Floats, text: str) -> float:
    """Return the weight of the heaviest words of a title that a text holds."""
    best, run = 0.0, 0.0
    first = -1
    here = held.tolist()
    weights = weight.tolist()
    for k, i in enumerate(places):
        follows = k > 0 and places[k - 1] == i - 1
        if not here[k]:
            first = -1
        elif first < 0 or not follows or title[first : i + 2] not in text:
            first, run = i, weights[k]
        else:
            run += weights[k]
        if here[k]:
            best = max(best, run)
    return min(best, 1.0)


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
    counts: list[dict[str, int]] = []
    held: dict[str, int] = {}
    for paragraph in paragraphs:
        own: dict[str, int] = {}
        for a, b in zip(paragraph, paragraph[1:], strict=False):
            if a > "\u3400" and b > "\u3400":
                own[a + b] = own.get(a + b, 0) + 1
        counts.append(own)
        for pair in own:
            held[pair] = held.get(pair, 0) + 1
    place = {pair: k for k, pair in enumerate(pair for pair, times in held.items() if times > 1)}
    rows = np.zeros((len(paragraphs), len(place)))
    for i, own in enumerate(counts):
        for pair, times in own.items():
            if pair in place:
                rows[i, place[pair]] = math.sqrt(times) * math.log((len(paragraphs) + 1) / (held[pair] + 0.5))
    length = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
