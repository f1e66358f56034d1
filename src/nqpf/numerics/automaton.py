"""Many strings at once in one reading of a text (Aho and Corasick 1975, doi:10.1145/360825.360855), on code points.

The trie's edges are kept as sorted lists, the root's as a table: texts are mostly at the root, and dictionaries of any
size fit into memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled

Codes = NDArray[np.uint32]
Integers = NDArray[np.int32]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Automaton:
    """Strings as a trie of S states over A letters (0: a letter of no string).

    Attributes
    ----------
    letter
        ``int32[C]`` letter of each code point below C; those above are of no string.
    root
        ``int32[A]`` state behind the root.
    first, label, to
        Edges of state s: letters ``label[first[s]:first[s + 1]]``, ascending, and the states they lead to.
    fail
        ``int32[S]`` state of the longest proper suffix.
    depth
        ``int32[S]`` letters from the root.
    own
        ``int32[S]`` string that ends in a state, −1 for none.
    report
        ``int32[S]`` nearest state, the state itself or along `fail`, in which a string ends; −1 for none.
    """

    letter: Integers
    root: Integers
    first: Integers
    label: Integers
    to: Integers
    fail: Integers
    depth: Integers
    own: Integers
    report: Integers

    @classmethod
    def of(cls, strings: Sequence[str]) -> Automaton:
        """Return the automaton of different strings that are not empty."""
        known = sorted({ord(c) for s in strings for c in s})
        letter = np.zeros(known[-1] + 1 if known else 1, np.int32)
        letter[known] = np.arange(1, len(known) + 1)
        children: list[dict[int, int]] = [{}]
        own, depth = [-1], [0]
        for k, string in enumerate(strings):
            state = 0
            for c in string:
                code = int(letter[ord(c)])
                if code not in children[state]:
                    children[state][code] = len(children)
                    children.append({})
                    own.append(-1)
                    depth.append(depth[state] + 1)
                state = children[state][code]
            own[state] = k
        fail, report = _suffixes(children, own)
        edges = [sorted(c.items()) for c in children]
        root = np.zeros(len(known) + 1, np.int32)
        for code, state in edges[0]:
            root[code] = state
        first = np.concatenate([[0], np.cumsum([len(e) for e in edges])])
        flat = np.array([pair for e in edges for pair in e], np.int32).reshape(-1, 2)
        whole = (np.asarray(x, np.int32) for x in (first, flat[:, 0], flat[:, 1], fail, depth, own, report))
        return cls(letter, root, *whole)

    def overlapping(self, codes: Codes) -> tuple[Places, Integers]:
        """Return every occurrence of every string in code points ``uint32[n]``.

        Returns
        -------
        ends
            ``int64[h]`` place behind the last character, ascending; the longer of two that end alike comes first.
        strings
            ``int32[h]`` which.
        """
        found: tuple[Places, Integers] = _all(codes, *self._arrays())
        return found

    def longest(self, codes: Codes) -> tuple[Places, Integers]:
        """Return occurrences read from the left, always the longest that begins at a place, none inside another."""
        found: tuple[Places, Integers] = _leftmost(codes, *self._arrays())
        return found

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return self.letter, self.root, self.first, self.label, self.to, self.fail, self.own, self.report


def _suffixes(children: Sequence[dict[int, int]], own: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return `fail` and `report` of each state, level by level."""
    fail = [0] * len(children)
    report = [0 if own[0] >= 0 else -1] * len(children)
    queue = list(children[0].values())
    for state in queue:
        report[state] = state if own[state] >= 0 else report[fail[state]]
        for code, child in children[state].items():
            other = fail[state]
            while other and code not in children[other]:
                other = fail[other]
            fail[child] = children[other].get(code, 0)
            queue.append(child)
    return fail, report


@compiled
def _child(first: Integers, label: Integers, to: Integers, state: int, code: int) -> int:
    """Return the state behind an edge, −1 if there is none."""
    low, high = first[state], first[state + 1]
    end = high
    while low < high:
        middle = (low + high) // 2
        if label[middle] < code:
            low = middle + 1
        else:
            high = middle
    if low < end and label[low] == code:
        return int(to[low])
    return -1


@compiled
def _all(
    codes: Codes, letter: Integers, root: Integers, first: Integers, label: Integers, to: Integers,
    fail: Integers, own: Integers, report: Integers,
) -> tuple[Places, Integers]:  # fmt: skip
    reached = np.empty(codes.size, np.int32)
    total, state = 0, 0
    for i in range(codes.size):
        code = letter[codes[i]] if codes[i] < letter.size else 0
        if code == 0:
            state = 0
        else:
            child = -1
            while state and child < 0:
                child = _child(first, label, to, state, code)
                if child < 0:
                    state = fail[state]
            state = child if child >= 0 else root[code]
        reached[i] = report[state]
        at = report[state]
        while at >= 0:
            total += 1
            at = report[fail[at]]
    ends, strings = np.empty(total, np.int64), np.empty(total, np.int32)
    k = 0
    for i in range(codes.size):
        at = reached[i]
        while at >= 0:
            ends[k], strings[k] = i + 1, own[at]
            k += 1
            at = report[fail[at]]
    return ends, strings


@compiled
def _leftmost(
    codes: Codes, letter: Integers, root: Integers, first: Integers, label: Integers, to: Integers,
    fail: Integers, own: Integers, report: Integers,
) -> tuple[Places, Integers]:  # fmt: skip
    room = 1024
    ends, strings = np.empty(room, np.int64), np.empty(room, np.int32)
    k, i = 0, 0
    while i < codes.size:
        code = letter[codes[i]] if codes[i] < letter.size else 0
        state = root[code]
        j, best, string = i + 1, -1, -1
        while state > 0:
            if own[state] >= 0:
                best, string = j, own[state]
            if j == codes.size:
                break
            code = letter[codes[j]] if codes[j] < letter.size else 0
            state = _child(first, label, to, state, code)
            j += 1
        if best < 0:
            i += 1
            continue
        if k == room:
            room *= 2
            more_ends, more_strings = np.empty(room, np.int64), np.empty(room, np.int32)
            more_ends[:k], more_strings[:k] = ends, strings
            ends, strings = more_ends, more_strings
        ends[k], strings[k] = best, string
        k += 1
        i = best
    return ends[:k].copy(), strings[:k].copy()
