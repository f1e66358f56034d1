"""The frame: corners found by hand and by brute force, and proofs that spare pricing the rest."""

from __future__ import annotations

import numpy as np
import pytest
from dea_programs import additive, radial, units
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from nqpf.numerics import solve as solving
from nqpf.numerics.certificate import certify
from nqpf.numerics.frame import Hull, disposal, frame_of, hull
from nqpf.numerics.highs import by_highs
from nqpf.numerics.programs import INFEASIBLE, OPTIMAL, UNBOUNDED, Floats, Programs
from nqpf.numerics.solve import solve


def follows(columns: Floats, sign: Floats, j: int, others: list[int]) -> bool:
    """Return whether column j lies in the hull of others, by scipy."""
    free = np.diag(sign)[:, sign != 0]
    matrix = np.hstack([columns[:, others], free])
    return linprog(np.zeros(matrix.shape[1]), A_eq=matrix, b_eq=columns[:, j]).status == 0


def corners(columns: Floats, sign: Floats) -> list[int]:
    """Return what remains when each column that follows from those still there is taken out in turn."""
    left = list(range(columns.shape[1]))
    for j in range(columns.shape[1]):
        others = [i for i in left if i != j]
        if follows(columns, sign, j, others):
            left = others
    return left


def test_a_frontier_drawn_by_hand() -> None:
    x = np.array([[1.0], [2.0], [4.0], [4.0], [3.0], [3.0]])
    y = np.array([[1.0], [3.0], [4.0], [2.0], [3.5], [3.0]])  # the fifth lies on the edge between second and third
    assert frame_of(x, y).tolist() == [0, 1, 2]
    assert frame_of(x, y, "crs").tolist() == [1]
    assert frame_of(x, y, "drs").tolist() == [1, 2]
    assert frame_of(x, y, "irs").tolist() == [0, 1]


def test_of_duplicates_one_stays() -> None:
    x, y = np.array([[1.0], [1.0], [2.0], [2.0]]), np.array([[1.0], [1.0], [3.0], [3.0]])
    assert len(frame_of(x, y)) == 2
    assert len(frame_of(x, y, "crs")) == 1
    assert len(frame_of(np.ones((7, 2)), np.ones((7, 1)))) == 1


@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
@pytest.mark.parametrize("seed", range(3))
def test_the_frame_is_what_brute_force_finds(rts: str, seed: int) -> None:
    x, y = units(60, 2, 2, seed=seed)
    p = radial(x, y, rts)
    assert frame_of(x, y, rts).tolist() == corners(p.columns, disposal(p))


@settings(max_examples=min(40, settings().max_examples))
@given(
    table=st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=14),
    rts=st.sampled_from(["crs", "vrs", "drs", "irs"]),
)
def test_any_small_frame_holds_all_and_nothing_spare(table: list, rts: str) -> None:
    values = np.array(table, dtype=float)
    p = radial(values[:, :2], values[:, 2:], rts)
    sign = disposal(p)
    found = hull(p.columns, sign)
    assert all(follows(p.columns, sign, j, found.frame.tolist()) for j in range(len(values)))
    for j in found.frame:
        assert not follows(p.columns, sign, j, [i for i in found.frame.tolist() if i != j])
    assert found.reach(p.columns)[1] < 1e-12


def test_without_disposal_the_frame_is_the_convex_hull() -> None:
    rng = np.random.default_rng(2)
    corner = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    points = np.vstack([rng.uniform(0.05, 0.95, size=(80, 2)), corner])
    found = hull(np.vstack([points.T, np.ones(84)]), np.zeros(3))
    assert found.frame.tolist() == [80, 81, 82, 83]


def test_rows_that_may_be_disposed_of_are_read_from_the_programs() -> None:
    x, y = units(5)
    assert disposal(radial(x, y)).tolist() == [1, 1, 1, -1, -1, 0]
    assert disposal(radial(x, y, "drs")).tolist() == [1, 1, 1, -1, -1, 1]
    assert disposal(radial(x, y, "irs", "output")).tolist() == [1, 1, 1, -1, -1, -1]
    costly = additive(x, y)
    costly.cost[0, 1] = -1.0  # what costs something is no free disposal
    assert disposal(costly).tolist() == [1, 0, 1, -1, -1, 0]


