"""Misallocation: the formulas of the papers written out, known economies, invariances, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.messages import speak
from nqpf.productivity.firms.misallocation import Misallocation, misallocation

KEYS = {"unit": "firm", "time": "year"}
SIGMA = 3.0


def table(size: int = 24, years: Sequence[int] = (2019, 2020), seed: int = 1) -> pl.DataFrame:
    """Return firms of three industries with any wedges."""
    rng = np.random.default_rng(seed)
    n = size * len(years)
    return pl.DataFrame(
        {
            "firm": [f"f{i}" for i in range(size)] * len(years),
            "year": np.repeat(years, size),
            "industry": ["steel", "cars", "chips"] * (n // 3),
            "va": rng.lognormal(3, 1, n),
            "k": rng.lognormal(4, 1, n),
            "l": rng.lognormal(2, 1, n),
            "wages": rng.lognormal(1.5, 1, n),
            "m": rng.lognormal(2, 1, n),
        }
    ).with_columns(alpha=pl.col("industry").replace_strict({"steel": 0.5, "cars": 0.4, "chips": 0.3}))


def run(data: Any, **options: Any) -> Misallocation:
    return misallocation(data, "va", "k", "l", **{**KEYS, "industry": "industry", "share": "alpha", **options})


def literal(firms: list[dict[str, Any]], alpha: float, sigma: float) -> dict[str, Any]:
    """Return equations 15 to 20 of Hsieh and Klenow for one industry and year, firm by firm."""
    revenue = sum(f["va"] for f in firms)
    mrpk = [alpha * (sigma - 1) / sigma * f["va"] / f["k"] for f in firms]
    mrpl = [(1 - alpha) * (sigma - 1) / sigma * f["va"] / f["l"] for f in firms]
    mrpk_bar = 1 / sum(f["va"] / revenue / m for f, m in zip(firms, mrpk, strict=True))
    mrpl_bar = 1 / sum(f["va"] / revenue / m for f, m in zip(firms, mrpl, strict=True))
    constant = sigma / (sigma - 1)
    tfpr = [constant * (k / alpha) ** alpha * (n / (1 - alpha)) ** (1 - alpha) for k, n in zip(mrpk, mrpl, strict=True)]
    bar = constant * (mrpk_bar / alpha) ** alpha * (mrpl_bar / (1 - alpha)) ** (1 - alpha)
    tfpq = [f["va"] ** constant / (f["k"] ** alpha * f["l"] ** (1 - alpha)) for f in firms]
    best = sum(a ** (sigma - 1) for a in tfpq) ** (1 / (sigma - 1))
    ratio = sum((a / best * bar / r) ** (sigma - 1) for a, r in zip(tfpq, tfpr, strict=True)) ** (1 / (sigma - 1))
    size = len(firms)
    return {
        "tfpr": tfpr,
        "log_tfpr": [np.log(r / bar) for r in tfpr],
        "log_tfpq": [np.log(a * size ** (1 / (sigma - 1)) / best) for a in tfpq],
        "ratio": ratio,
        "revenue": revenue,
    }


@pytest.mark.parametrize("sigma", [1.5, 3.0, 5.0])
def test_the_papers_formulas_firm_by_firm(sigma: float) -> None:
    data = table()
    found = run(data, elasticity=sigma)
    for (year,), of_year in data.group_by("year", maintain_order=True):
        total = of_year["va"].sum()
        log_ratio = 0.0
        for (industry,), part in of_year.group_by("industry"):
            by_hand = literal(part.to_dicts(), part["alpha"][0], sigma)
            here = pl.col("time") == year, pl.col("industry") == industry
            units = found.units.filter(*here)
            assert units["unit"].to_list() == part["firm"].to_list()
            for name in ("tfpr", "log_tfpr", "log_tfpq"):
                np.testing.assert_allclose(units[name], by_hand[name], rtol=1e-12, atol=1e-13)
            row = found.industries.filter(*here).row(0, named=True)
            assert row["log_gain"] == pytest.approx(-np.log(by_hand["ratio"]), abs=1e-12)
            assert row["tfp_efficient"] / row["tfp"] == pytest.approx(1 / by_hand["ratio"], rel=1e-12)
            assert row["sd_tfpr"] == pytest.approx(np.std(by_hand["log_tfpr"]), rel=1e-12)
            hazen = np.quantile(by_hand["log_tfpq"], [0.25, 0.75], method="hazen")
            assert row["p75_p25_tfpq"] == pytest.approx(hazen[1] - hazen[0], rel=1e-12)
            log_ratio += by_hand["revenue"] / total * np.log(by_hand["ratio"])
        whole = found.total.filter(time=year).row(0, named=True)
        assert whole["gain"] == pytest.approx(np.exp(-log_ratio) - 1, rel=1e-12)
        assert whole["efficiency"] == pytest.approx(np.exp(log_ratio), rel=1e-12)


def test_tfp_of_an_industry_is_what_its_totals_say() -> None:
    """P_s TFP_s = P_s Y_s / (K_s^α L_s^(1−α)), though it is put together from the firms' marginal products."""
    data = table()
    by_hand = data.group_by("year", "industry").agg(
        tfp=pl.col("va").sum()
        / (pl.col("k").sum() ** pl.col("alpha").first() * pl.col("l").sum() ** (1 - pl.col("alpha").first()))
    )
    found = run(data).industries.join(by_hand, left_on=["time", "industry"], right_on=["year", "industry"])
    np.testing.assert_allclose(found["tfp"], found["tfp_right"], rtol=1e-12)


