"""Stochastic frontiers of tables: recovery, invariances, what is refused and what is told."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2, truncnorm

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.productivity.stochastic_frontier.result import SfaResult, no_inefficiency_test
from nqpf.productivity.stochastic_frontier.stochastic import sfa


def cross(n: int = 400, seed: int = 0, law: str = "half_normal", sign: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    k, labour = rng.lognormal(1, 0.8, n), rng.lognormal(2, 0.5, n)
    u = np.abs(rng.normal(0, 0.5, n)) if law == "half_normal" else rng.exponential(0.4, n)
    y = np.exp(0.7 + 0.4 * np.log(k) + 0.5 * np.log(labour) + rng.normal(0, 0.2, n) - sign * u)
    return pl.DataFrame({"firm": [f"f{i}" for i in range(n)], "y": y, "k": k, "l": labour, "te": np.exp(-u)})


def panel(units: int = 60, years: int = 8, seed: int = 0, eta: float = 0.1, alpha: float = 0.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    i, t = np.repeat(np.arange(units), years), np.tile(np.arange(years), units)
    x = rng.normal(2, 1, i.size)
    u = np.abs(rng.normal(0, 0.5, units))[i] * np.exp(-eta * (t - years + 1))
    y = 1 + 0.6 * x + 0.02 * t + alpha * rng.normal(size=units)[i] + rng.normal(0, 0.15, i.size) - u
    return pl.DataFrame({"unit": [f"p{k}" for k in i], "year": 2001 + t, "y": y, "x": x, "te": np.exp(-u)})


PANEL: dict[str, Any] = {"unit": "unit", "time": "year", "form": "given"}


def value(found: SfaResult, term: str, column: str = "estimate") -> float:
    return float(found.coefficients.filter(pl.col("term") == term)[column][0])


def codes(found: SfaResult) -> set[str]:
    return {note.code for note in found.notes}


@pytest.mark.parametrize(("distribution", "sigma"), [("half_normal", 0.5), ("exponential", 0.4)])
@pytest.mark.parametrize("kind", ["production", "cost"])
def test_parameters_are_recovered(distribution: Any, sigma: float, kind: Any) -> None:
    data = cross(4000, law=distribution, sign=1 if kind == "production" else -1)
    found = sfa(data, "y", ["k", "l"], distribution=distribution, kind=kind)
    assert found.status == "converged"
    assert found.notes == ()
    for term, true in (("intercept", 0.7), ("k", 0.4), ("l", 0.5)):
        assert abs(value(found, term) - true) < 3 * value(found, term, "std_error")
    assert found.sigma_u == pytest.approx(sigma, abs=0.05)
    assert found.sigma_v == pytest.approx(0.2, abs=0.03)
    assert np.corrcoef(found.frame["te_bc"], data["te"])[0, 1] > 0.8
    assert found.gradient < 1e-6
    assert found.reached == found.tries == 9
    assert found.test.p_value < 1e-6


def test_standard_errors_are_those_of_repeated_samples() -> None:
    found = [sfa(cross(200, seed), "y", ["k", "l"]) for seed in range(40)]
    slopes = [value(one, "k") for one in found]
    told = float(np.mean([value(one, "k", "std_error") for one in found]))
    assert np.std(slopes) == pytest.approx(told, rel=0.3)
    assert np.mean(slopes) == pytest.approx(0.4, abs=3 * told / np.sqrt(40))


def test_covariance_is_the_inverse_of_the_information() -> None:
    """The log-likelihood of a restricted slope falls by ½ z² where z is its distance in standard errors."""
    data = cross(2000)
    free = sfa(data, "y", ["k", "l"])
    step = 0.1 * value(free, "k", "std_error")
    moved = data.with_columns(y=pl.col("y") / pl.col("k") ** (value(free, "k") + step))
    held = sfa(moved, "y", ["l"])
    assert free.log_likelihood - held.log_likelihood == pytest.approx(0.005, rel=1e-2)
    table = free.coefficients
    np.testing.assert_allclose(np.sqrt(np.diag(free.covariance)), table["std_error"])
    np.testing.assert_allclose(table["z"] * table["std_error"], table["estimate"])


def test_units_of_measurement_move_the_intercept_alone() -> None:
    data = cross()
    plain = sfa(data, "y", ["k", "l"])
    moved = sfa(data.with_columns(y=pl.col("y") * 1e-6, k=pl.col("k") * 1e9), "y", ["k", "l"])
    assert moved.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-8)
    for term in ("k", "l", "sigma_sq", "gamma"):
        assert value(moved, term) == pytest.approx(value(plain, term), abs=1e-8)
    shift = np.log(1e-6) - value(plain, "k") * np.log(1e9)
    assert value(moved, "intercept") - value(plain, "intercept") == pytest.approx(shift, abs=1e-6)
    np.testing.assert_allclose(moved.frame["te_bc"], plain.frame["te_bc"], atol=1e-9)


def test_scale_of_the_left_hand_side_scales_both_laws() -> None:
    data = cross().select(pl.col("y", "k", "l").log())
    plain = sfa(data, "y", ["k", "l"], form="given", distribution="truncated", mu_bound=None)
    wide = sfa(
        data.with_columns(pl.col("y") * 50), "y", ["k", "l"], form="given", distribution="truncated", mu_bound=None
    )
    assert wide.gamma == pytest.approx(plain.gamma, abs=1e-7)
    assert wide.sigma_u == pytest.approx(50 * plain.sigma_u, rel=1e-6)
    assert wide.log_likelihood == pytest.approx(plain.log_likelihood - 400 * np.log(50), abs=1e-7)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"panel": "bc92"},
        {"panel": "bc92", "distribution": "truncated"},
        {"panel": "bc95", "effects": ["year"]},
        {"panel": "true_fixed"},
    ],
)
def test_order_of_rows_is_nothing(options: dict[str, Any]) -> None:
    data = panel(20, 8)
    mixed = data.sample(fraction=1, shuffle=True, seed=5)
    plain, other = (sfa(d, "y", ["x"], **PANEL, **options) for d in (data, mixed))
    assert other.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-8)
    assert other.frame["unit"].to_list() == mixed["unit"].to_list()
    joined = plain.frame.join(other.frame, on=["unit", "year"], how="inner")
    assert joined.height == data.height
    np.testing.assert_allclose(joined["te_bc"], joined["te_bc_right"], atol=1e-7)


def test_given_logs_are_cobb_douglas() -> None:
    data = cross()
    logs = data.with_columns(pl.col("y", "k", "l").log())
    a, b = sfa(data, "y", ["k", "l"]), sfa(logs, "y", ["k", "l"], form="given")
    assert a.log_likelihood == pytest.approx(b.log_likelihood, abs=1e-10)
    np.testing.assert_allclose(a.coefficients["estimate"], b.coefficients["estimate"], atol=1e-10)


def test_translog_nests_cobb_douglas_and_centring_changes_first_order_terms_only() -> None:
    data = cross()
    short, plain = sfa(data, "y", ["k", "l"]), sfa(data, "y", ["k", "l"], form="translog")
    centred = sfa(data, "y", ["k", "l"], form="translog", centre=True)
    assert plain.coefficients["term"].to_list()[:6] == ["intercept", "k", "l", "k^2/2", "l^2/2", "k*l"]
    assert 0 <= 2 * (plain.log_likelihood - short.log_likelihood) < 16
    assert centred.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-8)
    for term in ("k^2/2", "k*l", "gamma"):
        assert value(centred, term) == pytest.approx(value(plain, term), abs=1e-7)
    mean = data.select(pl.col("k", "l").log().mean()).row(0)
    elasticity = value(plain, "k") + value(plain, "k^2/2") * mean[0] + value(plain, "k*l") * mean[1]
    assert value(centred, "k") == pytest.approx(elasticity, abs=1e-7)


def test_battese_coelli_1992_is_recovered_and_nests_no_decay() -> None:
    data = panel(300)
    moving = sfa(data, "y", ["x"], **PANEL, panel="bc92", trend="linear")
    fixed = sfa(data, "y", ["x"], **PANEL, panel="bc92", trend="linear", decay=False)
    assert value(moving, "eta") == pytest.approx(0.1, abs=0.02)
    assert value(moving, "x") == pytest.approx(0.6, abs=0.02)
    assert value(moving, "trend") == pytest.approx(0.02, abs=0.01)
    assert moving.log_likelihood > fixed.log_likelihood + 5
    assert moving.test.restrictions == 2
    assert np.corrcoef(moving.frame["te_bc"], data["te"])[0, 1] > 0.95
    by_unit = fixed.frame.group_by("unit").agg(pl.col("te_bc").max() - pl.col("te_bc").min())
    assert by_unit["te_bc"].max() == 0


def test_the_last_year_is_that_of_the_table() -> None:
    """u_t = u exp(−η (t − T)): efficiencies of a unit fall apart by exactly that factor in E[u|ε]."""
    data = panel(40).filter(~((pl.col("unit") == "p3") & (pl.col("year") > 2004)))
    found = sfa(data, "y", ["x"], **PANEL, panel="bc92")
    one = found.frame.filter(pl.col("unit") == "p3").sort("year")["inefficiency"].to_numpy()
    np.testing.assert_allclose(one[1:] / one[:-1], np.exp(-value(found, "eta")), rtol=1e-10)
    assert "sfa_gaps" not in codes(found)


def test_gaps_are_told_and_count_years() -> None:
    data = panel(40).filter(~((pl.col("unit") == "p3") & (pl.col("year") == 2004)))
    found = sfa(data, "y", ["x"], **PANEL, panel="bc92")
    (note,) = (n for n in found.notes if n.code == "sfa_gaps")
    assert note.values == {"cells": 1, "units": 1}
    one = found.frame.filter(pl.col("unit") == "p3").sort("year")["inefficiency"].to_numpy()
    assert one[3] / one[2] == pytest.approx(np.exp(-2 * value(found, "eta")))


def test_effects_on_inefficiency_are_recovered() -> None:
    rng = np.random.default_rng(4)
    n = 1500
    x, z = rng.normal(size=(2, n))
    mean = 0.3 + 0.5 * z
    low = rng.uniform(size=n)
    u = truncnorm.ppf(low, -mean / 0.3, np.inf, mean, 0.3)
    data = {"y": 1 + 0.5 * x + rng.normal(0, 0.2, n) - u, "x": x, "z": z}
    found = sfa(data, "y", ["x"], form="given", panel="bc95", effects=["z"])
    assert found.coefficients["term"].to_list() == ["intercept", "x", "sigma_sq", "gamma", "intercept", "z"]
    assert value(found, "z") == pytest.approx(0.5, abs=0.05)
    assert found.test.restrictions == 3
    rescaled = sfa({**data, "z": 1000 * z + 5}, "y", ["x"], form="given", panel="bc95", effects=["z"])
    assert rescaled.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-7)
    assert value(rescaled, "z") == pytest.approx(value(found, "z") / 1000, rel=1e-4)
    plain = sfa(data, "y", ["x"], form="given", distribution="truncated", mu_bound=None)
    alone = sfa(data, "y", ["x"], form="given", panel="bc95")
    assert alone.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-4)


def test_true_fixed_effects_take_what_units_differ_by() -> None:
    rng = np.random.default_rng(2)
    i = np.repeat(np.arange(20), 30)
    a = rng.normal(0, 0.6, 20)
    x = rng.normal(size=i.size) + a[i]
    y = a[i] + 0.6 * x + rng.normal(0, 0.15, i.size) - np.abs(rng.normal(0, 0.4, i.size))
    data = {"unit": [f"p{k}" for k in i], "year": np.tile(np.arange(1990, 2020), 20), "y": y, "x": x}
    found = sfa(data, "y", ["x"], **PANEL, panel="true_fixed")
    assert found.status == "converged"
    assert value(found, "x") == pytest.approx(0.6, abs=0.03)
    assert found.sigma_u == pytest.approx(0.4, abs=0.06)
    own = found.coefficients.filter(pl.col("part") == "unit")
    assert own.height == 20
    assert np.corrcoef(own["estimate"], a)[0, 1] > 0.97
    (note,) = (n for n in found.notes if n.code == "sfa_incidental")
    assert note.values == {"units": 20, "mean": 30.0}
    assert value(sfa(data, "y", ["x"], **PANEL), "x") > 0.75


def test_wrong_skewness_is_told_and_gives_least_squares() -> None:
    data = cross(sign=-1)
    found = sfa(data, "y", ["k", "l"])
    assert found.status == "no_inefficiency"
    assert codes(found) == {"sfa_wrong_skew", "sfa_no_inefficiency"}
    assert found.skewness > 0
    assert found.skewness_z == pytest.approx(found.skewness * np.sqrt(400 / 6))
    assert found.log_likelihood == found.ols_log_likelihood
    assert (found.test.statistic, found.test.p_value) == (0, 1)
    assert (found.gamma, found.lambda_, found.sigma_u) == (0, 0, 0)
    assert found.frame["te_bc"].unique().to_list() == [1.0]
    x = np.column_stack([np.ones(400), data.select(pl.col("k", "l").log())])
    y = np.log(data["y"].to_numpy())
    b, rss = np.linalg.lstsq(x, y, rcond=None)[:2]
    np.testing.assert_allclose(found.coefficients["estimate"][:4], [*b, rss[0] / 400], rtol=1e-9)
    np.testing.assert_allclose(
        found.coefficients["std_error"][:3], np.sqrt(rss[0] / 400 * np.diag(np.linalg.inv(x.T @ x))), rtol=1e-9
    )
    assert found.coefficients["std_error"][4] is None
    assert found.ols_log_likelihood == pytest.approx(-200 * (np.log(2 * np.pi * rss[0] / 400) + 1))
    assert "Waldman" in str(next(n for n in found.notes if n.code == "sfa_wrong_skew"))


def test_the_bound_of_mu_binds_and_is_told() -> None:
    data = cross(400, 0, "exponential")
    bound = sfa(data, "y", ["k", "l"], distribution="truncated")
    free = sfa(data, "y", ["k", "l"], distribution="truncated", mu_bound=None)
    limit = sfa(data, "y", ["k", "l"], distribution="exponential")
    assert bound.status == free.status == "mu_bound"
    assert value(bound, "mu") == pytest.approx(-2 * bound.sigma_u, rel=1e-9)
    assert bound.coefficients.filter(pl.col("term") == "mu")["std_error"].to_list() == [None]
    assert "sfa_mu_bound" in codes(bound)
    assert "sfa_mu_far" in codes(free)
    assert bound.log_likelihood < free.log_likelihood < limit.log_likelihood
    assert free.log_likelihood == pytest.approx(limit.log_likelihood, abs=1e-3)
    half = sfa(data, "y", ["k", "l"])
    assert bound.log_likelihood > half.log_likelihood


def test_no_noise_is_told() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=100)
    data = {"y": 1 + x - np.abs(rng.normal(0, 0.5, 100)), "x": x}
    found = sfa(data, "y", ["x"], form="given")
    assert found.status == "gamma_one" or "sfa_edge_higher" in codes(found)
    assert found.gamma > 0.99


def test_the_mixture_of_the_test() -> None:
    assert no_inefficiency_test(0.0, 0.0, 1, "kodde_palm").p_value == 1
    # the 5 % values of Kodde and Palm's table 1: one inequality and q − 1 equalities
    for q, critical in ((1, 2.706), (2, 5.138), (3, 7.045)):
        assert no_inefficiency_test(critical / 2, 0.0, q, "kodde_palm").p_value == pytest.approx(0.05, abs=2e-4)
    other = no_inefficiency_test(2.0, 0.0, 3, "frontier")
    assert other.statistic == 4
    assert other.p_value == pytest.approx(0.25 * chi2.sf(4, 1) + 0.5 * chi2.sf(4, 2) + 0.25 * chi2.sf(4, 3))
    same = [no_inefficiency_test(2.0, 0.0, 1, m).p_value for m in ("kodde_palm", "frontier")]
    assert same == [pytest.approx(0.5 * chi2.sf(4, 1))] * 2


@pytest.mark.parametrize("bad", [0.0, -3.0])
def test_what_has_no_logarithm_is_refused_by_name(bad: float) -> None:
    data = panel(10).with_columns(pl.col("x", "y").exp())
    at = (pl.col("unit") == "p4") & (pl.col("year") == 2003)
    wrong = data.with_columns(x=pl.when(at).then(bad).otherwise("x"))
    with pytest.raises(MethodError) as caught:
        sfa(wrong, "y", ["x"], unit="unit", time="year")
    told = str(caught.value)
    assert all(part in told for part in ("p4", "2003", "indicator x", f"{bad:g}", "given"))


def test_empty_cells_are_refused_by_name() -> None:
    data = panel(10)
    at = (pl.col("unit") == "p4") & (pl.col("year") == 2003)
    for column, options in (("x", {}), ("y", {}), ("z", {"panel": "bc95", "effects": ["z"]})):
        wrong = data.with_columns(z=pl.col("x")).with_columns(pl.when(at).then(None).otherwise(column).alias(column))
        with pytest.raises(MethodError, match=rf"(?s)p4.*{column}.*1 cells are empty"):
            sfa(wrong, "y", ["x"], **PANEL, **options)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="row 1"):
        sfa({"y": ["a", "b"], "x": [1.0, 2.0]}, "y", ["x"])


def test_terms_that_follow_from_others_are_refused_by_name() -> None:
    data = cross().with_columns(both=pl.col("k") * pl.col("l") ** 2, same=pl.lit(3.0), one=pl.lit(1.0))
    with pytest.raises(MethodError, match=r"both.*follows from others: k, l"):
        sfa(data, "y", ["k", "l", "both"])
    with pytest.raises(MethodError, match=r"same.*follows from others: intercept"):
        sfa(data, "y", ["k", "same"])
    with pytest.raises(MethodError, match=r"one.*zero in every row"):
        sfa(data, "y", ["k", "one"])
    own = panel(10).with_columns(size=pl.col("x").first().over("unit"))
    with pytest.raises(MethodError, match=r"size.*follows from others: p0, p1"):
        sfa(own, "y", ["size"], **PANEL, panel="true_fixed")
    with pytest.raises(MethodError, match=r"z.*follows from others: intercept"):
        sfa(own.with_columns(z=pl.lit(2)), "y", ["x"], **PANEL, panel="bc95", effects=["z"])


def test_what_cannot_be_estimated_is_refused() -> None:
    data = cross()
    with pytest.raises(MethodError, match=r"4 rows.*5 parameters"):
        sfa(data.head(4), "y", ["k", "l"])
    with pytest.raises(MethodError, match="no residual"):
        sfa(data.with_columns(y=pl.col("k") * pl.col("l")), "y", ["k", "l"])
    short = panel(10).filter(~((pl.col("unit") == "p7") & (pl.col("year") > 2001)))
    with pytest.raises(MethodError, match="1 have one only: p7"):
        sfa(short, "y", ["x"], **PANEL, panel="true_fixed")
    assert "sfa_few_rows" in codes(sfa(data.head(40), "y", ["k", "l"]))


def test_keys_are_kept_and_twins_refused() -> None:
    data = cross(60)
    assert sfa(data, "y", ["k"]).frame["row"].to_list() == list(range(1, 61))
    assert sfa(data, "y", ["k"], unit="firm").frame["firm"].to_list() == data["firm"].to_list()
    twice = data.with_columns(firm=pl.when(pl.col("firm") == "f9").then(pl.lit("f8")).otherwise("firm"))
    with pytest.raises(DataError, match=r"f8.*more than one row"):
        sfa(twice, "y", ["k"], unit="firm")
    with pytest.raises(DataError, match="one unit and year"):
        sfa(pl.concat([panel(5), panel(5).head(1)]), "y", ["x"], **PANEL)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"form": "cobb"}, "cobb"),
        ({"trend": "linear"}, "time"),
        ({"panel": "bc92"}, "unit"),
        ({"panel": "bc92", "unit": "firm"}, "time"),
        ({"panel": "bc92", "unit": "u", "time": "t", "distribution": "exponential"}, "half_normal"),
        ({"panel": "bc95", "distribution": "half_normal"}, "truncated"),
        ({"panel": "bc95", "effects_intercept": False}, "effects"),
        ({"effects": ["k"]}, "bc95"),
        ({"inputs": []}, "inputs"),
        ({"inputs": ["k", "k"]}, "“k” stands twice"),
        ({"kind": "profit"}, "production"),
        ({"mixture": "chi2"}, "kodde_palm"),
        ({"level": 1.5}, "between 0 and 1"),
        ({"mu_bound": -1.0}, "above 0"),
    ],
)
def test_options_that_do_not_go_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(SpecError) as caught:
        sfa(cross(50), "y", **{"inputs": ["k", "l"], **options})
    assert re.search(re.escape(told), str(caught.value))


def test_trends() -> None:
    data = panel(40)
    none, linear, quadratic, biased, years = (
        sfa(data, "y", ["x"], **PANEL, trend=t)  # type: ignore[arg-type]
        for t in ("none", "linear", "quadratic", "biased", "years")
    )
    assert none.log_likelihood < linear.log_likelihood <= quadratic.log_likelihood <= biased.log_likelihood
    assert quadratic.log_likelihood <= years.log_likelihood
    assert biased.coefficients["term"].to_list()[:5] == ["intercept", "x", "trend", "trend^2/2", "trend*x"]
    assert years.coefficients["term"].to_list()[2:9] == [f"year:{t}" for t in range(2002, 2009)]


def test_the_result_comes_back_as_it_was_given() -> None:
    pandas = pytest.importorskip("pandas")
    found = sfa(cross(80).to_pandas(), "y", ["k", "l"], unit="firm")
    assert isinstance(found.to_frame(), pandas.DataFrame)
    assert found.method.id == "sfa.pooled"
    assert found.method.options["distribution"] == "half_normal"
    frame = found.frame
    assert frame.select(((pl.col("lower") <= pl.col("te_bc")) & (pl.col("te_bc") <= pl.col("upper"))).all()).item()
    assert frame.select((pl.col("te_jlms") <= pl.col("te_bc")).all()).item()  # Jensen
