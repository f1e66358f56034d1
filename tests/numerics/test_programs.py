"""Linear programs small enough to solve by hand, in every way they can end, by the kernel and by HiGHS."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from dea_programs import radial, units

from nqpf.numerics import solve as solving
from nqpf.numerics.batches import attempt
from nqpf.numerics.certificate import Claims
from nqpf.numerics.programs import DOUBTFUL, INFEASIBLE, OPTIMAL, STATUS, UNBOUNDED, Floats, Programs
from nqpf.numerics.solve import solve


def one(columns: list[list[float]], extra: list[list[float]], rhs: list[float], cost: list[float]) -> Programs:
    return Programs(np.array(columns), np.array([extra]), np.array([rhs]), np.array([cost]), np.array([-1]))


def no_claims(programs: Programs, **_: object) -> tuple[Claims, Floats]:
    """Stand in for a kernel that is sure of nothing."""
    claims, gap = attempt(programs)
    claims.status[:] = DOUBTFUL
    return claims, np.full_like(gap, np.inf)


@pytest.fixture(params=["kernel", "highs"])
def solver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Return `solve`, once as it is and once with all work falling to HiGHS."""
    if request.param == "highs":
        monkeypatch.setattr(solving, "attempt", no_claims)
    return solve


def test_an_optimum_with_its_prices(solver: Callable[..., object]) -> None:
    # Input 2 makes 1, input 8 makes 2; a unit with 8 and 2 could do with 4 under constant returns.
    found = solver(one([[2, 8], [1, 2]], [[-8, 1, 0], [0, 0, -1]], [0, 2], [-1, 0, 0]))
    assert found.status.tolist() == [OPTIMAL]
    assert found.value == pytest.approx([-0.5], abs=1e-15)
    assert found.extra[0] == pytest.approx([0.5, 0.0, 0.0], abs=1e-15)
    assert found.dual[0] == pytest.approx([1 / 8, -1 / 4], abs=1e-15)
    assert [a.tolist() for a in found.intensities(2)] == [[0], [0], [2.0]]
    assert found.gap[0] < 1e-15


def test_no_point(solver: Callable[..., object]) -> None:
    found = solver(one([[1, 2], [1, 1]], [[1], [0]], [0.5, 1.0], [1.0]))  # λ sums to 1, so the first row is at least 1
    assert STATUS[found.status[0]] == "infeasible"
    assert np.isnan([found.value[0], *found.extra[0], *found.dual[0], *found.weight[0], found.gap[0]]).all()
    assert (found.basis == -1).all()


def test_no_bound(solver: Callable[..., object]) -> None:
    found = solver(one([[1.0], [1.0]], [[1, -1, 0], [0, 0, 1]], [1, 1], [0, 1, 0]))  # both extra columns can grow
    assert STATUS[found.status[0]] == "unbounded"
    assert np.isnan([found.value[0], *found.extra[0], *found.dual[0], *found.weight[0], found.gap[0]]).all()


def test_what_is_neither_met_nor_missed_is_doubtful(solver: Callable[..., object]) -> None:
    found = solver(one([[1.0], [1.0]], [[0.0], [0.0]], [1.0, 1.0 + 3e-9], [1.0]))
    assert STATUS[found.status[0]] == "infeasible"
    found = solver(one([[1.0], [1.0]], [[0.0], [0.0]], [1.0, 1.0 + 1.5e-9], [1.0]))
    assert STATUS[found.status[0]] == "doubtful"
    assert np.isnan(found.value[0])


def test_rows_that_say_the_same(solver: Callable[..., object]) -> None:
    found = solver(one([[1, 2], [1, 2], [2, 4]], [[1.0], [1.0], [2.0]], [4, 4, 8], [3.0]))
    assert found.status.tolist() == [OPTIMAL]
    assert found.value == pytest.approx([12.0])
    assert sorted(found.basis[0].tolist()) == [-1, -1, 2]


