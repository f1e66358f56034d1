"""KLEMS accounts: parts add up, user costs use up income, industries add up to the economy without a remainder."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import NqpfError
from nqpf.productivity.growth import Klems, growth_accounts, klems
from nqpf.productivity.growth.user_cost import internal_rate, user_costs

CAPITAL = {"ict": ("k1", "ck1"), "other": ("k2", "ck2")}
LABOUR = {"high": ("h1", "ch1"), "low": ("h2", "ch2")}
INTER = {"energy": ("e", "ce"), "materials": ("m", "cm"), "services": ("s", "cs")}
KEYS: dict[str, Any] = {"unit": "u", "time": "t"}
QUANTITIES = ["k1", "k2", "h1", "h2", "e", "m", "s"]
INCOMES = [f"c{name}" for name in QUANTITIES]


def panel(years: int = 6, units: int = 3, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    keys = {"u": np.tile([f"i{i}" for i in range(units)], years), "t": np.repeat(np.arange(2000, 2000 + years), units)}

    def path() -> Any:
        return np.exp(rng.normal(0.03, 0.05, (years, units)).cumsum(axis=0) + rng.normal(0, 1, units)).ravel()

    prices = {f"p{i}": np.exp(rng.normal(0.01, 0.01, (years, units)).cumsum(axis=0)).ravel() for i in (1, 2)}
    table = pl.DataFrame(keys | {name: path() for name in ["y", *QUANTITIES, *INCOMES]} | prices)
    return table.with_columns(v=pl.sum_horizontal(INCOMES))


def full(table: Any, **more: Any) -> Klems:
    return klems(table, "y", **{"capital": CAPITAL, "labour": LABOUR, "intermediate": INTER} | KEYS | more)


def costed(table: Any, **more: Any) -> Klems:
    words = {
        "capital": {"ict": ("k1", "p1"), "other": ("k2", "p2")},
        "value": "v",
        "user_cost": "internal",
        "depreciation": {"ict": 0.315, "other": 0.05},
    }
    return full(table, **words | more)


def near(got: Any, expected: Any, tolerance: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(expected, float), rtol=0, atol=tolerance)


def refused(call: Any, table: Any, **more: Any) -> str:
    with pytest.raises(NqpfError) as caught:
        call(table, **more)
    return str(caught.value)


def test_contributions_add_up() -> None:
    done = full(panel())
    frame = done.frame.drop_nulls("output")
    near(frame.select(pl.sum_horizontal("capital", "labour", "intermediate", "tfp")).to_series(), frame["output"])
    for name in ("capital", "labour"):
        near(frame[f"{name}_quantity"] + frame[f"{name}_composition"], frame[name])
    near(
        frame.select(pl.sum_horizontal("share_capital", "share_labour", "share_intermediate")).to_series(), np.ones(15)
    )
    sums = (
        done.types.group_by("unit", "year", "group").agg(pl.sum("contribution")).pivot("group", values="contribution")
    )
    both = frame.join(sums, left_on=["u", "t"], right_on=["unit", "year"], suffix="_types")
    for name in ("capital", "labour", "intermediate"):
        near(both[name], both[f"{name}_types"])
    near(frame["value_added"] * (1 - frame["share_intermediate"]) + frame["intermediate"], frame["output"])
    near(frame["tfp_value_added"] * (1 - frame["share_intermediate"]), frame["tfp"])


def test_one_type_each_is_a_growth_account() -> None:
    table = panel()
    done = klems(table, "y", capital={"all": ("k1", "ck1")}, labour={"all": ("h1", "ch1")}, **KEYS).frame
    plain = table.with_columns(a=pl.col("ck1") / (pl.col("ck1") + pl.col("ch1")))
    accounts = growth_accounts(plain, "y", "k1", "h1", share="a", **KEYS).frame
    for name in ("capital", "labour", "tfp"):
        near(done[name].drop_nulls(), accounts[name].drop_nulls())
    near(done["capital_composition"].drop_nulls(), np.zeros(15))


def test_types_by_hand() -> None:
    """Capital earns 40 of 100, half of it ICT; ICT doubles: Δln K = ½ ln 2, and the stock grows from 2 to 3."""
    table = {"t": [1, 2], "y": [1.0, 1.0], "k1": [1.0, 2.0], "k2": [1.0, 1.0], "h1": [1.0, 1.0], "ck1": [20.0, 20.0],
             "ck2": [20.0, 20.0], "ch1": [60.0, 60.0]}  # fmt: skip
    done = klems(table, "y", capital=CAPITAL, labour={"all": ("h1", "ch1")}, time="t")
    row = done.frame.row(1, named=True)
    assert row["capital"] == pytest.approx(0.2 * np.log(2))
    assert row["capital_quantity"] == pytest.approx(0.4 * np.log(1.5))
    assert row["tfp"] == pytest.approx(-0.2 * np.log(2))
    ict = done.types.filter(pl.col("type") == "ict").row(0, named=True)
    assert (ict["group"], ict["year"], ict["share"]) == ("capital", 2, pytest.approx(0.2))
    assert ict["growth"] == pytest.approx(np.log(2))


def test_a_type_that_is_never_there_counts_for_nothing() -> None:
    table = panel().with_columns(
        pl.when(pl.col("u") != "i0").then(pl.col(c)).otherwise(0.0).alias(c) for c in ("k1", "ck1")
    )
    done = full(table, aggregate=True)
    none = done.types.filter((pl.col("unit") == "i0") & (pl.col("type") == "ict"))
    assert none["contribution"].to_list() == [0.0] * 5
    assert done.frame["tfp"].null_count() == 3
    without = klems(table, "y", capital={"other": ("k2", "ck2")}, labour=LABOUR, intermediate=INTER, **KEYS).frame
    near(without.filter(pl.col("u") == "i0")["tfp"][1:], done.frame.filter(pl.col("u") == "i0")["tfp"][1:])


def test_user_costs_by_hand() -> None:
    """Stock 100 at δ 10 %, prices from 1 to 1.02, income 15: r = (15 + 2 − 10.2)/100, c = r + 0.102 − 0.02."""
    price = np.array([[[1.0]], [[1.02]]])
    stock, delta = np.full((2, 1, 1), 100.0), np.full((2, 1, 1), 0.1)
    rate = internal_rate(np.full((2, 1), 15.0), stock, price, delta)
    near(rate[1], [0.068])
    near(user_costs(rate, price, delta)[1, 0], [0.15])


def test_internal_rates_use_up_the_income_of_capital() -> None:
    rng = np.random.default_rng(0)
    stock, price = np.exp(rng.normal(0, 1, (4, 2, 3))), np.exp(rng.normal(0, 0.1, (4, 2, 3)))
    delta, income = rng.uniform(0, 0.3, (4, 2, 3)), rng.uniform(1, 2, (4, 2))
    cost = user_costs(internal_rate(income, stock, price, delta), price, delta)
    near((cost * stock).sum(axis=-1)[1:], income[1:])


def test_user_costs_weigh_assets_and_leave_the_share_of_capital() -> None:
    table = panel()
    inner, outer = costed(table), costed(table, user_cost="external", rate=0.08)
    frame = inner.frame.drop_nulls("tfp")
    assert sorted(frame["t"].unique()) == [2002, 2003, 2004, 2005]
    near(frame.select(pl.sum_horizontal("capital", "labour", "intermediate", "tfp")).to_series(), frame["output"])
    near(inner.frame["share_capital"].drop_nulls(), outer.frame["share_capital"].drop_nulls())
    assert set(outer.frame["rate"]) == {0.08}
    ict = [x.types.filter(pl.col("type") == "ict")["share"].to_numpy() for x in (inner, outer)]
    assert np.abs(ict[0] - ict[1]).max() > 0.01
    columns = table.with_columns(r=pl.lit(0.08), d=pl.lit(0.315))
    named = costed(columns, user_cost="external", rate="r", depreciation={"ict": "d", "other": 0.05})
    near(named.frame["tfp"].drop_nulls(), outer.frame["tfp"].drop_nulls())


@pytest.mark.parametrize("how", ["given", "internal"])
def test_industries_add_up_to_the_economy(how: str) -> None:
    table = panel()
    done = full(table, aggregate=True) if how == "given" else costed(table, aggregate=True)
    assert done.economy is not None
    whole = done.economy.drop_nulls()
    assert whole.height == (5 if how == "given" else 4)
    near(whole["capital"] + whole["labour"] + whole["tfp"], whole["value_added"])
    parts = whole["domar"] + whole["reallocation_capital"] + whole["reallocation_labour"]
    near(parts, whole["tfp"])
    by_year = done.frame.group_by("t").agg((pl.col("domar_weight") * pl.col("tfp")).sum().alias("d")).sort("t")
    near(by_year.filter(pl.col("t").is_in(whole["year"].to_list()))["d"], whole["domar"])
    assert (done.frame.group_by("t").agg(pl.sum("domar_weight"))["domar_weight"].max() or 0) > 1


def test_industries_that_are_alike_reallocate_nothing() -> None:
    one = panel(units=1)
    table = pl.concat([one.with_columns(u=pl.lit(name)) for name in ("a", "b", "c")])
    done = klems(table, "y", capital=CAPITAL, labour=LABOUR, aggregate=True, **KEYS)
    assert done.economy is not None
    whole = done.economy.drop_nulls()
    near(whole["reallocation_capital"], np.zeros(5))
    near(whole["reallocation_labour"], np.zeros(5))
    near(whole["tfp"], done.frame.filter(pl.col("u") == "a")["tfp"].drop_nulls())


def test_the_answer_depends_neither_on_rows_nor_on_units_of_measure() -> None:
    table = panel()
    mixed = table.sample(fraction=1, shuffle=True, seed=1)
    one, two = (full(x, aggregate=True) for x in (table, mixed))
    near(one.frame.drop("u").drop_nulls(), two.frame.sort("t", "u").drop("u").drop_nulls())
    money = table.with_columns(pl.col(INCOMES) * 1e4, pl.col(["y", "h1", "h2"]) * 3)
    near(full(money).frame["tfp"].drop_nulls(), one.frame["tfp"].drop_nulls())


@pytest.mark.parametrize(
    ("call", "change", "more", "words"),
    [
        (full, {"ck1": -1.0}, {}, ["value is -1", "i0", "2000", "ck1"]),
        (full, {"y": 0.0}, {}, ["value is 0"]),
        (full, {"v": 1.0}, {"value": "v"}, ["Output is 1", "adds up to"]),
        (costed, {"v": 0.1}, {}, ["capital earns nothing", "i0"]),
        (costed, {}, {"value": None}, ["“internal”", "value"]),
        (costed, {}, {"user_cost": "external"}, ["“external”", "rate"]),
        (costed, {}, {"depreciation": {"ict": 0.3}}, ["depreciation[other]"]),
        (costed, {}, {"depreciation": {"ict": 31.5, "other": 0.05}}, ["31.5", "between 0 and 1"]),
        (full, {}, {"user_cost": "guess"}, ["“guess”", "internal"]),
        (full, {}, {"negative": "drop"}, ["“drop”", "zero"]),
        (full, {}, {"capital": {"ict": ("k9", "ck1")}}, ["no column “k9”"]),
    ],
)
def test_what_cannot_be_accounted_for_is_refused(call: Any, change: Any, more: Any, words: list[str]) -> None:
    text = refused(call, panel().with_columns(**{name: pl.lit(value) for name, value in change.items()}), **more)
    for word in words:
        assert word in text


def test_a_type_that_comes_later_has_no_growth_rate() -> None:
    late = panel().with_columns(pl.when(pl.col("t") > 2001).then(pl.col("k1")).otherwise(0.0).alias("k1"))
    text = refused(full, late)
    assert "“ict” is zero in some years only" in text
    paid = panel().with_columns(k1=pl.lit(0.0))
    assert "earns something without being there" in refused(full, paid)


def test_user_costs_below_zero_are_refused_or_count_as_zero() -> None:
    boom = panel().with_columns(p1=pl.lit(2.0) ** (pl.col("t") - 2000))
    text = refused(costed, boom, user_cost="external", rate=0.05)
    assert "“ict” is below zero" in text
    assert 'negative="zero"' in text
    done = costed(boom, user_cost="external", rate=0.05, negative="zero")
    assert done.types.filter(pl.col("type") == "ict")["contribution"].abs().max() == 0
    assert "growth_user_cost_zero" in {note.code for note in done.notes}


def test_an_absent_industry_is_named() -> None:
    table = panel().filter(~((pl.col("u") == "i1") & (pl.col("t") == 2000)))
    assert "i1 (2000)" in refused(full, table, aggregate=True)
    assert full(table).frame["tfp"].null_count() == 3
    done = full(table, aggregate=True, gaps="skip")
    assert done.economy is not None
    assert done.economy["tfp"].null_count() == 2
