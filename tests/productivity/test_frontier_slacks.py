"""Slacks-based measures: Tone's own example, a program written another way, identities, zeros."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from nqpf.errors import MethodError
from nqpf.numerics.programs import INFEASIBLE, OPTIMAL
from nqpf.productivity.frontier.dea import dea
from nqpf.productivity.frontier.directional import radial
from nqpf.productivity.frontier.measure import Ask, Orientation
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.russell import russell
from nqpf.productivity.frontier.slacks_based import sbm, super_sbm
from nqpf.productivity.frontier.technology import Floats, Rts, Technology

TONE = {
    "unit": ["A", "B", "C", "D", "E"],
    "x1": [4.0, 6, 8, 8, 2],
    "x2": [3.0, 3, 1, 1, 4],
    "y1": [2.0, 2, 6, 6, 1],
    "y2": [3.0, 3, 2, 1, 4],
}
"""The five units of Tone (2001), table 1."""

ORIENTATIONS: tuple[Orientation, ...] = ("both", "input", "output")


def example(seed: int = 1, n: int = 30, bads: int = 0) -> Quantities:
    """Positive data, some units far from the frontier."""
    rng = np.random.default_rng(seed)
    x = rng.lognormal(1.0, 0.5, (n, 3))
    size = np.exp(np.log(x).mean(axis=1, keepdims=True) - rng.exponential(0.4, (n, 1)))
    return Quantities(x, size * rng.uniform(0.5, 1.5, (n, 2)), size * rng.uniform(0.5, 3.0, (n, bads)))


def ask(orientation: Orientation, q: Quantities, **more: object) -> Ask:
    """Everything compared with itself."""
    return Ask(orientation, np.arange(len(q)), **more)  # type: ignore[arg-type]


def enhanced_russell(q: Quantities, u: int, rts: Rts) -> float:
    """Pastor, Ruiz and Sirvent's program as they write it: θ, φ and β = 1 / mean φ instead of slacks."""
    n, i = q.x.shape
    k = q.y.shape[1] + q.b.shape[1]
    good = q.y.shape[1]
    r = np.hstack([q.y, q.b])
    cost = np.r_[np.full(i, 1.0 / i), np.zeros(k + n + 1)]  # u_i = βθ_i, v_r = βφ_r (or β(2 − φ_r)), τ = βλ, β
    upper = np.zeros((2 * (i + k), cost.size))
    for j in range(i):
        upper[j, i + k : -1], upper[j, j] = q.x[:, j], -q.x[u, j]
        upper[i + k + j, j], upper[i + k + j, -1] = 1.0, -1.0
    for j in range(k):
        sign = 1.0 if j < good else -1.0
        upper[i + j, i + k : -1], upper[i + j, i + j] = -sign * r[:, j], sign * r[u, j]
        if sign < 0:  # b may fall to (2 − v) b
            upper[i + j, i + k : -1], upper[i + j, i + j], upper[i + j, -1] = r[:, j], r[u, j], -2 * r[u, j]
        upper[2 * i + k + j, i + j], upper[2 * i + k + j, -1] = -1.0, 1.0
    equal = [np.r_[np.zeros(i), np.full(k, 1.0 / k), np.zeros(n + 1)]]
    right = [1.0]
    if rts == "vrs":
        equal.append(np.r_[np.zeros(i + k), np.ones(n), -1.0])
        right.append(0.0)
    found = linprog(cost, upper, np.zeros(len(upper)), np.array(equal), right, method="highs")
    return float(found.fun)


def test_tones_example_gives_his_scores() -> None:
    found = dea(TONE, ["x1", "x2"], ["y1", "y2"], unit="unit", rts="crs", measure="sbm")
    assert np.allclose(found.frame["score"], [79 / 99, 25 / 44, 1, 2 / 3, 1], atol=1e-12)
    assert found.method.id == "frontier.sbm"
    assert found.peers.filter(found.peers["unit"] == "D")["peer"].to_list() == ["C"]
    assert found.slacks is not None
    assert np.allclose(found.slacks.row(3)[1:], [0, 0, 0, 1], atol=1e-12)