@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
@pytest.mark.parametrize("awkward", [False, True], ids=["easy", "awkward"])
def test_a_hull_spares_pricing_and_changes_nothing(rts: str, awkward: bool) -> None:
    p = radial(*units(300, awkward=awkward), rts)
    found = hull(p.columns, disposal(p))
    assert 2 * len(found.frame) < 300
    whole, quick = solve(p), solve(p, frame=found)
    assert (quick.status == OPTIMAL).all()
    assert quick.value == pytest.approx(whole.value, rel=1e-12)
    assert quick.gap.max() < 1e-12
    assert set(quick.basis[quick.basis >= 0]) <= {*found.frame.tolist(), *range(300, 300 + p.extra.shape[2])}
    on_all = _claims_gap(p, quick)
    assert (on_all <= quick.gap + 1e-15).all()  # what the hull vouches for is so on all columns


def whole_numbers(n: int, inputs: int, outputs: int, least: int) -> tuple[Floats, Floats]:
    """Return units of whole numbers up to 5: hardly one that is not tied with others in every way."""
    table = np.random.default_rng(n).integers(least, 6, size=(n, inputs + outputs)).astype(float)
    table[table[:, :inputs].sum(axis=1) == 0, 0] = 1.0
    return table[:, :inputs], table[:, inputs:]


def any_size() -> tuple[Floats, Floats]:
    rng = np.random.default_rng(9)
    x = np.exp(3.0 * rng.normal(size=(400, 2)))
    return x, np.exp(0.4 * np.log(x).sum(axis=1) - 2.0 * np.abs(rng.normal(size=400)))[:, None]


AWKWARD = {
    "ties": whole_numbers(600, 3, 2, 1),
    "ties and zeros": whole_numbers(600, 3, 2, 0),
    "few points, many times": tuple(a[np.random.default_rng(1).integers(0, 40, 600)] for a in units(40)),
    "all alike": (np.full((300, 2), 3.0), np.full((300, 1), 7.0)),
    "eight dimensions": units(600, 4, 4),
    "eight dimensions, ties and zeros": units(600, 4, 4, awkward=True),
    "any size": any_size(),
}


@pytest.mark.parametrize("kind", AWKWARD)
@pytest.mark.parametrize("rts", ["crs", "vrs"])
def test_frame_and_all_units_agree_with_each_other_and_with_highs(kind: str, rts: str) -> None:
    x, y = AWKWARD[kind]
    p = radial(x, y, rts)
    whole, quick = solve(p, frame=np.arange(len(x))), solve(p, frame=hull(p.columns, disposal(p)))
    assert (whole.status == OPTIMAL).all()
    assert (quick.status == OPTIMAL).all()
    assert quick.value == pytest.approx(whole.value, rel=1e-10, abs=1e-12)
    some = np.arange(0, len(x), 5)
    highs = -by_highs(p.at(some)).weight[:, len(x)]
    assert quick.value[some] == pytest.approx(highs, abs=1e-9)


def _claims_gap(p, solved):  # type: ignore[no-untyped-def]
    """Return the certificate on all columns of what was solved on the frame."""
    from nqpf.numerics.certificate import Claims

    none = np.zeros(solved.weight.shape)
    return certify(p, Claims(solved.status, solved.basis, solved.weight, none, solved.dual))


def test_any_frame_gives_the_same_answer() -> None:
    x, y = units(200)
    p = radial(x, y)
    whole = solve(p)
    for frame in (np.array([3]), np.arange(0, 200, 5), np.arange(200)):
        assert solve(p, frame=frame).value == pytest.approx(whole.value, rel=1e-13)


