"""Bodies that hold several articles with nothing between them: parted where the titles of the page begin to fit.

All ways to part a text among its titles are weighed at once (dynamic programming over paragraphs and sets of titles):
the first paragraph of an article should speak of its title, the others more of it than of other titles, and the words
before a boundary should differ from those after it (as in TextTiling, Hearst 1997, Computational Linguistics 23(1):
33–64).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.text.segmenting.likeness import Likeness, profiles

Floats = NDArray[np.float64]

_LEAD, _REST, _TURN, _MOST = 1.5, 0.75, 0.8, 8
_NEVER = -1e6
_LEAST, _LEAST_OF_SEVERAL, _SEVERAL = 1.5, 0.6, 3
"""What a split must bring, beyond what an article without a split would; less where several titles are listed."""
_LIKE, _ROUNDS = 1.5, 2
"""How much it counts that paragraphs of an article are alike, and how often that is weighed again."""


@dataclass(frozen=True, slots=True)
class Split:
    """Where articles begin (places of paragraphs) and which title fits each (its place, −1 for none)."""

    starts: tuple[int, ...]
    titles: tuple[int, ...]


def split(
    titles: Sequence[str], paragraphs: Sequence[str], may_start: Floats, fixed: Sequence[int], wanted: int
) -> Split:
    """Part paragraphs among titles.

    Parameters
    ----------
    titles
        The titles, T of them; at most eight are weighed at once.
    paragraphs
        P paragraphs in the order of the page.
    may_start
        ``float[P]`` what speaks for (positive) or against (negative) an article beginning at each paragraph.
    fixed
        Paragraphs at which an article begins for sure; 0 is one of them.
    wanted
        How many articles the page must hold at least; more are found only where titles fit clearly.
    """
    titles = titles[:_MOST]
    compared = [Likeness.of(title, paragraphs) for title in titles]
    covers, shared = np.array([one.cover for one in compared]), np.array([one.shared for one in compared])
    follows = np.append(covers[:, 1:], np.zeros((len(titles), 1)), axis=1)
    rows = profiles(paragraphs)
    lead = _LEAD * (covers + shared + 0.3 * follows) + _turns(rows) + may_start
    own = _REST * (covers - covers.mean(axis=1, keepdims=True))
    least = _LEAST if len(titles) < _SEVERAL else _LEAST_OF_SEVERAL
    found = _best(lead, np.cumsum(own, axis=1), sorted(fixed), wanted, least)
    for _ in range(_ROUNDS):
        rest = own + _alike(rows, found, len(titles))
        again = _best(lead, np.cumsum(rest, axis=1), sorted(fixed), wanted, least)
        if again == found:
            break
        found = again
    return found


def _alike(rows: Floats, found: Split, count: int) -> Floats:
    """Return how much more each paragraph is like the article of each title than like the others, itself apart."""
    size = len(rows)
    edges = [*found.starts, size]
    owner = np.repeat(found.titles, np.diff(edges))
    likeness = np.zeros((count, size))
    for t in range(count):
        inside = owner == t
        centre = rows[inside].sum(axis=0)
        others = centre[None, :] - np.where(inside[:, None], rows, 0.0)
        length = np.sqrt((others**2).sum(axis=1))
        likeness[t] = np.divide((rows * others).sum(axis=1), length, out=np.zeros(size), where=length > 0)
    used = np.isin(np.arange(count), owner)
    mean = likeness[used].mean(axis=0) if used.any() else np.zeros(size)
    return np.where(used[:, None], _LIKE * (likeness - mean), 0.0)


def _turns(rows: Floats) -> Floats:
    """Return how much the words change before each paragraph, about 0 on average."""
    size = len(rows)
    likeness = np.zeros(size)
    for j in range(1, size):
        left, right = rows[max(j - 3, 0) : j].sum(axis=0), rows[j : j + 3].sum(axis=0)
        length = np.sqrt((left**2).sum() * (right**2).sum())
        likeness[j] = float(left @ right) / length if length else 0.0
    if size < 3:
        return np.zeros(size)
    spread = likeness[1:].std()
    turn = np.zeros(size)
    turn[1:] = _TURN * np.clip((likeness[1:].mean() - likeness[1:]) / spread, -2, 2) / 2 if spread else 0.0
    return turn


def _best(lead: Floats, rest: Floats, fixed: list[int], wanted: int, least: float) -> Split:
    """Return the best way to part the paragraphs.

    ``best[s, j]`` is the worth of the first j paragraphs parted among the titles of set s; a stretch between two fixed
    starts may stay without a title.
    """
    count, size = lead.shape
    before = np.concatenate([np.zeros((count, 1)), rest], axis=1)
    best = np.full((1 << count, size + 1), _NEVER)
    best[0, 0] = 0.0
    came = np.full((2, 1 << count, size + 1), -1)
    for first, end in zip(fixed, [*fixed[1:], size], strict=True):
        for s in range(1 << count):
            if best[s, first] > best[s, end]:
                best[s, end], came[0, s, end], came[1, s, end] = best[s, first], first, -1
            for t in range(count):
                if s & (1 << t) and best[s & ~(1 << t), first:end].max() > _NEVER / 2:
                    _with_title(best, came, (s, t), first, end, lead[t], before[t])
    chosen = _choice(best[:, size], wanted, least)
    starts, titles, here, s = [], [], size, chosen
    while here > 0:
        here, t = int(came[0, s, here]), int(came[1, s, here])
        starts.append(here)
        titles.append(t)
        s &= ~(1 << t) if t >= 0 else -1
    return Split(tuple(starts[::-1]), tuple(titles[::-1]))


def _with_title(
    best: Floats, came: NDArray[np.int64], state: tuple[int, int], first: int, end: int, lead: Floats, before: Floats
) -> None:
    """Let an article with title t end at each paragraph of a stretch, whatever set of titles was used before it."""
    s, t = state
    worth = best[s & ~(1 << t), first:end] + lead[first:end] - before[first:end]
    top = np.maximum.accumulate(worth)
    at = np.maximum.accumulate(np.where(worth >= top, np.arange(first, end), first))
    value = top + before[first + 1 : end + 1]
    here = slice(first + 1, end + 1)
    better = value > best[s, here]
    np.copyto(best[s, here], value, where=better)
    np.copyto(came[0, s, here], at, where=better)
    np.copyto(came[1, s, here], t, where=better)


def _choice(ends: Floats, wanted: int, least: float) -> int:
    """Return the set of titles to use: as many as wanted, more only where each brings enough."""
    sizes = np.array([int(s).bit_count() for s in range(len(ends))])
    extra = np.maximum(sizes - max(wanted, 1), 0)
    missing = np.maximum(min(wanted, int(sizes.max())) - sizes, 0)
    return int(np.argmax(np.where(ends > _NEVER / 2, ends - least * extra - 1e3 * missing, _NEVER * 2)))
