"""Mixed-integer programs: against scipy's own door to HiGHS, with columns left out and priced in; conflicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import LinearConstraint, linprog, milp

from nqpf.numerics import integer
from nqpf.numerics.conflict import irreducible
from nqpf.numerics.integer import relax, solve
from nqpf.numerics.mixed import Program, gap_of
from nqpf.numerics.rows import Blocks


def knapsacks(seed: int, rows: int = 6, columns: int = 60) -> Program:
    """Return places and shared limits with a slack that has a price."""
    rng = np.random.default_rng(seed)
    blocks = Blocks()
    x = blocks.add_columns(columns, rng.uniform(0.1, 2, columns), 1.0, whole=True)
    over = blocks.add_columns(rows, -rng.uniform(0.5, 2, rows), 1.5)
    at = rng.integers(0, rows, columns)
    size = rng.uniform(0.3, 2.0, columns)
    blocks.add_rows(rows, [(at, x, size), (np.arange(rows), over, -1.0)], most=rng.uniform(1, 4, rows))
    blocks.add_rows(1, [(0, x, 1.0)], least=2.0, most=columns / 5)
    return blocks.program()


def oracle(p: Program) -> float:
    limits = LinearConstraint(p.rows, p.least, p.most)
    found = milp(
        -p.gain, integrality=p.whole, bounds=(p.lower, p.upper), constraints=limits, options={"mip_rel_gap": 0}
    )
    return -found.fun


@pytest.mark.parametrize("seed", range(5))
def test_kernels_reach_the_optimum_of_all_columns(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    program = knapsacks(seed)
    direct = solve(program, gap=0.0)
    monkeypatch.setattr(integer, "SMALL", 0)
    monkeypatch.setattr(integer, "KERNEL", 3)
    monkeypatch.setattr(integer, "WHOLE", 0.99)
    kernels = solve(program, gap=0.0)
    loose = solve(program, gap=0.05)
    assert direct.status == kernels.status == loose.status == "optimal"
    assert direct.value == pytest.approx(oracle(program), rel=1e-7)
    assert kernels.value == pytest.approx(direct.value, rel=1e-7)
    assert loose.value <= direct.value + 1e-9 <= loose.bound + 2e-9
    assert loose.gap <= 0.05
    for found in (direct, kernels, loose):
        assert found.x is not None
        assert set(found.x[program.whole]) <= {0.0, 1.0}
        assert (program.rows @ found.x <= program.most + 1e-6).all()


@pytest.mark.parametrize("seed", range(4))
def test_priced_in_columns_give_the_relaxation_of_all(seed: int) -> None:
    program = knapsacks(seed)
    whole = relax(program)
    few = np.arange(program.gain.size) % 7 == 0
    few[60:] = True
    priced = relax(program, few)
    a = sparse.vstack([program.rows, -program.rows[[6]]])
    b = np.append(program.most, -program.least[6])
    peer = linprog(-program.gain, A_ub=a, b_ub=b, bounds=np.stack([program.lower, program.upper], axis=1))
    assert whole.value == pytest.approx(-peer.fun)
    assert priced.value == pytest.approx(whole.value)
    assert priced.reduced[(priced.x < 1e-9) & (program.lower == 0)].max() <= 1e-7
    np.testing.assert_allclose(priced.reduced, program.gain - program.rows.T @ priced.prices)


def test_prices_tell_what_a_unit_more_is_worth() -> None:
    program = knapsacks(1)
    before = relax(program)
    for row in np.flatnonzero(before.prices > 1e-6):
        most = program.most.copy()
        most[row] += 1e-4
        after = relax(replace(program, most=most))
        assert (after.value - before.value) / 1e-4 == pytest.approx(before.prices[row], rel=1e-6)


def test_what_has_no_solution_or_no_end_says_so() -> None:
    program = knapsacks(0)
    least = program.least.copy()
    least[6] = 50.0
    assert solve(replace(program, least=least)).status == "infeasible"
    assert solve(replace(program, least=least)).x is None
    assert relax(replace(program, least=least), program.whole).status == "infeasible"
    endless = Blocks()
    column = endless.add_columns(1, 1.0, np.inf)
    endless.add_rows(1, [([0], column, 1.0)], least=1.0)
    assert relax(endless.program()).status in ("unbounded", "infeasible")
    assert solve(endless.program()).status != "optimal"


def test_programs_without_columns_or_rows() -> None:
    blocks = Blocks()
    blocks.add_columns(0, 0.0, 1.0, whole=True)
    assert solve(blocks.program()).value == 0.0
    nothing = np.zeros(0, dtype=np.intp)
    blocks.add_rows(1, [(nothing, nothing, 1.0)], least=1.0)
    assert solve(blocks.program()).status == "infeasible"
    free = Blocks()
    free.add_columns(3, [1.0, -1.0, 2.0], 1.0, whole=True)
    assert solve(free.program()).value == 3.0


def test_a_start_is_kept_where_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    program = knapsacks(3, 20, 3000)
    start = np.zeros(program.gain.size)
    start[np.argsort(-program.gain)[:2]] = 1.0
    start[3000:] = np.maximum(program.rows[:20, :3000] @ start[:3000] - program.most[:20], 0)
    monkeypatch.setattr(integer, "SMALL", 0)
    found = solve(program, gap=0.0, seconds=0.0, start=start)
    assert found.status == "stopped"
    assert found.value >= program.gain @ start - 1e-9
    assert found.bound >= found.value


def test_scales_change_nothing() -> None:
    program = knapsacks(2)
    one = solve(program, gap=0.0)
    rows = sparse.csc_array(sparse.diags_array(np.full(7, 1e7)) @ program.rows)
    scaled = replace(program, gain=1e9 * program.gain, rows=rows, least=1e7 * program.least, most=1e7 * program.most)
    other = solve(scaled, gap=0.0)
    np.testing.assert_array_equal(one.x[program.whole], other.x[program.whole])  # type: ignore[index]
    assert other.value == pytest.approx(1e9 * one.value)


@pytest.mark.parametrize(
    ("value", "bound", "gap"), [(99.0, 100.0, 0.01), (-100.0, -99.0, 0.01), (0.0, 0.0, 0.0), (5.0, 4.0, 0.0)]
)
def test_a_gap_is_a_share_of_the_larger_size(value: float, bound: float, gap: float) -> None:
    assert gap_of(value, bound) == pytest.approx(gap)


@given(st.lists(st.integers(0, 10), max_size=12), st.integers(0, 40))
def test_a_conflict_conflicts_and_has_nothing_idle(sizes: list[int], room: int) -> None:
    asked = list(enumerate(sizes))

    def feasible(some: object) -> bool:
        return sum(size for _, size in some) <= room  # type: ignore[attr-defined]

    if feasible(asked):
        return
    found = irreducible(asked, feasible)
    assert not feasible(found)
    assert all(feasible([other for other in found if other != one]) for one in found)


def test_no_constraint_at_all_may_be_too_much() -> None:
    assert irreducible([1, 2], lambda some: False) == []