def test_rows_that_contradict_each_other(solver: Callable[..., object]) -> None:
    assert solver(one([[1, 2], [1, 2]], [[1.0], [1.0]], [4, 5], [3.0])).status.tolist() == [INFEASIBLE]


def test_a_barred_column_is_not_used(solver: Callable[..., object]) -> None:
    p = one([[2, 8], [1, 2]], [[-8, 1, 0], [0, 0, -1]], [0, 2], [-1, 0, 0])
    found = solver(Programs(p.columns, p.extra, p.rhs, p.cost, np.array([0]), barred=np.array([0])))
    assert found.value == pytest.approx([-1.0])
    assert 0 not in found.basis


@pytest.mark.parametrize("barred", [0, 1])
def test_a_barred_column_is_no_way_to_no_bound(solver: Callable[..., object], barred: int) -> None:
    """Either column meets the second row; then the first two extra columns grow together."""
    p = one([[1.0, 1.0], [1.0, 1.0]], [[1, -1], [0, 0]], [1, 1], [0, 1])
    found = solver(Programs(p.columns, p.extra, p.rhs, p.cost, np.array([0]), barred=np.array([barred])))
    assert STATUS[found.status[0]] == "unbounded"


def test_negative_right_hand_sides_and_costs(solver: Callable[..., object]) -> None:
    found = solver(one([[-2.0, 1.0]], [[1.0, -1.0]], [-6.0], [-3.0, -2.0]))
    assert found.value == pytest.approx([0.0])  # λ₁ = 3 costs nothing
    found = solver(one([[2.0, 1.0]], [[1.0, -1.0]], [-6.0], [-3.0, -2.0]))
    assert found.value == pytest.approx([-12.0])
    assert found.extra[0] == pytest.approx([0.0, 6.0])


@pytest.mark.parametrize("name", ["columns", "extra", "rhs", "cost"])
@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_no_number_is_refused(name: str, wrong: float) -> None:
    p = radial(*units(4))
    parts = {part: getattr(p, part).copy() for part in ("columns", "extra", "rhs", "cost")}
    parts[name].flat[0] = wrong
    with pytest.raises(ValueError, match="NaN or an infinity"):
        solve(Programs(**parts, own=p.own))


def test_no_programs_and_no_columns() -> None:
    p = radial(*units(5))
    nothing = solve(p.at(np.array([], dtype=int)))
    assert nothing.value.shape == (0,)
    assert nothing.dual.shape == (0, 6)
    bare = one([[]], [[2.0]], [3.0], [1.0])
    assert solve(bare).value == pytest.approx([1.5])


def test_the_same_numbers_for_all_need_standing_only_once() -> None:
    p = radial(*units(9), orientation="output")
    alike = Programs(p.columns, p.extra[:1], p.rhs, p.cost, p.own)
    whole = Programs(p.columns, np.repeat(p.extra[:1], 9, axis=0), p.rhs, np.repeat(p.cost, 9, axis=0), p.own)
    assert solve(alike).value.tolist() == solve(whole).value.tolist()


def test_the_status_of_each_program_is_its_own() -> None:
    x, y = units(40, inputs=1, outputs=1)
    y0 = np.linspace(0.1, 2.0, 40)[:, None] * y.max()
    found = solve(radial(x, y, asked=(x, y0)))
    assert (found.status == np.where(y0[:, 0] <= y.max(), OPTIMAL, INFEASIBLE)).all()
    assert (np.isnan(found.value) == (found.status != OPTIMAL)).all()


def test_unbounded_beside_bounded() -> None:
    p = one([[1.0]], [[1.0, -1.0]], [1.0], [1.0, 0.0])
    both = Programs(p.columns, p.extra, p.rhs, np.array([[1.0, -2.0], [1.0, 0.5]]), np.array([0, 0]))
    assert solve(both).status.tolist() == [OPTIMAL, UNBOUNDED]