def test_super_efficiency_ranks_tones_efficient_units_and_keeps_the_others() -> None:
    one = dea(TONE, ["x1", "x2"], ["y1", "y2"], unit="unit", rts="crs", measure="super_sbm_one").frame["score"]
    kept = dea(TONE, ["x1", "x2"], ["y1", "y2"], unit="unit", rts="crs", measure="super_sbm").frame["score"]
    assert np.allclose(one, [1, 1, 4 / 3, 1, 16 / 11], atol=1e-12)
    assert np.allclose(kept, [79 / 99, 25 / 44, 4 / 3, 2 / 3, 16 / 11], atol=1e-12)
    flag = dea(TONE, ["x1", "x2"], ["y1", "y2"], unit="unit", rts="crs", measure="sbm", super_efficiency=True)
    assert flag.frame["score"].to_list() == kept.to_list()


@pytest.mark.parametrize("rts", ["crs", "vrs"])
@pytest.mark.parametrize("bads", [0, 1])
def test_it_is_the_enhanced_russell_measure(rts: Rts, bads: int) -> None:
    q = example(2, 12, bads)
    ours = sbm(Technology(rts, "strong"), q, q, ask("both", q)).score
    assert np.allclose(ours, [enhanced_russell(q, u, rts) for u in range(len(q))], atol=1e-9)


@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
def test_identities(rts: Rts) -> None:
    q, technology = example(), Technology(rts)
    scores = {o: sbm(technology, q, q, ask(o, q)) for o in ORIENTATIONS}
    for orientation in ("input", "output"):
        assert (scores["both"].score <= scores[orientation].score + 1e-12).all()
        assert (scores[orientation].score <= radial(technology, q, q, ask(orientation, q)).efficiency + 1e-9).all()
        r = russell(technology, q, q, ask(orientation, q))
        assert np.allclose(r.efficiency, scores[orientation].score, atol=1e-12)
    whole = scores["both"]
    share = whole.slacks / q.all
    assert np.allclose(whole.score, (1 - share[:, :3].mean(axis=1)) / (1 + share[:, 3:].mean(axis=1)), atol=1e-9)
    assert (whole.slacks >= 0).all()
    unit, peer, weight = whole.intensities
    made = np.zeros_like(q.all)
    np.add.at(made, unit, weight[:, None] * q.all[peer])
    assert np.allclose(made, whole.targets.all, atol=1e-9)
    if rts == "vrs":
        assert np.allclose(np.bincount(unit, weight), 1.0)
    assert whole.dual is not None
    assert (whole.dual[:, :3] >= 1 / (3 * q.x) - 1e-9).all()
    assert (whole.dual[:, 3:] >= whole.score[:, None] / (2 * q.y) - 1e-9).all()


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("rts", ["crs", "vrs"])
def test_a_projection_scores_one(orientation: Orientation, rts: Rts) -> None:
    q = example(3, 25, 1)
    technology = Technology(rts, "strong")
    targets = sbm(technology, q, q, ask(orientation, q)).targets
    shrunk = Quantities(targets.x * (1 + 1e-12), targets.y * (1 - 1e-12), targets.b * (1 + 1e-12))
    again = sbm(technology, q, shrunk, Ask(orientation, np.full(len(q), -1)))
    assert np.allclose(again.score, 1.0, atol=1e-9)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_units_of_measurement_and_row_order_do_not_matter(orientation: Orientation) -> None:
    q = example(4, 20, 1)
    factors = np.array([1e6, 1e-3, 5.0, 200.0, 0.1, 1e4])
    scaled = Quantities(*np.split(q.all * factors, [3, 5], axis=1))
    order = np.random.default_rng(0).permutation(len(q))
    for measure in (sbm, super_sbm):
        base = measure(Technology(), q, q, ask(orientation, q)).score
        other = measure(Technology(), scaled, scaled, ask(orientation, q)).score
        turned = measure(Technology(), q[order], q[order], ask(orientation, q)).score
        assert np.allclose(base, other, atol=1e-9, equal_nan=True)
        assert np.allclose(base[order], turned, atol=1e-9, equal_nan=True)


