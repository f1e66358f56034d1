"""Alike plans: similarities by hand, random plans that keep what they should, herding that is found."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.warning.plan_draws import alike, chance
from nqpf.industry.warning.plan_similarity import plan_similarity


def named(x: np.ndarray, weights: np.ndarray | None = None) -> pl.DataFrame:
    n, k = np.nonzero(x)
    table = pl.DataFrame({"r": n, "i": k})
    return table if weights is None else table.with_columns(w=weights[n, k])


def test_similarities_by_hand() -> None:
    plans = pl.DataFrame({"r": list("aaabbc"), "i": ["pv", "ai", "ev", "pv", "ai", "tea"], "w": [1.0, 2, 2, 3, 4, 1]})
    cosine = plan_similarity(plans, unit="r", industry="i", weight="w", draws=19)
    assert cosine.frame["similarity"].to_list() == pytest.approx([11 / 15, 0, 0])
    assert cosine.frame["shared"].to_list() == [2, 0, 0]
    jaccard = plan_similarity(plans, unit="r", industry="i", measure="jaccard", draws=19)
    assert jaccard.frame["similarity"].to_list() == pytest.approx([2 / 3, 0, 0])
    assert cosine.industries.filter(i="pv").select("regions", "share").row(0) == (2, 2 / 3)
    assert cosine.industries["i"][:2].to_list() == ["ai", "pv"]
    assert cosine.units["nearest"].to_list()[:2] == ["b", "a"]
    assert cosine.units["similarity"].to_list() == pytest.approx([11 / 30, 11 / 30, 0])


def test_only_shares_within_a_region_count() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.random((5, 8)) < 0.5, rng.random((5, 8))
    w2 = w * np.array([[1], [10], [100], [0.1], [5]])
    one, two = (plan_similarity(named(x, v), unit="r", industry="i", weight="w", draws=49) for v in (w, w2))
    np.testing.assert_allclose(one.frame["similarity"], two.frame["similarity"])
    np.testing.assert_allclose(one.frame["p"], two.frame["p"])


def test_random_plans_by_sizes_have_the_expected_overlap() -> None:
    x = np.zeros((2, 10))
    x[0, :4] = x[1, :5] = 1
    found = chance(x, "jaccard", "sizes", draws=4000, seed=0)
    # the overlap is hypergeometric
    shared = np.arange(5)
    from scipy.stats import hypergeom

    mean = (hypergeom.pmf(shared, 10, 4, 5) * shared / (9 - shared)).sum()
    assert found.expected[0, 1] == pytest.approx(mean, abs=0.01)
    assert found.as_alike[0, 1] / 4000 == pytest.approx(hypergeom.pmf(4, 10, 4, 5), abs=0.01)


def test_popularity_explains_fashion_but_not_a_copied_plan() -> None:
    rng = np.random.default_rng(1)
    x = rng.random((20, 40)) < rng.beta(1, 3, 40)
    x[:, 0] = True
    x[1] = x[0] = rng.random(40) < 0.4
    found = plan_similarity(named(x), unit="r", industry="i", menu=range(40), draws=999)
    by = {row["null"]: row for row in found.summary.iter_rows(named=True)}
    assert by["sizes"]["p"] == 0.001
    assert by["sizes_popularity"]["similarity"] == by["sizes"]["similarity"]
    assert by["sizes"]["expected"] < by["sizes_popularity"]["expected"]
    assert abs(by["sizes_popularity"]["similarity"] - by["sizes_popularity"]["expected"]) < 0.05
    copied = found.frame.filter(r_1=0, r_2=1).row(0, named=True)
    assert (copied["similarity"], copied["p"]) == (pytest.approx(1), 0.001)
    assert found.industries["i"][0] == 0
    assert found.lights.filter(industry="0").select("number", "light").row(0) == (0.9, "warn")


def test_independent_plans_are_not_lit() -> None:
    p = []
    for seed in range(40):
        x = np.random.default_rng(seed).random((8, 15)) < 0.4
        x[:, seed % 15] |= ~x.any(axis=1)
        found = plan_similarity(named(x), unit="r", industry="i", menu=range(15), draws=99, seed=seed)
        p.append(found.summary.filter(null="sizes")["p"][0])
    assert (np.array(p) <= 0.05).mean() <= 0.15


def test_pairs_have_fair_p_values() -> None:
    p: list[float] = []
    for seed in range(10):
        x = np.random.default_rng(seed).random((10, 30)) < 0.4
        p += plan_similarity(named(x), unit="r", industry="i", draws=99, seed=seed).frame["p"].to_list()
    assert 0.01 <= (np.array(p) <= 0.05).mean() <= 0.08


def test_weights_travel_with_their_regions() -> None:
    x = np.zeros((3, 6))
    x[0, :2], x[1, 1:4], x[2, 3:] = [5, 1], [1, 2, 3], [2, 2, 7]
    found = chance(x, "cosine", "sizes_popularity", draws=200, seed=3)
    assert ((found.expected >= 0) & (found.expected <= 1 + 1e-9)).all()
    np.testing.assert_allclose(np.diag(found.expected), 1)


def test_the_menu_counts_what_nobody_names() -> None:
    plans = {"r": list("aabb"), "i": ["pv", "ai"] * 2}
    short = plan_similarity(plans, unit="r", industry="i", draws=199)
    long = plan_similarity(plans, unit="r", industry="i", menu=["pv", "ai", *(f"x{k}" for k in range(30))], draws=199)
    sizes = [f.summary.filter(null="sizes")["p"][0] for f in (short, long)]
    assert sizes[0] == 1.0
    assert sizes[1] <= 0.02
    assert long.industries.height == 32
    assert "plan_no_menu" in {n.code for n in short.notes}
    light = [f.lights.filter(measure="similarity")["light"][0] for f in (short, long)]
    assert light == ["none", "warn"]


def test_seed_workers_and_order_of_rows() -> None:
    x = np.random.default_rng(5).random((6, 12)) < 0.5
    table = named(x)
    one = plan_similarity(table, unit="r", industry="i", draws=99)
    two = plan_similarity(table.sample(fraction=1, shuffle=True, seed=1), unit="r", industry="i", draws=99, workers=2)
    assert one.frame.equals(two.frame)
    assert one.summary.equals(two.summary)


def test_text_only_indicates() -> None:
    found = plan_similarity({"r": list("aab"), "i": ["x", "y", "x"]}, unit="r", industry="i", source="text", draws=19)
    assert set(found.lights["tier"]) == {"indicated"}


def test_bad_input() -> None:
    with pytest.raises(MethodError, match="With 1 plan there is nothing to compare"):
        plan_similarity({"r": ["a"], "i": ["x"]}, unit="r", industry="i")
    with pytest.raises(DataError, match="more than one row"):
        plan_similarity({"r": ["a", "a", "b"], "i": ["x", "x", "x"]}, unit="r", industry="i")
    with pytest.raises(SpecError, match=r"not on the menu \(1\): y"):
        plan_similarity({"r": ["a", "b"], "i": ["x", "y"]}, unit="r", industry="i", menu=["x"])
    with pytest.raises(MethodError, match="negative"):
        plan_similarity({"r": ["a", "b"], "i": ["x", "y"], "w": [1, -1]}, unit="r", industry="i", weight="w")
    with pytest.raises(MethodError, match=r"without any activity .*: b"):
        plan_similarity({"r": ["a", "b"], "i": ["x", "x"], "w": [1, 0]}, unit="r", industry="i", weight="w")
    with pytest.raises(SpecError, match="cosine"):
        plan_similarity({"r": ["a", "b"], "i": ["x", "y"]}, unit="r", industry="i", measure="cosin")  # type: ignore[arg-type]


def test_likeness_is_symmetric_and_bounded() -> None:
    x = np.random.default_rng(6).random((7, 9))
    for measure in ("cosine", "jaccard"):
        found = alike(x, measure)  # type: ignore[arg-type]
        np.testing.assert_allclose(found, found.T)
        np.testing.assert_allclose(np.diag(found), 1)
        assert ((found >= 0) & (found <= 1 + 1e-12)).all()
