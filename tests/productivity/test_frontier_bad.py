"""Bad outputs: the disposabilities by hand and against each other, non-radial distances, by-production."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from nqpf.errors import SpecError
from nqpf.numerics.programs import INFEASIBLE, OPTIMAL
from nqpf.productivity.frontier.by_production import by_production
from nqpf.productivity.frontier.dea import dea
from nqpf.productivity.frontier.directional import directional, distance
from nqpf.productivity.frontier.measure import Ask
from nqpf.productivity.frontier.nonradial import group_weights, nonradial
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.slacks_based import sbm, super_sbm
from nqpf.productivity.frontier.technology import Disposability, Floats, Rts, Technology

PLANTS = {"plant": ["A", "B", "C"], "coal": [2.0, 2, 1], "power": [2.0, 1, 0.5], "co2": [2.0, 4, 1]}
"""A makes 1 unit of power and 1 of CO₂ from 1 of coal; B has half the power and twice the CO₂, C half the power."""


def example(seed: int = 1, n: int = 25) -> Quantities:
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 9, (n, 2))
    y = np.sqrt(x.prod(axis=1, keepdims=True)) * rng.uniform(0.4, 1, (n, 1))
    return Quantities(x, y, x[:, :1] * rng.uniform(0.5, 2, (n, 1)))


def outputs(q: Quantities) -> Floats:
    return np.hstack([0 * q.x, q.y, -q.b])


def beta(rts: Rts, disposability: Disposability, q: Quantities, direction: Floats) -> Floats:
    found = distance(Technology(rts, disposability), q, q, direction, np.arange(len(q)))
    assert (found.status == OPTIMAL).all()
    return found.beta


def test_half_of_everything_needs_abatement() -> None:
    """One plant; half its output and half its CO₂ from all its input can only be made by abating."""
    one = Quantities(np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 1)))
    half = Quantities(one.x, one.y / 2, one.b / 2)
    good = np.array([[0.0, 1.0, 0.0]])
    found = {d: distance(Technology("vrs", d), one, half, good) for d in ("weak", "kuosmanen", "abatement", "free")}  # type: ignore[arg-type]
    assert found["weak"].status[0] == INFEASIBLE
    for word, best in (("kuosmanen", 0.0), ("abatement", 0.0), ("free", 0.5)):
        assert found[word].beta[0] == pytest.approx(best, abs=1e-12)
    dirty = Quantities(one.x, one.y / 2, one.b * 2)
    assert distance(Technology("vrs", "strong"), one, dirty, good).beta[0] == pytest.approx(0.5, abs=1e-12)
    assert distance(Technology("vrs", "free"), one, dirty, good).status[0] == INFEASIBLE


@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
def test_larger_technologies_leave_more_room(rts: Rts) -> None:
    q = example()
    for direction in (outputs(q), np.hstack([0 * q.x, q.y, 0 * q.b])):
        weak = beta(rts, "weak", q, direction)
        abatement, kuosmanen = beta(rts, "abatement", q, direction), beta(rts, "kuosmanen", q, direction)
        assert (weak <= abatement + 1e-9).all()
        assert (abatement <= kuosmanen + 1e-9).all()
        assert (weak <= beta(rts, "strong", q, direction) + 1e-9).all()
        assert (weak <= beta(rts, "free", q, direction) + 1e-9).all()
        if rts == "crs":
            assert np.allclose(weak, abatement, atol=1e-9)
            assert np.allclose(weak, kuosmanen, atol=1e-9)
    if rts == "vrs":
        assert (beta(rts, "kuosmanen", q, outputs(q)) > weak + 1e-6).any() or (weak < abatement - 1e-6).any()


def test_a_common_factor_is_the_best_of_all_factors() -> None:
    q = example(2)
    found = beta("vrs", "abatement", q, outputs(q))
    for u in range(6):
        best = max(_given_factor(q, u, factor) for factor in np.linspace(0.02, 1, 50))
        assert best - 1e-9 <= found[u] <= best + 0.02


def _given_factor(q: Quantities, u: int, factor: float) -> float:
    """Largest β of (0, y, −b) with θ given: θYλ ≥ y(1 + β), θBλ = b(1 − β), Xλ ≤ x, Σλ = 1."""
    n = len(q)
    upper = np.vstack([np.c_[q.x.T, np.zeros(2)], np.c_[-factor * q.y.T, q.y[u]]])
    equal = np.vstack([np.c_[factor * q.b.T, q.b[u]], np.r_[np.ones(n), 0.0]])
    bounds = [(0, None)] * n + [(None, None)]
    right = np.r_[q.x[u], -q.y[u]]
    found = linprog(np.r_[np.zeros(n), -1.0], upper, right, equal, np.r_[q.b[u], 1.0], bounds, method="highs")
    return -found.fun if found.status == 0 else -np.inf


def test_kuosmanen_weights_add_up_and_lead_to_the_target() -> None:
    q = example(3)
    ask = Ask("output", np.arange(len(q)), direction=outputs(q))
    found = directional(Technology("vrs", "kuosmanen"), q, q, ask)
    unit, peer, weight = found.intensities
    assert np.allclose(np.bincount(unit, weight), 1.0)
    assert len(set(zip(unit, peer, strict=True))) == len(unit)
    assert peer.max() < len(q)


def test_two_roles_cannot_be_left_out_and_inputs_not_scaled_twice() -> None:
    options = {"unit": "plant", "measure": "directional"}
    with pytest.raises(SpecError, match=r"kuosmanen.*two intensities"):
        dea(PLANTS, ["coal"], ["power"], ["co2"], disposability="kuosmanen", super_efficiency=True, **options)
    with pytest.raises(SpecError, match="not linear once inputs move"):
        dea(PLANTS, ["coal"], ["power"], ["co2"], disposability="abatement", **options)
    with pytest.raises(SpecError, match="slacks have no bound"):
        dea(PLANTS, ["coal"], ["power"], ["co2"], disposability="free", measure="sbm")
    found = dea(PLANTS, ["coal"], ["power"], ["co2"], disposability="abatement", direction="outputs", **options)
    assert found.frame["score"][0] == pytest.approx(0.0, abs=1e-12)


def test_slacks_count_bad_outputs_like_tone() -> None:
    """B and C against half of A and a quarter of it: ρ = (1 − 1/2) / (1 + (0 + 3/4) / 2) and (1 − 1/2) / (1 + 1/4)."""
    found = dea(PLANTS, ["coal"], ["power"], ["co2"], unit="plant", rts="crs", measure="sbm", disposability="strong")
    assert np.allclose(found.frame["score"], [1, 0.5 / 1.375, 0.4], atol=1e-12)
    assert found.targets.row(1)[1:] == pytest.approx((1, 1, 1))


def test_weak_and_strong_differ_only_where_bad_outputs_are_not_scored() -> None:
    q = example(4)
    for orientation in ("both", "output", "input"):
        ask = Ask(orientation, np.arange(len(q)))  # type: ignore[arg-type]
        weak, strong = (sbm(Technology("crs", d), q, q, ask).score for d in ("weak", "strong"))  # type: ignore[arg-type]
        assert (strong <= weak + 1e-9).all()
        assert np.allclose(weak, strong, atol=1e-9) == (orientation != "input")


def test_super_efficiency_with_bad_outputs() -> None:
    """Without A, twice C has half its power: δ = 1 / (1 − (1/2 + 0) / 2)."""
    options = {"unit": "plant", "rts": "crs", "disposability": "strong"}
    one = dea(PLANTS, ["coal"], ["power"], ["co2"], measure="super_sbm_one", **options).frame["score"]
    assert one.to_list() == pytest.approx([4 / 3, 1, 1], abs=1e-9)
    weak = dea(PLANTS, ["coal"], ["power"], ["co2"], unit="plant", rts="crs", measure="super_sbm").frame["score"]
    assert weak.to_list() == pytest.approx([4 / 3, 0.5 / 1.375, 0.4], abs=1e-9)
    q = example(5)
    ask = Ask("both", np.arange(len(q)))
    rho = sbm(Technology("vrs", "strong"), q, q, ask).score
    delta = super_sbm(Technology("vrs", "strong"), q, q, ask)
    assert np.allclose(delta.score[rho < 1 - 1e-9], rho[rho < 1 - 1e-9])
    assert (delta.score[(rho > 1 - 1e-9) & (delta.status == OPTIMAL)] >= 1 - 1e-9).all()


def test_one_quantity_alone_is_the_directional_distance() -> None:
    q = example(6)
    own = np.arange(len(q))
    for k, sign in ((0, -1), (2, 1), (3, -1)):
        direction = np.zeros_like(q.all)
        direction[:, k] = sign * q.all[:, k]
        for technology in (Technology("crs"), Technology("vrs", "strong"), Technology("vrs", "kuosmanen")):
            one = nonradial(technology, q, q, Ask("both", own, direction=direction))
            weights = np.eye(4)[k]
            other = nonradial(technology, q, q, Ask("both", own, direction=-q.all * [1, 1, -1, 1], weights=weights))
            along = distance(technology, q, q, direction, own).beta
            assert np.allclose(one.score, along, atol=1e-9)
            assert np.allclose(other.score, along, atol=1e-9)


def test_nonradial_distance_is_no_less_and_its_index_is_zhous() -> None:
    q = example(7)
    direction = np.hstack([-q.x, q.y, -q.b])
    own = np.arange(len(q))
    found = nonradial(Technology("crs"), q, q, Ask("both", own, direction=direction))
    assert np.allclose(group_weights(direction, q), [1 / 6, 1 / 6, 1 / 3, 1 / 3])
    assert (found.score >= distance(Technology("crs"), q, q, direction, own).beta - 1e-9).all()
    b = found.slacks / q.all
    assert np.allclose(found.score, b @ [1 / 6, 1 / 6, 1 / 3, 1 / 3], atol=1e-9)
    assert np.allclose(found.efficiency, (1 - b[:, [0, 1, 3]].mean(axis=1)) / (1 + b[:, 2]), atol=1e-9)
    again = nonradial(Technology("crs"), q, found.targets, Ask("both", np.full(len(q), -1), direction=direction))
    ok = again.status == OPTIMAL
    assert ok.mean() > 0.5
    assert np.allclose(again.score[ok], 0.0, atol=1e-7)


def test_performance_indices_by_hand() -> None:
    """B against A: power doubles and CO₂ halves with the same coal; the index of CO₂ is (1 − 1/2) / (1 + 1)."""
    options = {"unit": "plant", "rts": "crs", "measure": "nonradial"}
    whole = dea(PLANTS, ["coal"], ["power"], ["co2"], **options)
    assert whole.slacks is not None
    assert np.allclose(whole.slacks.row(1)[1:], [0, 1, 2], atol=1e-12)
    assert whole.frame["score"][1] == pytest.approx(1 / 2)
    assert whole.frame["efficiency"][1] == pytest.approx((1 - (0 + 1 / 2) / 2) / 2)
    carbon = dea(PLANTS, ["coal"], ["power"], ["co2"], direction="outputs", **options)
    assert carbon.frame.row(1)[1:3] == pytest.approx((3 / 4, 1 / 4))
    ones = dea(PLANTS, ["coal"], ["power"], ["co2"], weights="one", **options)
    assert ones.frame["score"][1] == pytest.approx(3 / 2)


def test_by_production_by_hand() -> None:
    """φ = 1, 2, 2 and γ = 1, ½, 1; both together move only as far as the nearer of the two frontiers."""
    options = {"unit": "plant", "rts": "crs", "disposability": "by_production"}
    found = dea(PLANTS, ["coal"], ["power"], ["co2"], measure="by_production", **options)
    assert np.allclose(found.frame["score"], [1, (1 / 2 + 1 / 2) / 2, (1 / 2 + 1) / 2], atol=1e-12)
    assert found.targets.row(1)[1:] == pytest.approx((2, 2, 2))
    along = dea(PLANTS, ["coal"], ["power"], ["co2"], measure="directional", direction="outputs", **options)
    assert np.allclose(along.frame["score"], [0, 0.5, 0], atol=1e-12)
    with pytest.raises(SpecError, match="needs both of its technologies; the disposability here is “weak”"):
        dea(PLANTS, ["coal"], ["power"], ["co2"], unit="plant", measure="by_production")
    with pytest.raises(SpecError, match="needs bad outputs"):
        dea(PLANTS, ["coal"], ["power"], measure="by_production", **options)
    with pytest.raises(SpecError, match="Only a by-production technology"):
        Technology(polluting=(0,))
    with pytest.raises(SpecError, match="at least one of the 2 inputs"):
        sbm(Technology("vrs", "by_production", polluting=(2,)), example(), example(), Ask("both", np.arange(25)))


@pytest.mark.parametrize("rts", ["crs", "vrs"])
def test_by_production_is_the_two_technologies_apart(rts: Rts) -> None:
    q = example(8)
    own = np.arange(len(q))
    technology = Technology(rts, "by_production", polluting=(0,))
    found = by_production(technology, q, q, Ask("both", own))
    goods = Quantities(q.x, q.y, q.b[:, :0])
    residuals = Quantities(q.b, q.x[:, :1], q.b[:, :0])  # CO₂ is what it takes to have burnt this much
    up, down = np.hstack([0 * q.x, q.y]), np.hstack([-q.b, 0 * q.x[:, :1]])
    phi = 1 + distance(Technology(rts), goods, goods, up, own).beta
    gamma = 1 - distance(Technology(rts), residuals, residuals, down, own).beta
    assert np.allclose(found.score, (1 / phi + gamma) / 2, atol=1e-9)
    efficient = np.isclose(found.score, 1.0, atol=1e-9)
    assert np.array_equal(efficient, np.isclose(phi, 1, atol=1e-9) & np.isclose(gamma, 1, atol=1e-9))
    both = distance(technology, q, q, outputs(q), own).beta
    assert np.allclose(both, np.minimum(phi - 1, 1 - gamma), atol=1e-9)
    again = by_production(technology, q, found.targets, Ask("both", np.full(len(q), -1)))
    assert np.allclose(again.score[again.status == OPTIMAL], 1.0, atol=1e-7)
