"""The lines of a text in one reading: as a reader who goes character by character finds them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nqpf.numerics.lines import first_units, occupied, solid_ends, totals, widths

BLANK, OPEN, WORD, CLING, OTHER = range(5)
VOID = np.array([True, False, False, False, False])
ROLE = np.array([0, 1, 2, 3, 4], np.uint8)
WIDTH = np.array([1, 2, 1, 2, 2], np.uint8)
TEXTS = st.lists(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=9), min_size=1, max_size=5)


def arrays(text: list[list[tuple[int, bool]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    kinds = np.array([kind for line in text for kind, _ in line], np.uint8)
    keep = np.array([kept for line in text for _, kept in line])
    return kinds, keep, np.cumsum([0, *(len(line) for line in text)])[:-1].astype(np.int64)


@given(TEXTS)
def test_lines_are_what_is_left_of_them(text: list[list[tuple[int, bool]]]) -> None:
    kinds, keep, starts = arrays(text)
    number, first, last = occupied(kinds, keep, VOID, starts)
    codes = kinds.astype(np.uint32)
    counts = totals(codes, kinds, keep, WIDTH, first, last, 5)
    ends = solid_ends(kinds, keep, VOID, first, last, 3)
    before = widths(codes, WIDTH, starts[number], first)
    m = 0
    for i, line in enumerate(text):
        solid = [k for k, (kind, kept) in enumerate(line) if kept and kind != BLANK]
        if not solid:
            assert i not in number
            continue
        low, high = solid[0], solid[-1]
        assert (number[m], first[m], last[m]) == (i, starts[i] + low, starts[i] + high)
        left = [kind for kind, kept in line[low : high + 1] if kept]
        assert counts[:, m].tolist() == [*(left.count(kind) for kind in range(5)), sum(WIDTH[kind] for kind in left)]
        assert ends[:, m].tolist() == [starts[i] + solid[max(len(solid) - 1 - back, 0)] for back in range(3)]
        assert before[m] == sum(WIDTH[kind] for kind, _ in line[:low])
        m += 1
    assert m == len(number)


def unit(kinds: list[int], most: tuple[int, int, int] = (2, 14, 2)) -> int:
    codes = np.array(kinds, np.uint32)
    ends = np.array([0]), np.array([len(kinds) - 1])
    keep = np.ones(len(kinds), np.bool_)
    (width,) = first_units(codes, codes.astype(np.uint8), keep, WIDTH, *ends, ROLE, np.array(most))
    return int(width)


def test_what_cannot_be_parted_at_the_start_of_a_line() -> None:
    assert unit([OTHER, OTHER]) == 2
    assert unit([OTHER, CLING, CLING, CLING, OTHER]) == 6
    assert unit([OPEN, OPEN, OTHER, OTHER]) == 6
    assert unit([OPEN, OPEN, OPEN, OTHER]) == 6
    assert unit([WORD, BLANK, WORD, WORD, OTHER]) == 3
    assert unit([WORD, WORD, WORD, CLING, WORD], most=(2, 1, 2)) == 2
    assert unit([OPEN]) == 2
