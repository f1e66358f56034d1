"""Programs of production frontiers: the kernel beside HiGHS and scipy, on easy and on awkward units."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from dea_programs import additive, radial, units
from exact_programs import exact
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from nqpf.numerics.batches import attempt
from nqpf.numerics.certificate import certify
from nqpf.numerics.highs import by_highs
from nqpf.numerics.programs import INFEASIBLE, OPTIMAL, UNBOUNDED, Programs
from nqpf.numerics.solve import PROVED, solve


def by_linprog(p: Programs, unit: int) -> tuple[int, float]:
    """Return status and value of one program by scipy."""
    e, b, c = (a[unit if len(a) > 1 else 0] for a in (p.extra, p.rhs, p.cost))
    n = p.columns.shape[1]
    upper = np.full(n + len(c), np.inf)
    if p.barred is not None and p.barred[unit] >= 0:
        upper[p.barred[unit]] = 0.0
    bounds = np.column_stack([np.zeros(len(upper)), upper])
    found = linprog(np.append(np.zeros(n), -c), A_eq=np.hstack([p.columns, e]), b_eq=b, bounds=bounds)
    return {0: OPTIMAL, 2: INFEASIBLE, 3: UNBOUNDED}[found.status], np.nan if found.fun is None else -found.fun


@pytest.mark.parametrize("awkward", [False, True], ids=["easy", "awkward"])
@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("asked", ["own", "beyond", "other"])
def test_radial_programs_beside_highs(awkward: bool, rts: str, orientation: str, asked: str) -> None:
    x, y = units(60, awkward=awkward)
    other = (x[::-1] * 0.8, y) if asked == "other" else None
    p = radial(x, y, rts, orientation, other, beyond=asked == "beyond")
    claims, gap = attempt(p)
    assert gap.max() < 1e-12  # the kernel proves each of these by itself
    found, peer = solve(p), by_highs(p)
    assert found.status.tolist() == peer.status.tolist() == claims.status.tolist()
    known = found.status == OPTIMAL
    theirs = (peer.weight[:, x.shape[0] :] * p.cost).sum(axis=1)
    assert found.value[known] == pytest.approx(theirs[known], rel=1e-9, abs=1e-9)
    if asked == "own":
        assert known.all()
        assert ((np.abs(found.value) <= 1 + 1e-12) if orientation == "input" else (found.value >= 1 - 1e-12)).all()


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (4, 4), (7, 5)])
def test_any_number_of_rows(inputs: int, outputs: int) -> None:
    p = radial(*units(80, inputs, outputs, awkward=True))
    found, peer = solve(p), by_highs(p)
    assert found.value == pytest.approx(-peer.weight[:, 80], abs=1e-9)
    assert found.gap.max() < 1e-12


@pytest.mark.parametrize("awkward", [False, True], ids=["easy", "awkward"])
def test_additive_programs_beside_highs(awkward: bool) -> None:
    p = additive(*units(80, awkward=awkward))
    assert solve(p).value == pytest.approx(by_highs(p).weight[:, 80:].sum(axis=1), abs=1e-9)


def test_the_answer_does_not_depend_on_how_things_are_measured() -> None:
    x, y = units(70, awkward=True)
    plain = solve(radial(x, y)).value
    scaled = solve(radial(x * [1e9, 1e-7, 3.0], y * [1e-4, 7e6])).value
    assert scaled == pytest.approx(plain, rel=1e-12)


def test_the_answer_does_not_depend_on_the_order_of_the_rows() -> None:
    x, y = units(700, awkward=True)
    order = np.random.default_rng(1).permutation(700)
    assert solve(radial(x[order], y[order])).value == pytest.approx(solve(radial(x, y)).value[order], rel=1e-12)


def test_duplicates_change_nothing() -> None:
    x, y = units(50)
    twice = solve(radial(np.vstack([x, x]), np.vstack([y, y]))).value
    once = solve(radial(x, y)).value
    assert twice == pytest.approx(np.append(once, once), rel=1e-13)


def test_units_of_very_different_size() -> None:
    rng = np.random.default_rng(4)
    x = np.exp(2.5 * rng.normal(size=(150, 2))) * [1.0, 1e6]
    y = np.exp(0.4 * np.log(x).sum(axis=1) - 0.3 * np.abs(rng.normal(size=150)))[:, None]
    found = solve(radial(x, y, "crs"))
    assert (found.status == OPTIMAL).all()
    assert found.gap.max() < 1e-12
    assert found.value == pytest.approx(-by_highs(radial(x, y, "crs")).weight[:, 150], rel=1e-9)


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("awkward", [False, True], ids=["easy", "awkward"])
def test_dwarfs_and_giants_of_one_shape_score_the_same(orientation: str, awkward: bool) -> None:
    """Under constant returns the size of a unit means nothing, even where units are 10¹² times as large as others."""
    x, y = units(80, awkward=awkward)
    if orientation == "output":
        y[y.sum(axis=1) == 0, 0] = 1.0
    size = 10.0 ** np.random.default_rng(5).uniform(-6, 6, size=(80, 1))
    found = solve(radial(x * size, y * size, "crs", orientation))
    assert (found.status == OPTIMAL).all()
    assert found.value == pytest.approx(solve(radial(x, y, "crs", orientation)).value, rel=1e-9)


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("rts", ["vrs", "crs", "drs", "irs"])
def test_numbers_of_any_size_beside_rational_arithmetic(rts: str, orientation: str) -> None:
    """What is called optimal is so; with ten powers of ten between numbers of a column, little is left doubtful."""
    rng = np.random.default_rng(3)
    x, y = 10.0 ** rng.uniform(-5, 5, size=(20, 2)), 10.0 ** rng.uniform(-5, 5, size=(20, 1))
    p = radial(x, y, rts, orientation)
    found = solve(p)
    known = found.status == OPTIMAL
    assert known.mean() > 0.9
    right = np.array([exact(p, unit) for unit in range(20)])
    assert (right[:, 0] == OPTIMAL).all()
    assert found.value[known] == pytest.approx(right[known, 1], rel=1e-9)


entries = st.integers(-2, 3).map(float)


@settings(max_examples=2 * settings().max_examples)
@given(data=st.data(), m=st.integers(1, 4), n=st.integers(0, 6), k=st.integers(1, 4))
def test_any_small_program_beside_rational_arithmetic(data: st.DataObject, m: int, n: int, k: int) -> None:
    """Whole numbers near zero make ties, empty columns and rows that follow from each other."""

    def draw(*shape: int) -> np.ndarray:
        size = int(np.prod(shape))
        return np.array(data.draw(st.lists(entries, min_size=size, max_size=size))).reshape(shape)

    p = Programs(draw(m, n), draw(2, m, k), draw(2, m), draw(2, k), np.array([-1, min(n, 1) - 1]))
    found = solve(p)
    for unit in range(2):
        status, value = exact(p, unit)
        assert found.status[unit] == status
        assert np.isnan(value) or found.value[unit] == pytest.approx(value, rel=1e-12, abs=1e-12)
    claims, gap = attempt(p)
    assert (gap < PROVED).all()
    assert (certify(p, claims) == gap).all()


@settings(max_examples=min(40, settings().max_examples))
@given(
    table=st.lists(st.tuples(*[st.integers(0, 4)] * 4), min_size=2, max_size=12),
    rts=st.sampled_from(["crs", "vrs", "drs", "irs"]),
    orientation=st.sampled_from(["input", "output"]),
    beyond=st.booleans(),
)
def test_any_small_technology_beside_scipy(table: list, rts: str, orientation: str, beyond: bool) -> None:
    values = np.array(table, dtype=float)
    x, y = values[:, :2], values[:, 2:]
    if orientation == "output":  # a unit without outputs could grow without end
        y = np.where(y.sum(axis=1, keepdims=True) == 0, 1.0, y)
        x = np.where(x.sum(axis=1, keepdims=True) == 0, 1.0, x)
    p = radial(x, y, rts, orientation, beyond=beyond)
    found = solve(p)
    for unit, (status, value) in enumerate(by_linprog(p, unit) for unit in range(p.size)):
        assert found.status[unit] == status
        assert np.isnan(value) or found.value[unit] == pytest.approx(value, abs=1e-8)


def test_all_ways_to_pick_points_of_a_square() -> None:
    """Corners, edges and centre in every order: as degenerate as it gets."""
    square = np.array(list(itertools.product([0.0, 1.0, 2.0], repeat=2)))
    for order in itertools.islice(itertools.permutations(range(9)), 0, 362880, 9000):
        x, y = np.ones((9, 1)), square[list(order)]
        found = solve(additive(x, y))
        assert found.value == pytest.approx(4.0 - y.sum(axis=1), abs=1e-14)