def test_a_twin_changes_no_score_but_ends_super_efficiency() -> None:
    q = example(5)
    twice = Quantities(*(np.vstack([part, part]) for part in (q.x, q.y, q.b)))
    once = sbm(Technology(), q, q, ask("both", q)).score
    both = sbm(Technology(), twice, twice, ask("both", twice)).score
    assert np.allclose(both, np.tile(once, 2), atol=1e-9)
    ended = super_sbm(Technology(), twice, twice, ask("both", twice)).score
    assert np.allclose(ended, both, atol=1e-9)


def test_super_efficiency_exceeds_one_only_for_efficient_units() -> None:
    q = example(6)
    rho = sbm(Technology(), q, q, ask("both", q)).score
    found = super_sbm(Technology(), q, q, ask("both", q))
    efficient = rho > 1 - 1e-9
    assert (found.score[efficient] > 1).all()
    assert np.array_equal(found.score[~efficient], rho[~efficient])
    assert (found.slacks[efficient] <= 1e-12).all()
    bounded = super_sbm(Technology(), q, q, ask("input", q))
    assert set(bounded.status) <= {OPTIMAL, INFEASIBLE}
    assert np.isnan(bounded.score[bounded.status == INFEASIBLE]).all()


def test_weights_say_what_counts() -> None:
    q = example(7)
    alone = np.array([1.0, 0, 0, 0, 0])
    found = sbm(Technology(), q, q, ask("input", q, weights=alone, slacks=True))
    held = Quantities(q.x[:, :1], np.hstack([q.y, -q.x[:, 1:]]), q.b)
    theta = radial(Technology(), held, held, ask("input", q)).score
    assert np.allclose(found.score, theta, atol=1e-9)
    assert (found.slacks >= -1e-12).all()
    assert (found.slacks[:, 1:] > 1e-6).any()
    first = sbm(Technology(), q, q, ask("input", q, weights=alone))
    assert np.isnan(first.slacks[:, 1:]).all()
    assert np.array_equal(first.targets.y, q.y)


def test_zeros_are_refused_or_treated_as_tone_says() -> None:
    with pytest.raises(MethodError) as caught:
        dea({**TONE, "x2": [3.0, 0, 1, 1, 4]}, ["x1", "x2"], ["y1", "y2"], unit="unit", measure="sbm")
    assert "unit B" in str(caught.value)
    assert "x2" in str(caught.value)
    q = example(8)
    x = q.x.copy()
    x[0, 0] = 0.0
    y = q.y.copy()
    y[1, 1] = 0.0
    holed = Quantities(x, y, q.b)
    with pytest.raises(MethodError, match=r"row 1: Quantity number 1.* is 0: .*sbm_zeros"):
        sbm(Technology(), holed, holed, ask("both", holed))
    found = sbm(Technology(), holed, holed, ask("input", holed), zeros="tone")
    share = found.slacks[0, 1:3] / x[0, 1:]
    assert found.score[0] == pytest.approx(1 - share.mean(), abs=1e-9)
    filled = y.copy()
    filled[1, 1] = np.delete(y[:, 1], 1).min() / 100
    by_hand = Quantities(x, filled, q.b)
    assert np.allclose(found.score[1:], sbm(Technology(), by_hand, by_hand, ask("input", q), zeros="tone").score[1:])


def test_an_observation_beyond_the_frontier_has_no_score_but_a_super_score() -> None:
    q = example(9)
    better = Quantities(q.x.min(axis=0, keepdims=True) * 0.5, q.y.max(axis=0, keepdims=True) * 2, np.zeros((1, 0)))
    nowhere: Floats = np.full(1, -1)
    assert sbm(Technology("crs"), q, better, Ask("both", nowhere)).status[0] == INFEASIBLE
    assert super_sbm(Technology("crs"), q, better, Ask("both", nowhere)).score[0] > 1
