"""A row of paragraphs parted into stretches: what changes from one to the next, and the best way to part them.

Words that change between neighbouring stretches tell where a subject ends (TextTiling, Hearst 1997, Computational
Linguistics 23(1): 33–64).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled

Index = NDArray[np.int64]
Floats = NDArray[np.float64]

NEVER = -1e6
"""Worth of what cannot be."""


@compiled
def likeness_across(first: Index, word: Index, value: Floats, reach: int) -> Floats:
    """Return the cosine between what stands before and after each break: ``float64[P]``, the first 0.

    Parameters
    ----------
    first, word, value
        What P paragraphs speak of as sparse rows: ``int64[P + 1]`` where the entries of each begin, and the end;
        ``int64[E]`` number of a word and ``float64[E]`` its weight, not negative.
    reach
        Paragraphs on each side that are looked at.
    """
    size = len(first) - 1
    words = word.max() + 1 if len(word) else 0
    left, right = np.zeros(words), np.zeros(words)
    found = np.zeros(size)
    for j in range(1, size):
        low, middle, high = first[max(j - reach, 0)], first[j], first[min(j + reach, size)]
        before, after, both = 0.0, 0.0, 0.0
        for e in range(low, middle):
            before += (2.0 * left[word[e]] + value[e]) * value[e]
            left[word[e]] += value[e]
        for e in range(middle, high):
            after += (2.0 * right[word[e]] + value[e]) * value[e]
            right[word[e]] += value[e]
            both += left[word[e]] * value[e]
        left[word[low:middle]] = 0.0
        right[word[middle:high]] = 0.0
        found[j] = both / np.sqrt(before * after) if before * after > 0.0 else 0.0
    return found


@compiled
def likeness_within(first: Index, word: Index, value: Floats, owner: Index, count: int) -> Floats:
    """Return the cosine between each paragraph and the others of each owner: ``float64[count, P]``.

    Parameters
    ----------
    first, word, value
        See `likeness_across`; rows of length one or nothing.
    owner
        ``int64[P]`` owner of each paragraph; −1 for none.
    count
        Number of owners.
    """
    size = len(first) - 1
    words = word.max() + 1 if len(word) else 0
    found = np.zeros((count, size))
    for t in range(count):
        centre, whole = np.zeros(words), 0.0
        for p in range(size):
            for e in range(first[p], first[p + 1] if owner[p] == t else first[p]):
                whole += (2.0 * centre[word[e]] + value[e]) * value[e]
                centre[word[e]] += value[e]
        for p in range(size):
            product, own = 0.0, 0.0
            for e in range(first[p], first[p + 1]):
                product += centre[word[e]] * value[e]
                own += value[e] * value[e]
            own = own if owner[p] == t else 0.0
            others = whole - 2.0 * product + own if own else whole
            # rows of unit length without negative entries add up to nothing or to a length of one at least
            found[t, p] = (product - own) / np.sqrt(others) if others > 0.5 else 0.0
    return found


@compiled
def partings(lead: Floats, rest: Floats, fixed: Index) -> tuple[Floats, Index]:
    """Return the worth of the best way to part the first paragraphs among each set of owners, and how it came about.

    Parameters
    ----------
    lead
        ``float64[T, P]`` worth of a paragraph as the first of each owner's stretch.
    rest
        ``float64[T, P + 1]`` sums of what the paragraphs before each one are worth in its stretch.
    fixed
        ``int64[F + 1]`` paragraphs at which a stretch begins for sure, the first of all among them, and P. A stretch
        between two of them may be nobody's.

    Returns
    -------
    tuple
        ``float64[2**T, P + 1]`` the worth of the first p paragraphs parted among the owners of a set; ``int64[2, 2**T,
        P + 1]`` where the last stretch begins, and whose it is (−1 for nobody's).
    """
    count, size = lead.shape
    best = np.full((1 << count, size + 1), NEVER)
    best[0, 0] = 0.0
    came = np.full((2, 1 << count, size + 1), -1)
    for f in range(len(fixed) - 1):
        first, end = fixed[f], fixed[f + 1]
        for s in range(1 << count):
            if best[s, first] > best[s, end]:
                best[s, end], came[0, s, end], came[1, s, end] = best[s, first], first, -1
            for t in range(count):
                if s & (1 << t) and best[s ^ (1 << t), first:end].max() > NEVER / 2:
                    top, at = -np.inf, first
                    for p in range(first, end):
                        worth = best[s ^ (1 << t), p] + lead[t, p] - rest[t, p]
                        if worth >= top:
                            top, at = worth, p
                        if top + rest[t, p + 1] > best[s, p + 1]:
                            best[s, p + 1] = top + rest[t, p + 1]
                            came[0, s, p + 1], came[1, s, p + 1] = at, t
    return best, came
