"""Pairs of characters that texts have in common: as counting them one by one finds them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.numerics.pairs import Worth, compare, enough, pervading, profiles, worth

TEXTS = st.lists(st.text(alphabet="甲乙丙丁a，", max_size=12), min_size=1, max_size=5)
NOWHERE = 0.2


def joined(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    whole = "".join(text + "\n" for text in texts)
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)]).astype(np.int64)
    return np.array([ord(c) for c in whole], np.uint32), starts


def compared(titles: list[str], texts: list[str]) -> tuple[np.ndarray, ...]:
    codes, begins = joined(titles)
    solid = np.array([chr(c).isalnum() for c in codes])
    low = np.zeros(len(titles), np.int64)
    return compare(codes, begins, solid, *joined(texts), low, low + len(texts), NOWHERE)


def by_hand(title: str, texts: list[str]) -> tuple[list[float], list[float]]:
    """Return cover and shared of each text."""
    places = [i for i in range(len(title) - 1) if title[i : i + 2].isalnum()]
    times = [sum(title[i : i + 2] in text for text in texts) for i in places]
    raw = [max(math.log((len(texts) + 1) / (n + 0.5)), 0.0) * (1 if n else NOWHERE) for n in times]
    weight = [w / sum(raw) if sum(raw) else w for w in raw]
    cover, shared = [], []
    for text in texts:
        cover.append(sum(w for i, w in zip(places, weight, strict=True) if title[i : i + 2] in text))
        best = run = 0.0
        for k, i in enumerate(places):
            goes_on = k > 0 and places[k - 1] == i - 1
            run = (run if goes_on else 0.0) + weight[k] if title[i : i + 2] in text else 0.0
            best = max(best, run)
        shared.append(best)
    return cover, shared


@settings(max_examples=min(40, settings().max_examples))
@given(TEXTS, TEXTS)
def test_titles_and_texts_share_what_a_search_for_each_pair_finds(titles: list[str], texts: list[str]) -> None:
    first, held, weight, cover, shared = compared(titles, texts)
    assert held.shape == (len(weight), len(texts))
    for t, title in enumerate(titles):
        own = [title[i : i + 2] for i in range(len(title) - 1) if title[i : i + 2].isalnum()]
        assert held[first[t] : first[t + 1]].tolist() == [[pair in text for text in texts] for pair in own]
        expected = by_hand(title, texts)
        assert cover[t] == pytest.approx(expected[0], abs=1e-12)
        assert shared[t] == pytest.approx(expected[1], abs=1e-12)


def test_a_title_is_compared_only_with_the_texts_near_it() -> None:
    codes, begins = joined(["甲乙"])
    near = np.array([1]), np.array([2])
    *_, cover, _ = compare(
        codes, begins, np.array([True, True, False]), *joined(["甲乙", "丙", "甲乙"]), *near, NOWHERE
    )
    assert cover.tolist() == [[0.0, 0.0, 0.0]]


def test_a_pair_is_shared_out_among_the_chosen_stretches() -> None:
    first, held, weight, cover, shared = compared(["甲乙", "丙丁"], ["甲乙", "甲乙丙丁", "丙丁", "丁"])
    start, end = np.array([0, 2, 4]), np.array([2, 4, 4])
    chosen = np.array([[True, True, True], [True, False, True]])
    spread = pervading(held, weight, first, start, end, chosen)
    assert spread == pytest.approx(np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]), abs=1e-12)
    both = pervading(held, weight, first, start, end, np.ones((2, 3), np.bool_))
    assert both[1] == pytest.approx([0.5, 0.5, 0.0], abs=1e-12)
    by = Worth(cover=1.0, shared=10.0, best=100.0, all=1000.0)
    near = np.array([[True, False, True], [True, True, True]])
    got = worth(cover, shared, both, start, end, np.array([0, 3, 0]), near, by)
    assert got[0, 1] == -1.0
    assert got[1] == pytest.approx([0.0 + 0.0 + 100.0 + 500.0, 0.0 + 0.0 + 100.0 + 500.0, -1.0], abs=1e-9)


@settings(max_examples=min(40, settings().max_examples))
@given(TEXTS)
def test_rows_say_how_often_each_common_pair_stands_in_a_text(texts: list[str]) -> None:
    first, pair, value = profiles(*joined(texts), ord("a"))
    found = np.zeros((len(texts), int(pair.max(initial=-1)) + 1))
    for p in range(len(texts)):
        found[p, pair[first[p] : first[p + 1]]] = value[first[p] : first[p + 1]]
    counts = [[text[i : i + 2] for i in range(len(text) - 1) if min(text[i : i + 2]) > "a"] for text in texts]
    common = sorted({two for own in counts for two in own if sum(two in other for other in counts) > 1})
    dense = np.array(
        [
            [
                math.sqrt(own.count(two)) * math.log((len(texts) + 1) / (sum(two in o for o in counts) + 0.5))
                for two in common
            ]
            for own in counts
        ]
    ).reshape(len(texts), len(common))
    length = np.sqrt((dense**2).sum(axis=1, keepdims=True))
    dense = np.divide(dense, length, out=np.zeros_like(dense), where=length > 0)
    assert found @ found.T == pytest.approx(dense @ dense.T, abs=1e-12)


def test_a_faint_fit_is_enough_where_nothing_else_comes_near() -> None:
    fit = np.array([[0.3, 0.25, -1.0], [0.15, 0.05, 0.0], [0.15, 0.1, 0.0], [0.1, 0.0, 0.0], [0.15, 0.15, 0.0]])
    assert enough(fit, 0.2, 0.12).tolist() == [[True, True, False], [True, False, False], *[[False] * 3] * 3]
    assert enough(np.array([[0.13]]), 0.2, 0.12).tolist() == [[True]]
