"""Advantage, space and filters on tables: shrinkage by hand, keys, who is left out, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.relatedness.advantage import rca
from nqpf.industry.relatedness.shrink import Prior, amount_variances, poisson_prior, shrunk
from nqpf.industry.relatedness.space import space
from nqpf.messages import speak

KEYS: dict[str, Any] = {"unit": "city", "industry": "sector"}


def long(x: np.ndarray, year: int | None = None) -> pl.DataFrame:
    """Return activity ``[N, K]`` as a table without rows for nothing."""
    n, k = np.nonzero(x)
    table = {"city": [f"c{i:02}" for i in n], "sector": [f"s{j:02}" for j in k], "jobs": x[n, k]}
    return pl.DataFrame(table if year is None else {"year": [year] * n.size, **table})


def counts(seed: int = 0, n: int = 15, k: int = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(2.5, 1, (n, 1)) + rng.normal(0, 0.7, (1, k)))
    x = rng.poisson(size * rng.gamma(2, 0.5, (n, k))).astype(float)
    x[:, 0] += 1
    x[0] += 1
    return x


def test_advantage_of_each_year_apart_by_key() -> None:
    table = pl.concat(
        [long(np.array([[30.0, 10.0], [10.0, 30.0]]), 2020), long(np.array([[1.0, 1.0], [2.0, 2.0]]), 2021)]
    )
    found = rca(table.sample(fraction=1, shuffle=True, seed=1), "jobs", time="year", **KEYS)
    assert found.frame.columns == ["year", "city", "sector", "value", "expected", "rca"]
    assert found.frame["rca"].to_list() == pytest.approx([1.5, 0.5, 0.5, 1.5, 1, 1, 1, 1])
    assert found.frame["value"].to_list() == [30, 10, 10, 30, 1, 1, 2, 2]
    assert found.method.id == "industry.rca"
    assert not found.prior.height
    assert isinstance(rca(table.to_pandas(), "jobs", time="year", **KEYS).to_frame(), pd.DataFrame)


def test_counts_are_pulled_to_one_by_moments() -> None:
    x = counts()
    e = np.outer(x.sum(axis=1), x.sum(axis=0)) / x.sum()
    found = rca(long(x), "jobs", shrink="eb", nature="count", threshold=1.5, **KEYS)
    # Marshall's global estimator, with the rates x/E and their mean 1.
    weighted = (e * (x / e - 1) ** 2).sum() / e.sum()
    variance = weighted - 1 / e.mean()
    assert found.prior["variance"].item() == pytest.approx(variance)
    b = found.prior["strength"].item()
    assert b == pytest.approx(1 / variance)
    frame = found.frame
    np.testing.assert_allclose(frame["shrunk"].to_numpy().reshape(x.shape), (x + b) / (e + b))
    np.testing.assert_allclose(frame["credibility"].to_numpy().reshape(x.shape), e / (e + b))
    posterior = stats.gamma(x + b, scale=1 / (e + b))
    np.testing.assert_allclose(frame["shrunk"].to_numpy().reshape(x.shape), posterior.mean())
    np.testing.assert_allclose(frame["probability"].to_numpy().reshape(x.shape), posterior.sf(1.5), atol=1e-12)
    plain, drawn = frame["rca"].to_numpy(), frame["shrunk"].to_numpy()
    assert (np.sign(plain - 1) == np.sign(drawn - 1)).all()
    assert (np.abs(drawn - 1) <= np.abs(plain - 1)).all()


def test_shrinkage_finds_the_truth_better_than_the_quotient_itself() -> None:
    rng = np.random.default_rng(5)
    truth = rng.gamma(4, 0.25, (60, 30))
    size = np.exp(rng.normal(1, 1, (60, 1)))
    e = np.broadcast_to(size, truth.shape)
    x = rng.poisson(e * truth).astype(float)
    prior = poisson_prior(x, e)
    assert prior.variance == pytest.approx(0.25, abs=0.05)
    near, far = shrunk(x, e, prior), x / e
    assert ((near - truth) ** 2).mean() < 0.6 * ((far - truth) ** 2).mean()


def test_amounts_are_pulled_by_how_far_years_differ() -> None:
    rng = np.random.default_rng(2)
    truth, share = rng.gamma(4, 0.25, 400), rng.dirichlet(np.ones(400))
    w = np.repeat(share[None], 6, axis=0)
    x = w * truth + rng.normal(size=w.shape) * np.sqrt(1e-4 * w)
    noise, variance = amount_variances(x, w)
    assert noise == pytest.approx(1e-4, rel=0.1)
    assert variance == pytest.approx(0.25, rel=0.25)
    # A pair that is absent in a year changes nothing about the others' variance within.
    w[3, 7] = x[3, 7] = 0
    assert amount_variances(x, w)[0] == pytest.approx(noise, rel=0.01)


def test_the_unit_of_money_does_not_matter() -> None:
    years = [long(counts(s), 2020 + s) for s in range(3)]
    table = pl.concat(years)
    one = rca(table, "jobs", time="year", shrink="eb", nature="amount", **KEYS)
    yuan = table.with_columns(pl.col("jobs") * pl.when(pl.col("year") == 2021).then(7e4).otherwise(1e4))
    other = rca(yuan, "jobs", time="year", shrink="eb", nature="amount", **KEYS)
    np.testing.assert_allclose(other.frame["shrunk"], one.frame["shrunk"], rtol=1e-10)
    assert "probability" not in one.frame.columns
    assert other.prior["strength"].to_numpy() == pytest.approx(one.prior["strength"].to_numpy() * [1e4, 7e4, 1e4])


def test_no_more_than_noise_gives_one_for_all() -> None:
    x = np.outer([10.0, 20.0, 30.0], [1.0, 2.0, 3.0])
    found = rca(long(x), "jobs", shrink="eb", nature="count", **KEYS)
    assert found.frame["shrunk"].to_list() == [1.0] * 9
    assert found.frame["credibility"].to_list() == [0.0] * 9
    assert found.prior["strength"].item() == np.inf
    assert "no more than noise" in str(found.notes[-1])
    assert Prior.of(1.0, -0.2).variance == 0


def test_presence_by_posterior_probability() -> None:
    x = counts()
    plain = space(long(x), "jobs", **KEYS)
    drawn = space(long(x), "jobs", shrink="eb", nature="count", **KEYS)
    np.testing.assert_array_equal(plain.presence.years[0].m, drawn.presence.years[0].m)
    assert any(n.code == "shrink_keeps_side" for n in drawn.notes)
    sure = space(long(x), "jobs", shrink="eb", nature="count", confidence=0.9, empty="drop", **KEYS)
    probability = rca(long(x), "jobs", shrink="eb", nature="count", **KEYS).columns["probability"][0]
    kept = sure.presence.years[0]
    np.testing.assert_array_equal(kept.m, (probability >= 0.9)[np.ix_(kept.units, kept.industries)])
    assert kept.m.sum() < plain.presence.years[0].m.sum()
    assert not any(n.code == "shrink_keeps_side" for n in sure.notes)


def test_small_places_leave_by_rounds_and_are_named() -> None:
    x = np.array(
        [[9.0, 1.0, 4.0, 11.0, 0.0], [8.0, 6.0, 0.5, 9.0, 0.0], [1.0, 7.0, 6.0, 0.1, 0.0], [0.0, 0.0, 0.0, 0.2, 0.0],
         [0.0, 0.0, 0.0, 9.0, 5.0]]
    )  # fmt: skip
    found = space(long(x), "jobs", min_total=1.0, min_diversity=2, min_ubiquity=2, **KEYS)
    out = found.left_out
    # c03 is small; then s04 is only c04's; without it c04 has one industry; without c04 all others still have two.
    assert out.select("side", "name", "reason", "round").rows() == [
        ("unit", "c03", "total", 0),
        ("industry", "s04", "ubiquity", 1),
        ("unit", "c04", "diversity", 2),
    ]
    assert out["figure"].to_list() == pytest.approx([0.2, 1, 1])
    assert out["minimum"].to_list() == [1, 2, 2]
    assert found.presence.years[0].m.sum(axis=1).min() >= 2
    assert found.presence.years[0].m.sum(axis=0).min() >= 2
    assert "c03" in str(next(n for n in found.notes if n.code == "left_out_units"))
    left = found.frame.filter(city="c04")
    assert left["present"].null_count() == 5
    share = space(long(x), "jobs", min_share=0.01, **KEYS).left_out
    assert share["reason"].to_list() == ["share"]
    assert share["figure"].item() == pytest.approx(0.2 / x.sum())


def test_an_industry_that_only_small_places_have_leaves_with_them() -> None:
    x = np.array([[9.0, 1.0, 0.0], [2.0, 8.0, 0.0], [0.0, 0.0, 0.5]])
    out = space(long(x), "jobs", min_total=1, **KEYS).left_out
    assert out.select("name", "reason").rows() == [("c02", "total"), ("s02", "no_activity")]


def test_labels_and_rows_in_any_order() -> None:
    table = long(counts(3))
    one = space(table, "jobs", **KEYS).frame
    moved = table.sample(fraction=1, shuffle=True, seed=4).with_columns(pl.col("jobs") * 3.7e8)
    other = space(moved, "jobs", **KEYS).frame
    assert other["present"].equals(one["present"])
    np.testing.assert_allclose(other["rca"], one["rca"], rtol=1e-12)
    named = table.with_columns(pl.col("city").cast(pl.Categorical), pl.col("sector").str.slice(1).cast(pl.Int64))
    assert space(named, "jobs", **KEYS).frame["rca"].to_list() == one["rca"].to_list()


def two(*rows: tuple[str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["city", "sector", "jobs"], orient="row")


FAIR = two(("a", "x", 1), ("a", "y", 2), ("b", "x", 2), ("b", "y", 1))


@pytest.mark.parametrize(
    ("table", "options", "error", "message"),
    [
        (two(("a", "x", 1), ("a", "y", 2)), {}, MethodError, "regions: 1, industries: 2"),
        (two(("a", "x", 1), ("b", "x", 2)), {}, MethodError, "regions: 2, industries: 1"),
        (pl.concat([FAIR, FAIR]), {}, DataError, "more than one row"),
        (FAIR.with_columns(jobs=pl.lit(-1.0)), {}, MethodError, "is negative"),
        (pl.concat([FAIR, two(("c", "x", 0))]), {}, MethodError, r"without any activity \(1\): c"),
        (FAIR, {"shrink": "eb"}, SpecError, "has to know what the values are"),
        (FAIR, {"nature": "count"}, SpecError, "only where quotients are shrunk"),
        (FAIR, {"shrink": "eb", "nature": "money"}, SpecError, "money"),
        (FAIR, {"shrink": "bayes"}, SpecError, "bayes"),
        (FAIR.with_columns(pl.col("jobs") / 4), {"shrink": "eb", "nature": "count"}, MethodError, "a whole number"),
        (FAIR, {"shrink": "eb", "nature": "amount"}, MethodError, "No pair of region and industry has two years"),
        (FAIR, {"threshold": 0.0}, SpecError, "key threshold: 0.0 cannot be used"),
    ],
)
@pytest.mark.parametrize("function", [rca, space])
def test_what_is_refused(function: Any, table: pl.DataFrame, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        function(table, "jobs", **KEYS, **options)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"confidence": 0.9}, SpecError, "Only shrunk counts"),
        ({"confidence": 1.5, "shrink": "eb", "nature": "count"}, SpecError, "key confidence: 1.5 cannot be used"),
        ({"min_diversity": 0}, SpecError, "a number of at least 1"),
        ({"min_ubiquity": 1.5}, SpecError, "key min_ubiquity: 1.5 cannot be used"),
        ({"min_total": -1}, SpecError, "key min_total"),
        ({"min_share": True}, SpecError, "key min_share"),
        ({"min_total": 100}, MethodError, "regions: 0, industries: 0; regions left out for their size: 2"),
        ({"min_diversity": 5}, MethodError, "min_diversity=5 .* no region and no industry is left"),
    ],
)
def test_what_space_refuses(options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        space(FAIR, "jobs", **KEYS, **options)


def test_empty_regions_and_industries_can_be_left_out_openly() -> None:
    table = pl.concat([FAIR, two(("c", "x", 0), ("a", "z", 0))])
    found = rca(table, "jobs", empty="drop", **KEYS)
    assert found.frame.filter(city="c")["rca"].null_count() == 3
    assert {n.code for n in found.notes} == {"pairs_absent", "no_activity_unit", "no_activity_industry"}
    with speak("zh"):
        assert "没有任何产业活动" in str(found.notes[1])
