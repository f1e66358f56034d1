"""Designs: every combination once, Saltelli's blocks, equal chances, tables of one's own."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import SpecError
from nqpf.index.multiverse.design import cut, make_design
from nqpf.index.multiverse.slots import Alternative, Slot
from nqpf.messages import Text


def slot(name: str, count: int) -> Slot:
    return Slot(name, Text.same(name), tuple(Alternative(f"{name}{i}", Text.same(i), {}) for i in range(count)))


SLOTS = (slot("a", 2), slot("b", 3), slot("c", 4))


def test_a_factorial_has_every_combination_once() -> None:
    design = make_design("factorial", SLOTS, n=None, seed=0)
    assert design.levels.shape == (24, 3)
    assert len(np.unique(design.levels, axis=0)) == 24
    assert design.levels[:2].tolist() == [[0, 0, 0], [0, 0, 1]]
    assert design.sample == slice(0, None)


def test_saltelli_blocks() -> None:
    design = make_design("sobol", SLOTS, n=64, seed=3)
    blocks = design.levels.reshape(5, 64, 3)
    a, b = blocks[0], blocks[1]
    for i in range(3):
        mixed = blocks[2 + i]
        np.testing.assert_array_equal(mixed[:, i], b[:, i])
        others = [j for j in range(3) if j != i]
        np.testing.assert_array_equal(mixed[:, others], a[:, others])
    assert design.sample == slice(0, 128)
    names = design.blocks()
    assert names is not None
    assert (names[0], names[64], names[128], names[-1]) == ("A", "B", "AB1", "AB3")


def test_a_sobol_sequence_spreads_alternatives_evenly() -> None:
    levels = make_design("sobol", SLOTS, n=1024, seed=1).levels[:1024]
    for f, one in enumerate(SLOTS):
        share = np.bincount(levels[:, f]) / 1024
        np.testing.assert_allclose(share, 1 / len(one.alternatives), atol=2e-3)


def test_alternatives_are_cut_by_the_interval_not_by_what_was_drawn() -> None:
    """COINr cuts the observed range: of these five numbers it would put the last into the last of ten."""
    u = np.array([[0.01], [0.05], [0.12], [0.18], [0.21]])
    assert cut(u, [10])[:, 0].tolist() == [0, 0, 1, 1, 2]
    assert cut(np.array([[np.nextafter(1.0, 0.0)]]), [7]).item() == 6


@pytest.mark.parametrize("design", ["sobol", "montecarlo"])
def test_the_seed_decides(design: str) -> None:
    one, again, other = (make_design(design, SLOTS, n=32, seed=s).levels for s in (5, 5, 6))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_a_table_of_labels_and_of_positions() -> None:
    table = pl.DataFrame({"a": ["a1", "a0"], "b": [3, 1], "c": ["c0", "c3"], "remark": ["x", "y"]})
    design = make_design(table, SLOTS, n=None, seed=0)
    assert design.kind == "given"
    assert design.levels.tolist() == [[1, 2, 0], [0, 0, 3]]


@pytest.mark.parametrize(
    ("design", "n", "message"),
    [
        ("factoral", None, r"“factoral” is not one of the choices\. Did you mean “factorial”"),
        ("factorial", 100, "n: 100 is given, but this design draws no sample"),
        (pl.DataFrame({"a": [1], "b": [1], "c": [1]}), 8, "n: 8 is given, but this design draws no sample"),
        ("sobol", 1, "The sample has n = 1"),
        ("montecarlo", 2_000_000, "The design has 2000000 rows, more than 1000000"),
        (pl.DataFrame({"a": [1], "c": [1]}), None, "has no column “b”"),
        (pl.DataFrame({"a": [1], "b": [4], "c": [1]}), None, "row 1: “4” is no alternative of “b”"),
        (pl.DataFrame({"a": ["a9"], "b": [1], "c": [1]}), None, "“a9” is no alternative of “a”"),
        (pl.DataFrame({"a": [], "b": [], "c": []}), None, "The design's table has no rows"),
    ],
)
def test_designs_that_will_not_do(design: object, n: int | None, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        make_design(design, SLOTS, n=n, seed=0)


def test_a_factorial_too_large_is_refused_before_it_is_made() -> None:
    with pytest.raises(SpecError, match="more than 1000000"):
        make_design("factorial", [slot("x", 100)] * 9, n=None, seed=0)