def test_reallocating_as_told_gains_as_told() -> None:
    """Firms given the factors that ``*_ratio`` names make what ``log_gain`` promises, Y^p = Σ (A x)^p, p = (σ−1)/σ."""
    data = table(years=(2020,))
    found = run(data, elasticity=SIGMA)
    power = (SIGMA - 1) / SIGMA
    both = pl.concat([data, found.units.select("capital_ratio", "labour_ratio")], how="horizontal")
    for (industry,), part in both.group_by("industry"):
        va, k, n, a = (part[c].to_numpy() for c in ("va", "k", "l", "alpha"))
        quality = va ** (1 / power) / (k**a * n ** (1 - a))
        k2, n2 = k * part["capital_ratio"].to_numpy(), n * part["labour_ratio"].to_numpy()
        assert k2.sum() == pytest.approx(k.sum(), rel=1e-12)
        assert n2.sum() == pytest.approx(n.sum(), rel=1e-12)
        before = ((quality * k**a * n ** (1 - a)) ** power).sum() ** (1 / power)
        after = ((quality * k2**a * n2 ** (1 - a)) ** power).sum() ** (1 / power)
        row = found.industries.filter(industry=industry).row(0, named=True)
        assert np.log(after / before) == pytest.approx(row["log_gain"], abs=1e-12)


def test_equal_marginal_products_leave_nothing_to_gain() -> None:
    rng = np.random.default_rng(3)
    size = rng.lognormal(0, 2, 30)
    data = {
        "firm": [f"f{i}" for i in range(30)],
        "year": [2020] * 30,
        "industry": ["a", "b", "c"] * 10,
        "va": 7.3 * size,
        "k": 11.1 * size,
        "l": 0.7 * size,
        "alpha": [0.3, 0.5, 0.6] * 10,
    }
    found = run(data)
    assert abs(found.total["log_gain"][0]) < 1e-12
    for name in ("part_output", "part_capital", "sd_tfpr", "p90_p10_tfpr"):
        assert abs(found.total[name][0]) < 1e-12
    assert found.total["log_gain_between"][0] > 0.01  # industries with other shares but the same factors per output
    np.testing.assert_allclose(found.units["tau_capital"], 0, atol=1e-12)
    np.testing.assert_allclose(found.units["gamma_labour"], 1, rtol=1e-12)
    np.testing.assert_allclose(found.units["size_ratio"], 1, rtol=1e-12)


