"""Many strings at once: as a search for each alone finds them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.numerics.automaton import Automaton

LETTERS = st.text(alphabet="甲乙丙a", min_size=1, max_size=4)


def codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def everywhere(text: str, strings: list[str]) -> set[tuple[int, int]]:
    return {(a + len(s), k) for k, s in enumerate(strings) for a in range(len(text)) if text.startswith(s, a)}


def from_the_left(text: str, strings: list[str]) -> list[tuple[int, int]]:
    found, a = [], 0
    while a < len(text):
        here = [k for k, s in enumerate(strings) if text.startswith(s, a)]
        if here:
            k = max(here, key=lambda k: len(strings[k]))
            a += len(strings[k])
            found.append((a, k))
        else:
            a += 1
    return found


@given(st.lists(LETTERS, min_size=1, max_size=8, unique=True), st.text(alphabet="甲乙丙a丁😀", max_size=60))
def test_both_ways_of_reading_agree_with_a_search_for_each(strings: list[str], text: str) -> None:
    machine = Automaton.of(strings)
    ends, which = machine.overlapping(codes(text))
    assert sorted(zip(ends.tolist(), which.tolist(), strict=True)) == sorted(everywhere(text, strings))
    assert np.all(np.diff(ends) >= 0)
    ends, which = machine.longest(codes(text))
    assert list(zip(ends.tolist(), which.tolist(), strict=True)) == from_the_left(text, strings)


def test_of_two_that_end_alike_the_longer_comes_first() -> None:
    ends, which = Automaton.of(["产业", "新兴产业"]).overlapping(codes("新兴产业"))
    assert ends.tolist() == [4, 4]
    assert which.tolist() == [1, 0]


def test_nothing_to_look_for_and_nothing_to_look_in() -> None:
    assert Automaton.of([]).overlapping(codes("产业"))[0].size == 0
    assert Automaton.of(["产业"]).longest(codes(""))[0].size == 0


def test_a_peer_finds_the_same() -> None:
    peer = pytest.importorskip("ahocorasick")
    rng = np.random.default_rng(1)
    letters = np.array(list("新质生产力绿色低碳"))
    strings = sorted({"".join(rng.choice(letters, rng.integers(1, 6))) for _ in range(200)})
    text = "".join(rng.choice(letters, 20_000))
    theirs = peer.Automaton()
    for k, string in enumerate(strings):
        theirs.add_word(string, k)
    theirs.make_automaton()
    ours = Automaton.of(strings)
    assert sorted(zip(*(x.tolist() for x in ours.overlapping(codes(text))), strict=True)) == sorted(
        (end + 1, k) for end, k in theirs.iter(text)
    )
    assert [(e - 1, k) for e, k in zip(*(x.tolist() for x in ours.longest(codes(text))), strict=True)] == list(
        theirs.iter_long(text)
    )