def test_a_hull_that_proves_nothing_is_not_believed() -> None:
    p = radial(*units(200))
    found = hull(p.columns, disposal(p))
    lame = Hull(
        found.frame[:5], found.sign, np.where(np.isin(found.basis, found.frame[:5]), found.basis, -1), found.weight
    )
    assert lame.reach(p.columns)[1] > 0.01
    assert solve(p, frame=lame).value == pytest.approx(solve(p).value, rel=1e-13)
    other = hull(p.columns * 2.0, found.sign)  # the hull of other numbers
    assert other.reach(p.columns * 2.0)[1] < 1e-13
    assert other.reach(p.columns + np.arange(200))[1] > 0.01


def test_signs_that_the_prices_oppose_are_not_believed() -> None:
    """Weak disposability: the hull of a free technology does not vouch for programs whose prices go the other way."""
    x, y = units(200)
    p = additive(x, y)
    found = hull(p.columns, disposal(p))
    tight = type(p)(p.columns, p.extra[:, :, 1:], p.rhs, p.cost[:, 1:], p.own)  # the first input must be met exactly
    assert solve(tight, frame=found).value == pytest.approx(solve(tight).value, rel=1e-11, abs=1e-11)
    assert np.abs(solve(tight).value - solve(p).value).max() > 0.01


def test_without_a_unit_of_the_frame_others_come_to_count() -> None:
    p = radial(*units(300), beyond=True)
    found = hull(p.columns, disposal(p))
    whole, quick = solve(p), solve(p, frame=found)
    assert quick.status.tolist() == whole.status.tolist()
    known = whole.status == OPTIMAL
    assert quick.value[known] == pytest.approx(whole.value[known], rel=1e-12)
    assert (whole.value < -1.001).sum() > 20


def test_programs_without_a_point_on_the_frame() -> None:
    x, y = units(300)
    p = radial(x, y, asked=(x, 2 * y))
    found = hull(p.columns, disposal(p))
    whole = solve(p)
    assert 20 < (whole.status == OPTIMAL).sum() < 280
    assert solve(p, frame=found).status.tolist() == whole.status.tolist()
    assert solve(p, frame=found.frame).status.tolist() == whole.status.tolist()


@pytest.mark.parametrize("beyond", [False, True])
def test_every_way_to_end_is_the_same_on_a_frame(beyond: bool) -> None:
    """Optimal, infeasible and unbounded among the same programs, on a hull, on some columns and on all."""
    x, y = units(300)
    asked = radial(x, y, asked=(x, y * np.linspace(0.5, 3.0, 300)[:, None]))
    free = np.zeros((300, 6, 1))
    free[::7, 3] = 1.0  # every seventh may have an output for nothing, and is paid for it
    cost = np.where(np.arange(300)[:, None] % 7 == 0, 1.0, 0.0) * (0.0 if beyond else 1.0)
    extra = np.concatenate([asked.extra, free, -free], axis=2)
    both = np.hstack([np.repeat(asked.cost, 300, axis=0), cost, np.zeros((300, 1))])
    p = Programs(asked.columns, extra, asked.rhs, both, asked.own, np.arange(300) if beyond else None)
    whole = solve(p, frame=np.arange(300))
    assert {OPTIMAL, INFEASIBLE} <= set(whole.status.tolist())
    assert (whole.status == UNBOUNDED).any() == (not beyond)
    for frame in (hull(p.columns, disposal(asked)), np.array([3]), np.arange(0, 300, 9)):
        found = solve(p, frame=frame)
        assert found.status.tolist() == whole.status.tolist()
        assert found.value == pytest.approx(whole.value, rel=1e-10, nan_ok=True)
        assert np.isnan(found.value[found.status != OPTIMAL]).all()


@pytest.mark.parametrize("spread", ["few", "all"], ids=["few corners", "all corners"])
def test_many_columns_find_their_frame_by_themselves(spread: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "MANY", 400)
    x, y = units(600)
    if spread == "all":
        y = y / np.linalg.norm(y, axis=1)[:, None]
        x = np.ones_like(x)
    p = radial(x, y)
    chosen = solving._frame(p, None)
    assert (chosen is None) == (spread == "all")
    quick = solve(p)
    monkeypatch.setattr(solving, "MANY", 10_000)
    assert quick.value == pytest.approx(solve(p).value, rel=1e-12)
