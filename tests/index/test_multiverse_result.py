"""Summaries: intervals, stable head and tail, who outranks whom, shares by choice."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.data import Panel
from nqpf.errors import SpecError
from nqpf.index import Framework, Normalise
from nqpf.index.multiverse import Multiverse, multiverse
from nqpf.index.multiverse.stability import intervals_frame, pairs_frame, stability_frame

RANKS = np.array([[1, 2, 3, 4], [1, 3, 2, 4], [2, 1, 3, 4], [1, 2, 4, 3], [1, 2, 3, np.nan]], dtype=float)
BASE = np.array([1.0, 2, 3, 4])


def test_intervals_by_hand() -> None:
    frame = intervals_frame(RANKS, BASE, 0.5)
    assert frame["rank"].to_list() == [1, 2, 3, 4]
    assert frame["median"].to_list() == [1, 2, 3, 4]
    assert frame["mean"].to_list() == [1.2, 2.0, 3.0, 3.75]
    assert frame["low"].to_list() == [1, 2, 3, 3.75]
    assert frame["high"].to_list() == [1, 2, 3, 4]
    assert frame["best"].to_list() == [1, 1, 2, 3]
    assert frame["worst"].to_list() == [2, 3, 4, 4]
    assert frame["runs"].to_list() == [5, 5, 5, 4]


def test_a_unit_that_no_run_ranks() -> None:
    frame = intervals_frame(np.array([[1.0, np.nan], [1.0, np.nan]]), np.array([1.0, np.nan]), 0.9)
    assert frame.row(1) == (None, None, None, None, None, None, None, 0)


def test_stability_by_hand() -> None:
    ranks = np.stack([[1, 2, 3, 4, 5, 6]] * 19 + [[2, 1, 3, 6, 5, 4]]).astype(float)
    frame = stability_frame(ranks, np.arange(1.0, 7), places=0)
    assert frame["within"].to_list() == [0.95, 0.95, 1, 0.95, 1, 0.95]
    assert frame["stable"].all()
    assert frame["zone"].to_list() == ["head", "head", "grey", "grey", "tail", "tail"]
    assert stability_frame(ranks, np.arange(1.0, 7), places=0, firm=0.99)["stable"].to_list() == [
        False,
        False,
        True,
        False,
        True,
        False,
    ]
    assert stability_frame(ranks, np.arange(1.0, 7), places=2, firm=1.0)["stable"].all()


def test_pairs_by_hand() -> None:
    frame = pairs_frame(np.array([[1, 2, 2], [2, 1, 3], [1, 2, np.nan]], dtype=float), ["a", "b", "c"])
    shares = {(row["unit"], row["other"]): (row["ahead"], row["tied"]) for row in frame.to_dicts()}
    assert shares[("a", "b")] == pytest.approx((2 / 3, 0))
    assert shares[("b", "a")] == pytest.approx((1 / 3, 0))
    assert shares[("b", "c")] == (0.5, 0.5)
    assert shares[("a", "c")] == (1, 0)
    assert len(shares) == 6


@pytest.fixture(scope="module")
def framework(grow: Any) -> Framework:
    return grow({"D1": {"x": "benefit", "y": "cost"}, "D2": {"z": "benefit", "v": "benefit"}})


@pytest.fixture(scope="module")
def panel(fill: Any) -> Panel:
    values = np.random.default_rng(3).lognormal(0, 0.6, (4, 2, 12))
    return fill(dict(zip(("x", "y", "z", "v"), values, strict=True)))


VARY: dict[str, Any] = {
    "normalise": [Normalise(range=(1, 100)), Normalise(method="rank"), Normalise(method="zscore")],
    "weight": ["equal", "entropy", "sd"],
    "leave_out": "all",
}


@pytest.fixture(scope="module")
def found(panel: Panel, framework: Framework) -> Multiverse:
    return multiverse(panel, framework, vary=VARY)


def share(frame: pl.DataFrame, slot: str | None, effect: str = "first") -> float:
    chosen = frame.filter(pl.col("slot").eq_missing(slot), effect=effect)
    return float(chosen["share"].item())


@pytest.mark.parametrize("target", ["rank", "top", "shift", "spearman", lambda ranks, scores: ranks[:, :2]])
def test_exact_shares_sum_to_one(found: Multiverse, target: Any) -> None:
    frame = found.shares(target, top=4)
    parts = frame.filter(pl.col("effect") != "total")
    assert parts["effect"].to_list() == ["first"] * 3 + ["pair"] * 3 + ["higher"]
    assert parts["share"].sum() == pytest.approx(1, abs=1e-9)
    for slot in VARY:
        pairs = frame.filter(effect="pair").filter(pl.col("slot").str.contains(slot))["share"].sum()
        assert share(frame, slot, "total") == pytest.approx(share(frame, slot) + pairs + share(frame, None, "higher"))
    assert frame["low"].null_count() == frame.height


def test_the_overall_share_is_the_mean_of_the_units_by_their_variance(found: Multiverse) -> None:
    each = found.shares(each=True).filter(effect="first", slot="weight").drop_nulls("share")
    variance = dict(zip(found.units, found.ranks[:, 0].astype(float).var(axis=0), strict=True))
    weights = np.array([variance[u] for u in each["unit"]])
    mean = (each["share"].to_numpy() * weights).sum() / sum(variance.values())
    assert share(found.shares(), "weight") == pytest.approx(mean)


def test_a_choice_without_effect_has_no_share(panel: Panel, framework: Framework) -> None:
    """Min-max to 0–1 and to 1–100 give an arithmetic mean the same ranks."""
    same = {"normalise": [Normalise(), Normalise(range=(1, 100))], "weight": ["equal", "entropy", "sd"]}
    exact = multiverse(panel, framework, vary=same).shares()
    assert share(exact, "normalise") == share(exact, "normalise", "total") == 0
    assert share(exact, "weight") == pytest.approx(1)
    sampled = multiverse(panel, framework, vary=same, design="sobol", n=128).shares(draws=10)
    assert share(sampled, "normalise") == share(sampled, "normalise", "total") == 0
    assert share(sampled, "weight", "total") == pytest.approx(1, abs=0.1)


def test_nothing_moves(panel: Panel, framework: Framework) -> None:
    ranges = [Normalise(), Normalise(range=(1, 100)), Normalise(range=(0, 10))]
    found = multiverse(panel, framework, vary={"normalise": ranges})
    frame = found.shares()
    assert frame.to_dicts() == [{"slot": "normalise", "effect": "first", "share": None, "low": None, "high": None}]
    assert found.stable()["within"].to_list() == [1.0] * 12


def test_sampled_shares_come_near_the_exact_ones(found: Multiverse, panel: Panel, framework: Framework) -> None:
    exact = found.shares()
    sobol = multiverse(panel, framework, vary=VARY, design="sobol", n=1024, seed=2).shares(draws=50)
    random = multiverse(panel, framework, vary=VARY, design="montecarlo", n=4000, seed=2).shares(draws=50)
    for slot in VARY:
        for effect in ("first", "total"):
            assert share(sobol, slot, effect) == pytest.approx(share(exact, slot, effect), abs=0.04)
        assert share(random, slot) == pytest.approx(share(exact, slot), abs=0.03)
    assert (sobol["low"] <= sobol["share"]).all()
    assert (sobol["share"] <= sobol["high"]).all()
    assert set(random["effect"]) == {"first"}


def test_choices_that_depend_on_each_other_share_one(panel: Panel, framework: Framework) -> None:
    vary = {
        "normalise": [Normalise(), Normalise(range=(1, 100)), Normalise(range=(10, 100))],
        "aggregate": ["arithmetic", "geometric"],
        "weight": ["equal", "entropy", "sd"],
    }
    frame = multiverse(panel, framework, vary=vary).shares()
    assert frame["slot"].to_list()[:2] == ["normalise × aggregate", "weight"]
    assert frame.filter(pl.col("effect") != "total")["share"].sum() == pytest.approx(1, abs=1e-9)


def test_targets_by_hand(found: Multiverse) -> None:
    ranks, base = found.ranks[:, 0].astype(float), found.baseline_ranks[0]
    shift = np.abs(ranks - base).mean(axis=1).reshape(3, 3, 5)
    main = shift.mean(axis=(1, 2)).var() / shift.var()
    assert share(found.shares("shift"), "normalise") == pytest.approx(main)
    own = found.shares(lambda r, s: np.abs(r - base).mean(axis=1))
    assert share(own, "normalise") == pytest.approx(main)


def test_a_sobol_design_counts_only_its_two_samples_as_a_sample(panel: Panel, framework: Framework) -> None:
    found = multiverse(panel, framework, vary=VARY, design="sobol", n=16)
    assert found.intervals()["runs"].unique().to_list() == [32]
    ranks = found.ranks[:32, 0].astype(float)
    np.testing.assert_allclose(found.intervals()["low"], np.quantile(ranks, 0.05, axis=0))
    assert found.intervals(level=0.5)["low"].to_list() == np.quantile(ranks, 0.25, axis=0).tolist()


def test_defaults_of_the_summaries_are_those_asked_for(panel: Panel, framework: Framework) -> None:
    found = multiverse(panel, framework, vary=VARY, places=0, level=0.5)
    assert found.stable().equals(found.stable(places=0))
    assert found.intervals().equals(found.intervals(level=0.5))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda m: m.intervals(period=1999), "There are no data for 1999"),
        (lambda m: m.intervals(level=1.0), "The level is 1.0"),
        (lambda m: m.shares("ranks"), "“ranks” is not one of the choices. Did you mean “rank”"),
        (lambda m: m.pairs(units=["A", "Q"]), "The data hold no unit “Q”"),
    ],
)
def test_what_is_asked_wrongly(found: Multiverse, ask: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        ask(found)


def test_pairs_of_some_units(found: Multiverse) -> None:
    frame = found.pairs(units=["C", "A"])
    assert frame.select("unit", "other").rows() == [("C", "A"), ("A", "C")]
    ahead, tied = frame["ahead"].to_list(), frame["tied"].to_list()
    assert ahead[0] + ahead[1] + tied[0] == pytest.approx(1)
    assert tied[0] == tied[1]
