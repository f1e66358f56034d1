"""Additive and Russell measures: hand cases, bounds, invariances."""

from __future__ import annotations

import numpy as np
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.numerics.programs import OPTIMAL
from nqpf.productivity.frontier.additive import additive, bam, ram, super_additive
from nqpf.productivity.frontier.dea import dea
from nqpf.productivity.frontier.directional import radial
from nqpf.productivity.frontier.measure import Ask
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.russell import russell
from nqpf.productivity.frontier.slacks_based import sbm, super_sbm
from nqpf.productivity.frontier.technology import Technology

SHOPS = {"shop": ["A", "B", "C", "D"], "staff": [2.0, 4, 8, 6], "sales": [2.0, 6, 8, 3]}


def example(seed: int = 1, n: int = 30) -> Quantities:
    rng = np.random.default_rng(seed)
    return Quantities(rng.uniform(1, 9, (n, 2)), rng.uniform(1, 9, (n, 2)), rng.uniform(1, 9, (n, 1)))


def test_slacks_by_hand() -> None:
    """D is beside B, which saves 2 staff and sells 3 more: 5 in all, the furthest that D can go under VRS."""
    found = dea(SHOPS, ["staff"], ["sales"], unit="shop", measure="additive")
    assert np.allclose(found.frame["score"], [0, 0, 0, 5], atol=1e-12)
    assert found.frame["efficiency"].null_count() == 4
    assert found.peers.filter(found.peers["shop"] == "D")["peer"].to_list() == ["B"]
    inputs = dea(SHOPS, ["staff"], ["sales"], unit="shop", measure="additive", orientation="input")
    assert inputs.frame["score"][3] == pytest.approx(6 - 2.5, abs=1e-12)


def test_range_and_bounded_measures_by_hand() -> None:
    """Ranges are 6 staff and 6 sales; D is 4 staff and 5 sales away from the best of each."""
    range_adjusted = dea(SHOPS, ["staff"], ["sales"], unit="shop", measure="ram").frame["score"]
    assert np.allclose(range_adjusted, [1, 1, 1, 1 - (2 / 6 + 3 / 6) / 2], atol=1e-12)
    bounded = dea(SHOPS, ["staff"], ["sales"], unit="shop", measure="bam").frame["score"]
    assert bounded[3] == pytest.approx(1 - max(2 / 4 + 3 / 5, 3.5 / 4 + 0) / 2, abs=1e-12)


def test_bounds_and_invariances() -> None:
    q = example()
    ask = Ask("both", np.arange(len(q)))
    technology = Technology(disposability="strong")
    factors, shift = np.array([10.0, 0.1, 3.0, 1e4, 7.0]), np.array([-50.0, 3.0, -8.0, 20.0, 1.0])
    moved = Quantities(*np.split(q.all * factors + shift * factors, [2, 4], axis=1))
    efficient = np.isclose(additive(technology, q, q, ask).score, 0.0, atol=1e-9)
    assert 0 < efficient.sum() < len(q)
    assert np.array_equal(efficient, np.isclose(sbm(technology, q, q, ask).score, 1.0, atol=1e-9))
    scores = {}
    for measure in (ram, bam):
        scores[measure] = measure(technology, q, q, ask).score
        assert (scores[measure] >= 0).all()
        assert (scores[measure] <= 1 + 1e-12).all()
        assert np.array_equal(np.isclose(scores[measure], 1.0, atol=1e-9), efficient)
        assert np.allclose(scores[measure], measure(technology, moved, moved, ask).score, atol=1e-9)
    assert (scores[bam] <= scores[ram] + 1e-12).all()


@pytest.mark.parametrize("measure", [additive, ram, bam])
def test_a_projection_has_no_slack_left(measure: object) -> None:
    q = example(2)
    target = measure(Technology(), q, q, Ask("both", np.arange(len(q)))).targets  # type: ignore[operator]
    eased = Quantities(target.x + 1e-11, target.y - 1e-11, target.b)
    again = additive(Technology(), q, eased, Ask("both", np.full(len(q), -1)))
    assert np.allclose(again.score, 0.0, atol=1e-8)


def test_only_variable_returns_bound_slacks_by_ranges() -> None:
    with pytest.raises(SpecError, match=r'ram is defined under variable returns only; this is “crs”.*rts="vrs"'):
        dea(SHOPS, ["staff"], ["sales"], unit="shop", rts="crs", measure="ram")


def test_super_additive_moves_least() -> None:
    """With one input and one output under constant returns, B alone is beyond the others, at 1.5 sales a head to 1."""
    found = dea(SHOPS, ["staff"], ["sales"], unit="shop", rts="crs", measure="super_additive")
    assert np.allclose(found.frame["score"], [1, 1.5, 1, 1], atol=1e-12)
    q = example(3)
    bare = Quantities(q.x, q.y, q.b[:, :0])
    ask = Ask("both", np.arange(len(q)))
    least = super_sbm(Technology(), bare, bare, ask, others="one").score
    assert (super_additive(Technology(), bare, bare, ask).score >= least - 1e-9).all()
    asked = Ask("both", ask.own, leave_out=True)
    assert np.array_equal(
        additive(Technology(), bare, bare, asked).score, super_additive(Technology(), bare, bare, ask).score
    )
    with pytest.raises(MethodError, match="is 0"):
        super_additive(Technology(), bare, Quantities(bare.x * 0, bare.y, bare.b), ask)


def test_russell_leaves_zeros_out_of_the_mean() -> None:
    q = example(4)
    x = q.x.copy()
    x[0, 0] = 0.0
    holed = Quantities(x, q.y, q.b[:, :0])
    ask = Ask("input", np.arange(len(q)))
    found = russell(Technology(), holed, holed, ask)
    assert found.score[0] == pytest.approx(1 - found.slacks[0, 1] / x[0, 1], abs=1e-12)
    assert found.slacks[0, 0] == 0.0


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_russell_means_lie_beyond_farrell(orientation: str) -> None:
    q = example(5)
    ask = Ask(orientation, np.arange(len(q)))  # type: ignore[arg-type]
    farrell = radial(Technology(), q, q, ask)
    found = russell(Technology(), q, q, ask)
    assert (found.efficiency <= farrell.efficiency + 1e-9).all()
    assert np.allclose(found.efficiency, found.score if orientation == "input" else 1 / found.score)
    beyond = russell(Technology("crs"), q, q, Ask(ask.orientation, ask.own, leave_out=True))
    assert (beyond.status == OPTIMAL).any()
    better = beyond.score if orientation == "input" else beyond.efficiency
    assert np.nanmin(better) >= 1 - 1e-9


@pytest.mark.parametrize("measure", ["additive", "super_additive"])
def test_a_zero_that_may_not_move_is_no_obstacle(measure: str) -> None:
    """B makes 4 of 3; as A works, that takes 4, a third more. C makes nothing, for which A needs less."""
    table = {"x": [1.0, 3.0, 3.0], "y": [1.0, 4.0, 0.0]}
    found = dea(table, ["x"], ["y"], measure=measure, orientation="input", rts="crs", super_efficiency=True).frame
    assert found["status"].to_list() == ["optimal"] * 3
    assert np.allclose(found["score"], [1.0, 4 / 3, 1.0], atol=1e-12)
    with pytest.raises(MethodError):
        dea(table, ["x"], ["y"], measure=measure, orientation="output", rts="crs", super_efficiency=True)