def economy(n: int, sigma: float, alpha: float, tau_y: np.ndarray, tau_k: np.ndarray, a: np.ndarray) -> pl.DataFrame:
    """Return the firms' choices in the paper's model with w = 2, R = 0.1 and one industry: eqs. 5 to 8."""
    wage, rental = 2.0, 0.1
    scale = ((1 + tau_k) * rental / alpha) ** alpha * (wage / (1 - alpha)) ** (1 - alpha)
    cost = scale / (a * (1 - tau_y))
    price = sigma / (sigma - 1) * cost
    quantity = 1000 * price**-sigma
    va = price * quantity
    k = alpha * (sigma - 1) / sigma * (1 - tau_y) * va / ((1 + tau_k) * rental)
    heads = (1 - alpha) * (sigma - 1) / sigma * (1 - tau_y) * va / wage
    keys = {"firm": [f"f{i}" for i in range(n)], "year": [2020] * n, "industry": ["x"] * n}
    return pl.DataFrame(keys).with_columns(
        va=va, k=k, l=heads, wages=wage * heads, tau_y=tau_y, tau_k=tau_k, a=a, alpha=pl.lit(alpha)
    )


@pytest.mark.parametrize(("sigma", "alpha"), [(3.0, 0.4), (2.0, 0.6)])
def test_known_wedges_and_qualities_are_recovered(sigma: float, alpha: float) -> None:
    rng = np.random.default_rng(5)
    n = 500
    data = economy(n, sigma, alpha, rng.uniform(-0.3, 0.6, n), rng.uniform(-0.5, 2.0, n), rng.lognormal(0, 1, n))
    found = run(data, elasticity=sigma, labour_cost="wages", rental=0.1)
    assert found.method.options["wedge_level"] == "price"
    np.testing.assert_allclose(found.units["tau_output"], data["tau_y"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.units["tau_capital"], data["tau_k"], rtol=0, atol=1e-12)
    a = data["a"].to_numpy()
    best = (a ** (sigma - 1)).sum() ** (1 / (sigma - 1))
    expected = np.log(a * n ** (1 / (sigma - 1)) / best)
    np.testing.assert_allclose(found.units["log_tfpq"], expected, rtol=0, atol=1e-12)
    two = run(data, elasticity=sigma, labour_cost="wages", rental=0.1, wedges="factors").units
    tau_y, tau_k = data["tau_y"].to_numpy(), data["tau_k"].to_numpy()
    np.testing.assert_allclose(two["tau_labour"], 1 / (1 - tau_y) - 1, rtol=0, atol=1e-12)
    np.testing.assert_allclose(two["tau_capital"], (1 + tau_k) / (1 - tau_y) - 1, rtol=0, atol=1e-12)


def test_lognormal_economy_gains_what_theory_says() -> None:
    """If all is lognormal the log gain is σ/2 var(ln TFPR) + α(1 − α)/2 var(ln(1 + τ_K)): eq. 16, with its K part."""
    n, alpha = 200_000, 0.4
    normal = np.random.default_rng(7).normal(size=(3, n))
    tau_y, tau_k = 1 - np.exp(0.2 * normal[0]), np.expm1(0.3 * normal[1])
    found = run(economy(n, SIGMA, alpha, tau_y, tau_k, np.exp(0.4 * normal[2])))
    variance = 0.2**2 + (alpha * 0.3) ** 2
    theory = SIGMA / 2 * variance + alpha * (1 - alpha) / 2 * 0.3**2
    assert found.total["log_gain"][0] == pytest.approx(theory, rel=0.01)
    assert found.total["part_output"][0] == pytest.approx(SIGMA / 2 * 0.2**2, rel=0.01)
    assert found.total["sd_tfpr"][0] == pytest.approx(np.sqrt(variance), rel=0.01)
    assert found.total["p90_p10_tfpr"][0] == pytest.approx(2 * 1.2815516 * np.sqrt(variance), rel=0.01)


def test_one_wedge_alone_has_the_whole_gain() -> None:
    rng = np.random.default_rng(8)
    none, some, a = np.zeros(50), rng.uniform(0, 0.6, 50), rng.lognormal(0, 1, 50)
    output = run(economy(50, SIGMA, 0.4, some, none, a)).total
    capital = run(economy(50, SIGMA, 0.4, none, some, a)).total
    assert output["part_output"][0] == pytest.approx(output["log_gain"][0], abs=1e-13)
    assert abs(output["part_capital"][0]) < 1e-13
    assert capital["part_capital"][0] == pytest.approx(capital["log_gain"][0], abs=1e-13)
    assert abs(capital["part_output"][0]) < 1e-13


def test_parts_are_the_mean_over_both_orders_of_removal() -> None:
    rng = np.random.default_rng(9)
    tau_y, tau_k, a = rng.uniform(-0.2, 0.5, 40), rng.uniform(-0.3, 1, 40), rng.lognormal(0, 1, 40)
    none = np.zeros(40)
    gain, output, capital = (
        run(economy(40, SIGMA, 0.4, y, k, a)).total["log_gain"][0]
        for y, k in ((tau_y, tau_k), (tau_y, none), (none, tau_k))
    )
    found = run(economy(40, SIGMA, 0.4, tau_y, tau_k, a)).total
    assert found["part_output"][0] == pytest.approx(((gain - capital) + output) / 2, abs=1e-12)
    assert found["part_capital"][0] == pytest.approx(((gain - output) + capital) / 2, abs=1e-12)


@pytest.mark.parametrize("wedges", ["output_capital", "factors"])
def test_parts_add_up_with_two_and_three_factors(wedges: Any) -> None:
    data = table()
    shares = {"capital": 0.25, "labour": 0.35, "materials": 0.4}
    for more in ({}, {"materials": "m", "output": "gross", "share": shares}):
        found = run(data, wedges=wedges, **more)
        for frame in (found.total, found.industries):
            names = [c for c in frame.columns if c.startswith("part_")]
            assert len(names) == 2 + bool(more)
            np.testing.assert_allclose(
                frame.select(pl.sum_horizontal(names)).to_series(), frame["log_gain"], atol=1e-13
            )


def test_materials_are_taken_off_revenue_or_are_a_factor() -> None:
    data = table().with_columns(va=pl.col("va") + 20 * pl.col("m"))
    direct = run(data.with_columns(va=pl.col("va") - pl.col("m")))
    assert run(data, materials="m").total.equals(direct.total)
    gross = run(data, materials="m", output="gross", share=None, labour_cost="wages", rental=0.1)
    assert gross.industries.select(pl.sum_horizontal("^alpha_.*$")).to_series().to_list() == pytest.approx([1.0] * 6)
    assert "materials_ratio" in gross.units.columns


def test_shares_in_cost_are_those_of_the_industry_over_all_years() -> None:
    data = table()
    found = run(data, share=None, labour_cost="wages", rental=0.1)
    cost = data.group_by("industry").agg(capital=0.1 * pl.col("k").sum(), pay=pl.col("wages").sum())
    expected = dict(cost.select("industry", pl.col("capital") / (pl.col("capital") + pl.col("pay"))).iter_rows())
    for industry, alpha in found.industries.select("industry", "alpha_capital").iter_rows():
        assert alpha == pytest.approx(expected[industry], rel=1e-12)
    assert "firms_cost_shares" in {note.code for note in found.notes}


def test_gain_to_reach_a_reference_as_printed_in_the_paper() -> None:
    """Tables IV and VI of Hsieh and Klenow: China's 115.1, 95.8, 86.6 % against 42.9 %: 50.5, 37.0, 30.5 %."""
    for gain, printed in ((1.151, 0.505), (0.958, 0.370), (0.866, 0.305)):
        data = two_firms(gain)
        found = misallocation(data, "va", "k", "l", **KEYS, share=0.5, reference=0.429).total
        assert found["gain"][0] == pytest.approx(gain, rel=1e-9)
        assert found["gain_to_reference"][0] == pytest.approx(printed, abs=1.1e-3)  # both are rounded


def two_firms(gain: float) -> dict[str, Any]:
    """Return two firms alike but for their capital, q² and 1: for α = ½ and σ = 3 the gain is (q − 1)² / 2q."""
    q = 1 + gain + np.sqrt((1 + gain) ** 2 - 1)
    return {"firm": ["a", "b"], "year": [1, 1], "va": [5.0, 5.0], "k": [q**2, 1.0], "l": [1.0, 1.0]}


def regions(seed: int = 2) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    keys = {"firm": ["甲", "乙", "丙", "丁"] * 2, "year": [2010] * 4 + [2020] * 4}
    return pl.DataFrame(keys).with_columns(
        va=rng.lognormal(3, 1, 8), k=rng.lognormal(4, 1, 8), l=rng.lognormal(2, 1, 8), alpha=rng.uniform(0.3, 0.6, 8)
    )


def test_regions_as_the_papers_write_them() -> None:
    """γ̂ = (K_i / K) / (s_i α_i / Σ s α), and the gap Σ s_i (α_i ln γ̂_K + (1 − α_i) ln γ̂_L), region by region."""
    data = regions()
    found = misallocation(data, "va", "k", "l", **KEYS, share="alpha", method="aggregate")
    for year in (2010, 2020):
        rows = data.filter(year=year).to_dicts()
        units = found.units.filter(time=year)
        output, capital, labour = (sum(r[c] for r in rows) for c in ("va", "k", "l"))
        mean = sum(r["va"] / output * r["alpha"] for r in rows)
        parts = np.zeros(2)
        for row, unit in zip(rows, units.iter_rows(named=True), strict=True):
            share = row["va"] / output
            gamma_k = row["k"] / capital / (share * row["alpha"] / mean)
            gamma_l = row["l"] / labour / (share * (1 - row["alpha"]) / (1 - mean))
            assert unit["gamma_capital"] == pytest.approx(gamma_k, rel=1e-12)
            assert unit["gamma_labour"] == pytest.approx(gamma_l, rel=1e-12)
            assert unit["tau_capital"] == pytest.approx(1 / gamma_k - 1, rel=1e-11, abs=1e-13)
            assert unit["capital_ratio"] == pytest.approx(1 / gamma_k, rel=1e-12)
            one = -share * row["alpha"] * np.log(gamma_k), -share * (1 - row["alpha"]) * np.log(gamma_l)
            assert (unit["part_capital"], unit["part_labour"]) == pytest.approx(one, abs=1e-13)
            parts += one
        whole = found.total.filter(time=year).row(0, named=True)
        assert (whole["part_capital"], whole["part_labour"]) == pytest.approx(tuple(parts), abs=1e-13)
        assert whole["log_gain"] == pytest.approx(parts.sum(), abs=1e-13)
        assert min(parts) >= 0  # a factor's part is α̃ times a Kullback–Leibler divergence
    assert "log_tfpq" not in found.units.columns


def test_regions_with_an_elasticity_are_firms_of_one_industry_and_one_is_the_limit() -> None:
    data = regions()

    def gains(**options: Any) -> list[float]:
        return misallocation(data, "va", "k", "l", **KEYS, share=0.4, **options).total["log_gain"].to_list()

    assert gains(method="aggregate", elasticity=1.5) == pytest.approx(gains(elasticity=1.5), rel=1e-12)
    assert gains(method="aggregate", elasticity=1 + 1e-9) == pytest.approx(gains(method="aggregate"), rel=1e-7)
    assert gains(method="aggregate", elasticity=0.5)[0] < gains(method="aggregate")[0] < gains(elasticity=1.5)[0]


def test_sectors_of_regions_gain_within_and_between() -> None:
    """With two sectors the whole gain is that of sectors as they are, plus that of the regions of each."""
    data = regions().drop("alpha").join(pl.DataFrame({"sector": ["农业", "工业"], "alpha": [0.3, 0.6]}), how="cross")
    data = data.with_columns(va=pl.col("va") * pl.col("alpha"), k=pl.col("k") * pl.col("alpha").sqrt())
    found = misallocation(data, "va", "k", "l", **KEYS, industry="sector", share="alpha", method="aggregate")
    sums = data.group_by("year", "sector", maintain_order=True).agg(
        pl.col("va", "k", "l").sum(), pl.col("alpha").first()
    )
    sectors = misallocation(sums, "va", "k", "l", unit="sector", time="year", share="alpha", method="aggregate")
    np.testing.assert_allclose(found.total["log_gain_between"], sectors.total["log_gain"], atol=1e-13)
    assert found.units.height == 16
    assert found.total["industries"].to_list() == [2, 2]


def test_trimming_is_told_and_everything_is_computed_again() -> None:
    data = table(size=300, years=(2020,))
    found = run(data, trim=0.02)
    gone = found.left_out["unit"].unique().to_list()
    assert set(found.left_out["reason"]) == {"tail_tfpr", "tail_tfpq"}
    assert found.left_out.filter(reason="tail_tfpr").height == 12
    assert found.units.height == 300 - len(gone)
    assert found.total.equals(run(data.filter(~pl.col("firm").is_in(gone))).total)
    note = next(note for note in found.notes if note.code == "firms_trimmed")
    assert str(note) == f"2.0% is trimmed off each tail, {len(gone)} unit-years in all; left_out lists them."
    whole = run(data)
    kept = whole.units.filter(~pl.col("unit").is_in(gone))["log_tfpr"]
    assert whole.units["log_tfpr"].min() < kept.min()  # type: ignore[operator]


def test_rows_that_cannot_be_used_are_refused_by_name_or_left_out_and_listed() -> None:
    data = table().with_columns(
        k=pl.when(firm="f3", year=2020).then(0.0).otherwise("k"),
        l=pl.when(firm="f5", year=2019).then(None).otherwise("l"),
    )
    with pytest.raises(
        DataError, match=r"row 28, unit f3, .*k, year 2020: The number is 0 and must be positive; there are 1"
    ):
        run(data)
    with pytest.raises(DataError, match=r"unit f5, .*l, year 2019: The number is missing"):
        run(data.filter(pl.col("k") > 0))
    with pytest.raises(DataError) as caught:
        run(data)
    with speak("zh"):
        assert "单元 f3，指标 k，2020 年：数值为 0，应为正数" in str(caught.value)
    found = run(data, unusable="leave_out")
    assert found.left_out.select("row", "unit", "time", "column", "reason").rows() == [
        (6, "f5", 2019, "l", "missing"),
        (28, "f3", 2020, "k", "not_positive"),
    ]
    assert found.units.height == 46
    assert {"firms_left_out", "firms_few", "firms_measurement"} <= {note.code for note in found.notes}
    net = table().with_columns(m=pl.when(firm="f0").then(pl.col("va") + 1).otherwise(0.0))
    with pytest.raises(
        DataError, match=r"unit f0, .*va, year 2019: The number is -1 and must be positive; there are 2"
    ):
        run(net, materials="m")
    assert run(net, materials="m", unusable="leave_out").left_out["value"].to_list() == pytest.approx([-1, -1])


@pytest.mark.parametrize(
    ("error", "options", "said"),
    [
        (SpecError, {"method": "hsieh_klenov"}, "Did you mean “hsieh_klenow”"),
        (SpecError, {"elasticity": 1.0}, r"elasticity: “1.0” will not do\. This should be: a number above 1"),
        (SpecError, {"method": "aggregate", "elasticity": 0.0}, "a number above 0"),
        (SpecError, {"trim": 0.5}, "taken off each tail"),
        (SpecError, {"reference": -0.1}, "42.9%"),
        (SpecError, {"rental": 0.0}, "rental"),
        (SpecError, {"share": None}, "labour_cost.*and rental"),
        (SpecError, {"share": None, "labour_cost": "wages"}, "rental"),
        (SpecError, {"share": {"capital": 0.3}}, "share gives capital, but the factors are: capital, labour"),
        (SpecError, {"output": "gross"}, "no materials are named"),
        (SpecError, {"output": "gross", "materials": "m"}, "capital, labour, materials"),
        (SpecError, {"wedges": "taxes"}, "output_capital"),
        (SpecError, {"unusable": "drop"}, "leave_out"),
        (MethodError, {"share": 1.0}, "capital 1, labour 0"),
        (MethodError, {"share": {"capital": 0.3, "labour": 0.6}}, "must sum to 1"),
        (MethodError, {"share": "mixed"}, "differ within one industry"),
        (DataError, {"industry": "sector"}, "no column “sector”"),
        (DataError, {"unit": "industry"}, "Two rows stand for one unit and year"),
    ],
)
def test_what_is_refused(error: type[NqpfError], options: dict[str, Any], said: str) -> None:
    data = table().with_columns(mixed=pl.Series(np.linspace(0.2, 0.4, 48)))
    with pytest.raises(error, match=said):
        run(data, **options)


def test_a_table_without_use_or_industry_is_refused() -> None:
    with pytest.raises(DataError, match="None of the 48 rows can be used"):
        run(table().with_columns(k=pl.lit(-1.0)), unusable="leave_out")
    with pytest.raises(DataError, match=r"unit f2.*does not say which industry"):
        run(table().with_columns(industry=pl.when(firm="f2").then(None).otherwise("industry")))
    with pytest.raises(DataError, match="no rows"):
        run(table().head(0))


def test_industries_of_one_unit_are_remarked_on() -> None:
    data = table(years=(2020,)).with_columns(industry=pl.when(firm="f0").then(pl.lit("alone")).otherwise("industry"))
    found = run(data)
    assert found.industries.filter(industry="alone")["log_gain"].to_list() == [0.0]
    assert any("nil by construction: alone 2020" in str(note) for note in found.notes)
    assert any("fewer than 10 units" in str(note) for note in found.notes)


def test_years_stand_alone_and_gaps_do_no_harm() -> None:
    data = table(years=(2010, 2020))
    found = run(data).total
    assert found["time"].to_list() == [2010, 2020]
    for year in (2010, 2020):
        assert_frame_equal(found.filter(time=year), run(data.filter(year=year)).total, rel_tol=1e-12)


def test_pandas_comes_back_as_pandas() -> None:
    assert isinstance(run(table().to_pandas()).to_frame(), pd.DataFrame)


@st.composite
def economies(draw: st.DrawFn) -> pl.DataFrame:
    size = draw(st.integers(2, 12))
    numbers = st.lists(st.floats(0.01, 1e3), min_size=size, max_size=size)
    columns = {name: draw(numbers) for name in ("va", "k", "l")}
    industry = draw(st.lists(st.sampled_from(["a", "b"]), min_size=size, max_size=size))
    keys = {"firm": [f"f{i}" for i in range(size)], "year": [2020] * size, "industry": industry}
    return pl.DataFrame(keys | columns).with_columns(alpha=pl.when(industry="a").then(0.3).otherwise(0.6))


@given(economies(), st.floats(1.1, 6), st.sampled_from(["output_capital", "factors"]))
def test_what_holds_for_every_economy(data: pl.DataFrame, sigma: float, wedges: Any) -> None:
    found = run(data, elasticity=sigma, wedges=wedges)
    total = found.total.row(0, named=True)
    assert total["log_gain"] >= -1e-12
    assert total["log_gain_between"] >= -1e-12
    parts = sum(value for name, value in total.items() if name.startswith("part_"))
    assert parts == pytest.approx(total["log_gain"], abs=1e-10)
    weight = found.industries["share"]
    assert weight.sum() == pytest.approx(1, abs=1e-12)
    for name, of in (("capital", "k"), ("labour", "l")):
        after = found.units.with_columns(x=data[of] * pl.col(f"{name}_ratio"), y=data[of])
        sums = after.group_by("industry").agg(pl.col("x", "y").sum())
        np.testing.assert_allclose(sums["x"], sums["y"], rtol=1e-10)


@settings(max_examples=min(30, 2 * settings().max_examples))
@given(economies(), st.sampled_from([1e-3, 7.0, 1e6]), st.randoms(use_true_random=False))
def test_neither_units_of_measure_nor_the_order_of_rows_nor_merging_twins_matters(
    data: pl.DataFrame, factor: float, random: Any
) -> None:
    columns = ["log_gain", "part_output", "part_capital", "log_gain_between", "efficiency"]
    expected = run(data).total.select(columns).row(0)
    for column in ("va", "k", "l"):
        other = run(data.with_columns(pl.col(column) * factor)).total.select(columns).row(0)
        assert other == pytest.approx(expected, abs=1e-9)
    rows = list(range(data.height))
    random.shuffle(rows)
    shuffled = run(data[rows])
    assert shuffled.total.select(columns).row(0) == pytest.approx(expected, abs=1e-10)
    assert shuffled.units["unit"].to_list() == [f"f{i}" for i in rows]
    halves = pl.concat([data, data.with_columns(pl.col("firm") + "'")]).with_columns(pl.col("va", "k", "l") / 2)
    assert run(halves).total.select(columns).row(0) == pytest.approx(expected, abs=1e-10)
