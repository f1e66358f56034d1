"""A row of paragraphs parted into stretches: what changes from one to the next, and the best way to part them.

Words that change between neighbouring stretches tell where a subject ends (TextTiling, Hearst 1997, Computational
Linguistics 23(1): 33–64).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled
from nqpf.numerics.pairs import profiles

Codes = NDArray[np.uint32]
Index = NDArray[np.int64]
Floats = NDArray[np.float64]

NEVER = -1e6
"""Worth of what cannot be."""
_SAME = 1e-9
"""Likeness that differs by no more is the same but for rounding."""


class Weights(NamedTuple):
    """What counts how much.

    Attributes
    ----------
    lead, follows
        How well the first paragraph of a stretch, and the one after it, fits the owner.
    rest
        How much better than others each paragraph fits its owner.
    turn, reach
        How much the words change before the first paragraph, and among how many paragraphs on each side.
    like, rounds
        How like the paragraphs of a stretch are to each other, and how often that is weighed again.
    least
        What each owner beyond those that are wanted must bring.
    script
        Characters up to this code point say nothing of what a paragraph speaks of.
    """

    lead: float
    follows: float
    rest: float
    turn: float
    reach: int
    like: float
    rounds: int
    least: float
    script: int


@compiled
def likeness_across(first: Index, word: Index, value: Floats, reach: int) -> Floats:
    """Return the cosine between what stands before and after each break: ``float64[P]``, the first 0.

    Parameters
    ----------
    first, word, value
        What P paragraphs speak of as sparse rows: ``int64[P + 1]`` where the entries of each begin, and the end;
        ``int64[E]`` number of a word and ``float64[E]`` its weight, not negative; rows of length one or nothing.
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
        See `likeness_across`.
    owner
        ``int64[P]`` owner of each paragraph; −1 for none.
    count
        Number of owners.
    """
    size = len(first) - 1
    words = word.max() + 1 if len(word) else 0
    found = np.zeros((count, size))
    centre, whole = np.zeros((words, count)), np.zeros(count)
    for p in range(size):
        t = owner[p]
        for e in range(first[p], first[p + 1] if t >= 0 else first[p]):
            whole[t] += (2.0 * centre[word[e], t] + value[e]) * value[e]
            centre[word[e], t] += value[e]
    product = np.zeros(count)
    for p in range(size):
        product[:] = 0.0
        length = 0.0
        for e in range(first[p], first[p + 1]):
            length += value[e] * value[e]
            for t in range(count):
                product[t] += centre[word[e], t] * value[e]
        for t in range(count):
            own = length if owner[p] == t else 0.0
            others = whole[t] - 2.0 * product[t] + own if own else whole[t]
            found[t, p] = (product[t] - own) / np.sqrt(others) if others > 0.5 else 0.0
    return found


@compiled
def turns(across: Floats) -> Floats:
    """Return how much less than usual paragraphs before and after each break are alike, −1 to 1: ``float64[P]``."""
    found = np.zeros(len(across))
    if len(across) < 3:
        return found
    mean, spread = across[1:].mean(), across[1:].std()
    if spread > _SAME:
        for p in range(1, len(across)):
            found[p] = min(max((mean - across[p]) / spread, -2.0), 2.0) / 2.0
    return found


@compiled
def best_parting(
    cover: Floats,
    shared: Floats,
    text: tuple[Codes, Index],
    before: Floats,
    fixed: Index,
    wanted: int,
    by: Weights,
) -> Index:
    """Return where the stretches of the best parting begin and whose each is (−1: nobody's): ``int64[2, S]``.

    Parameters
    ----------
    cover, shared
        ``float64[T, P]`` how well each paragraph fits each owner, by pairs of characters and by runs of them.
    text
        The paragraphs as code points, and where each begins, and the end; see `pairs.profiles`.
    before
        ``float64[P]`` what else speaks for a stretch that begins with each paragraph.
    fixed
        ``int64[F + 1]`` paragraphs at which a stretch begins for sure, the first of all among them, and P. A stretch
        between two of them may be nobody's. No owner has two stretches.
    wanted
        Owners that have a stretch at least, if there are so many.
    by
        What counts how much.
    """
    count, size = cover.shape
    rows = profiles(*text, by.script)
    turn = turns(likeness_across(*rows, by.reach))
    lead, own = np.empty((count, size)), np.empty((count, size))
    for t in range(count):
        mean = cover[t].mean()
        for p in range(size):
            follows = cover[t, p + 1] if p + 1 < size else 0.0
            lead[t, p] = by.lead * (cover[t, p] + shared[t, p] + by.follows * follows) + by.turn * turn[p] + before[p]
            own[t, p] = by.rest * (cover[t, p] - mean)
    found = _parting(lead, own, fixed, wanted, by.least)
    for _ in range(by.rounds):
        again = _parting(lead, own + by.like * _alike(rows, found, count, size), fixed, wanted, by.least)
        if np.array_equal(again, found):
            break
        found = again
    return found


@compiled
def _alike(rows: tuple[Index, Index, Floats], found: Index, count: int, size: int) -> Floats:
    """Return how much more each paragraph is like the stretch of each owner than like the others, itself apart."""
    owner, used = np.full(size, -1), 0
    for i in range(found.shape[1]):
        owner[found[0, i] : found[0, i + 1] if i + 1 < found.shape[1] else size] = found[1, i]
        used += found[1, i] >= 0
    like = likeness_within(*rows, owner, count)
    for p in range(size):
        mean = 0.0
        for t in np.sort(found[1]):
            mean += like[t, p] / used if t >= 0 else 0.0
        for t in range(count):
            like[t, p] = like[t, p] - mean if (found[1] == t).any() else 0.0
    return like


@compiled
def _parting(lead: Floats, own: Floats, fixed: Index, wanted: int, least: float) -> Index:
    """Return the best parting where the worth of each paragraph is known; see `best_parting`."""
    best, came = _partings(lead, own, fixed)
    count, size = lead.shape
    worth = np.full(len(best), 2.0 * NEVER)
    used = np.zeros(len(best), np.int64)
    for s in range(len(best)):
        used[s] = used[s >> 1] + (s & 1)
        if best[s, size] > NEVER / 2:
            beyond, missing = max(used[s] - max(wanted, 1), 0), max(min(wanted, count) - used[s], 0)
            worth[s] = best[s, size] - least * beyond - 1e3 * missing
    found = np.empty((2, size), np.int64)
    s, here, stretches = int(np.argmax(worth)), size, 0
    while here > 0:
        t, here = came[1, s, here], came[0, s, here]
        found[0, stretches], found[1, stretches] = here, t
        stretches += 1
        s = s & ~(1 << t) if t >= 0 else s
    return found[:, :stretches][:, ::-1].copy()


@compiled
def _partings(lead: Floats, own: Floats, fixed: Index) -> tuple[Floats, Index]:
    """Return the worth of the best way to part the first paragraphs among each set of owners, and how it came about.

    Returns
    -------
    tuple
        ``float64[2**T, P + 1]`` the worth of the first p paragraphs parted among the owners of a set; ``int64[2, 2**T,
        P + 1]`` where the last stretch begins, and whose it is.
    """
    count, size = lead.shape
    rest = np.zeros((count, size + 1))
    for t in range(count):
        for p in range(size):
            rest[t, p + 1] = rest[t, p] + own[t, p]
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
