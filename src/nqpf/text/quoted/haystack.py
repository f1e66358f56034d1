"""Texts made ready to be searched for a quotation: their keys in one string, every character with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.text.cleaning.characters import codes_of, text_of
from nqpf.text.cleaning.search_key import Codes, key_of
from nqpf.text.copies.table import Texts

Integers = NDArray[np.int64]

SEEDS = (3, 8)
"""Fewest and most characters of the runs by which an altered quotation is found: a quarter of it."""
WINDOWS = 12
"""Most places at which an altered quotation is compared."""
FEWER = 4
"""A place that shares fewer than one in so many of the runs that the best place shares is not compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A stretch of the joined keys that is like a quotation.

    Attributes
    ----------
    start, end
        First character and last + 1 of the joined keys.
    cost
        Characters put in, taken out or replaced.
    lost
        Characters of the quotation that do not stand there.
    """

    start: int
    end: int
    cost: int
    lost: int


@dataclass(frozen=True, slots=True, eq=False)
class Haystack:
    """D texts made ready to be searched.

    Attributes
    ----------
    ids, texts
        Names and characters of the texts.
    key
        Their search keys, parted by a zero.
    codes
        `key` as numbers.
    starts
        ``int64[D + 1]`` where each key begins.
    origin
        ``int64`` where each character of `key` stands in its text; −1 for what parts them.
    """

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    key: str
    codes: Codes
    starts: Integers
    origin: Integers

    @classmethod
    def of(cls, data: Any, *, id: str = "id", text: str = "text") -> Haystack:
        """Return the texts of a table or of a sequence of articles, ready to be searched.

        Raises
        ------
        DataError
            A column or a text is missing, or two texts have the same name.

        Examples
        --------
        >>> stack = Haystack.of({"id": ["a"], "text": ["他强调：“加快发展”。"]})
        >>> [stack.place(spot.start, spot.end) for spot in stack.exact("加快发展")]
        [('a', 5, 9)]
        """
        given = Texts.of(data, id, text)
        return cls.joined(given.ids, given.texts)

    @classmethod
    def joined(cls, ids: tuple[str, ...], texts: tuple[str, ...]) -> Haystack:
        """Return texts by their names, ready to be searched; there may be none."""
        keys = [key_of(one) for one in texts]
        starts = np.concatenate(([0], np.cumsum([len(k) + 1 for k in keys]))).astype(np.int64)
        codes = np.zeros(int(starts[-1]), np.uint32)
        origin = np.full(int(starts[-1]), -1, np.int64)
        for key, at in zip(keys, starts, strict=False):
            codes[at : at + len(key)] = key.codes
            origin[at : at + len(key)] = key.origin
        return cls(ids, texts, text_of(codes), codes, starts, origin)

    def place(self, start: int, end: int) -> tuple[str, int, int]:
        """Return the name of the text and the characters of it that a stretch of the joined keys stands for."""
        d = int(np.searchsorted(self.starts, start, side="right")) - 1
        return self.ids[d], int(self.origin[start]), int(self.origin[end - 1]) + 1

    def text(self, start: int, end: int) -> str:
        """Return the characters, signs and all, that a stretch of the joined keys stands for."""
        d = int(np.searchsorted(self.starts, start, side="right")) - 1
        return self.texts[d][int(self.origin[start]) : int(self.origin[end - 1]) + 1]

    def within(self, start: int, end: int, at: int) -> tuple[int, int]:
        """Return a stretch cut to the text in which character `at` stands."""
        if len(self.starts) < 2:
            return max(start, 0), min(end, len(self.codes))
        d = int(np.searchsorted(self.starts, at, side="right")) - 1
        return max(start, int(self.starts[d])), min(end, int(self.starts[d + 1]) - 1)

    def exact(self, key: str, low: int = 0, high: int | None = None) -> Iterator[Spot]:
        """Yield every stretch that is the key, from the left."""
        at = self.key.find(key, low, len(self.key) if high is None else high) if key else -1
        while at >= 0:
            yield Spot(at, at + len(key), 0, 0)
            at = self.key.find(key, at + 1, len(self.key) if high is None else high)

    def like(self, key: str, similarity: float) -> list[Spot]:
        """Return the stretches that hold at least a share `similarity` of a key's characters, the likest first."""
        from nqpf.numerics.seeds import seeds

        wanted = codes_of(key)
        run = int(np.clip(len(wanted) // 4, *SEEDS))
        if min(len(wanted), len(self.codes)) < run:
            return []
        at, shift = seeds(self.codes, wanted, run)
        found: dict[tuple[int, int], Spot] = {}
        most = (1 - similarity) * len(wanted)
        for low, high in self._windows(at, shift, len(wanted)):
            spot = _fitted(wanted, self.codes[low:high], low, run, most)
            if spot is not None:
                found.setdefault((spot.start, spot.end), spot)
        return _apart(sorted(found.values(), key=lambda s: (s.cost, s.start)))

    def _windows(self, at: Integers, shift: Integers, size: int) -> list[tuple[int, int]]:
        """Return stretches around the places where most runs of a quotation stand."""
        if not len(at):
            return []
        begin = at - shift
        order = np.argsort(begin, kind="stable")
        begin, middle = begin[order], at[order]
        slack = size // 2 + 16
        first = np.searchsorted(begin, begin)  # a window opens at every beginning and takes in what follows closely
        count = np.searchsorted(begin, begin + slack, side="right") - first
        windows: list[tuple[int, int]] = []
        taken: list[int] = []
        for k in np.argsort(-count, kind="stable").tolist():
            if len(windows) == WINDOWS or FEWER * count[k] < count.max():
                break
            if any(abs(int(begin[k]) - t) <= slack for t in taken):
                continue
            taken.append(int(begin[k]))
            windows.append(self.within(int(begin[k]) - slack, int(begin[k]) + size + 2 * slack, int(middle[k])))
        return windows


def _fitted(wanted: Codes, window: Codes, low: int, run: int, most: float) -> Spot | None:
    """Return the stretch of a window that lacks at most so many characters of a quotation.

    The fewest edits come first; where they lack too much, a longer stretch may hold it with something left out.
    """
    from nqpf.numerics.edits import anchored_part, nearest_part

    for fit in (nearest_part(wanted, window), anchored_part(wanted, window, run)):
        if fit is not None and fit.end > fit.start:
            lost = int((fit.edits[:, 1] - fit.edits[:, 0]).sum())
            if lost <= most:
                return Spot(low + fit.start, low + fit.end, fit.cost, lost)
    return None


def _apart(spots: list[Spot]) -> list[Spot]:
    """Return stretches of which none overlaps a likelier one."""
    kept: list[Spot] = []
    for spot in spots:
        if all(spot.end <= other.start or spot.start >= other.end for other in kept):
            kept.append(spot)
    return kept
