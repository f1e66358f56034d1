"""Gain beside distribution: quadrants by hand, and decompositions that add up."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.regions.inequality.atkinson import atkinson
from nqpf.regions.systems.common_prosperity import common_prosperity
from nqpf.regions.systems.coupling import coupling
from nqpf.regions.systems.factor_share import factor_share
from nqpf.regions.systems.joint_gain import joint_gain, wilson
from nqpf.regions.systems.social_gain import social_gain

KEYS = {"unit": "city", "time": "year"}
FIVE = pl.DataFrame(
    {
        "city": list("abcde") * 2,
        "year": [2012] * 5 + [2022] * 5,
        "bloc": ["east", "east", "west", "west", "west"] * 2,
        "tfp": [1.0, 1.0, 1.0, 1.0, 1.0, 1.2, 1.1, 0.9, 0.8, 1.3],
        "gini": [0.4, 0.3, 0.4, 0.3, 0.35, 0.35, 0.33, 0.38, 0.33, 0.35],
    }
)
WORDS = ["gain_narrowing", "gain_widening", "loss_narrowing", "loss_widening", "still"]


def test_each_unit_falls_in_its_quadrant() -> None:
    found = joint_gain(FIVE, "tfp", "gini", **KEYS)
    assert found.frame["quadrant"].to_list() == WORDS
    assert found.frame["gain"].to_list() == pytest.approx(np.log([1.2, 1.1, 0.9, 0.8, 1.3]))
    assert found.frame["widening"].to_list() == pytest.approx([-0.05, 0.03, -0.02, 0.03, 0.0])
    plain = joint_gain(FIVE, "tfp", "gini", **KEYS, change="difference", tolerance=0.025)
    assert plain.frame["gain"].to_list() == pytest.approx([0.2, 0.1, -0.1, -0.2, 0.3])
    assert plain.frame["quadrant"].to_list() == [*WORDS[:2], "still", "loss_widening", "still"]
    row = found.together.row(0, named=True)
    assert (row["units"], row["start"], row["end"]) == (5, 2012, 2022)
    gain, widening = found.frame["gain"].to_numpy(), found.frame["widening"].to_numpy()
    assert row["correlation"] == pytest.approx(np.corrcoef(gain, widening)[0, 1])
    assert any("5 units (fewer than 10)" in note.text().en for note in found.notes)


def test_shares_of_all_and_by_group() -> None:
    found = joint_gain(FIVE, "tfp", "gini", **KEYS, group="bloc")
    assert found.frame["bloc"].to_list() == ["east", "east", "west", "west", "west"]
    every = found.shares.filter(pl.col("group").is_null())
    assert every["share"].to_list() == pytest.approx([0.2] * 5)
    sums = found.shares.group_by("group").agg(pl.col("share").sum(), pl.col("units").sum(), pl.col("of").first())
    assert sums["share"].to_list() == pytest.approx([1, 1, 1])
    assert (sums["units"] == sums["of"]).all()
    drawn = joint_gain(FIVE, "tfp", "gini", **KEYS, group="bloc", interval="bootstrap").shares
    assert (drawn["low"] <= drawn["share"]).all()
    assert (drawn["share"] <= drawn["high"]).all()
    assert (found.shares["high"] > found.shares["low"]).all()  # Wilson's has a length where nobody is


def test_wilsons_interval_has_the_value_the_score_test_refuses_at_its_ends() -> None:
    for count, of in ((0, 10), (3, 10), (7, 31)):
        low, high = wilson(count, of, 0.95)
        for end in (low, high):
            if 0 < end < 1:
                z = (count / of - end) / np.sqrt(end * (1 - end) / of)
                assert abs(z) == pytest.approx(1.959964, abs=1e-5)
        assert low <= count / of <= high


def test_rows_may_be_shuffled_and_years_chosen() -> None:
    more = pl.concat(
        [FIVE, FIVE.filter(year=2022).with_columns(year=2017, tfp=pl.col("tfp") + 1)], how="vertical_relaxed"
    )
    one = joint_gain(FIVE, "tfp", "gini", **KEYS)
    other = joint_gain(more.sample(fraction=1.0, shuffle=True, seed=1), "tfp", "gini", **KEYS)
    assert other.frame.equals(one.frame)
    middle = joint_gain(more, "tfp", "gini", **KEYS, end=2017)
    assert middle.frame["gain"].to_list() == pytest.approx(np.log([2.2, 2.1, 1.9, 1.8, 2.3]))


def test_what_has_no_two_ends_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="Units lack the first or the last year: c"):
        joint_gain(FIVE.filter(~((pl.col("city") == "c") & (pl.col("year") == 2012))), "tfp", "gini", **KEYS)
    with pytest.raises(MethodError, match=r"unit d.*2022.*has no logarithm"):
        joint_gain(FIVE.with_columns(tfp=pl.col("tfp") - 0.8), "tfp", "gini", **KEYS)
    with pytest.raises(DataError, match="one group in the first year"):
        joint_gain(FIVE.with_columns(bloc=pl.Series(["x"] * 9 + ["y"])), "tfp", "gini", **KEYS, group="bloc")
    with pytest.raises(SpecError, match="not before the last"):
        joint_gain(FIVE.filter(year=2012), "tfp", "gini", **KEYS)
    with pytest.raises(SpecError, match="2013"):
        joint_gain(FIVE, "tfp", "gini", **KEYS, start=2013)
    with pytest.raises(SpecError, match="tolerance"):
        joint_gain(FIVE, "tfp", "gini", **KEYS, tolerance=-1.0)
    with pytest.raises(SpecError, match="name that no column of the result has"):
        joint_gain(FIVE.rename({"city": "gain"}), "tfp", "gini", unit="gain", time="year")


def incomes(seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    places = [(p, r) for p in "abcde" for r in ("town", "land")]
    rows = [(p, r, year, rng.lognormal(2, 0.6), rng.integers(10, 90)) for year in (2012, 2013, 2015) for p, r in places]
    return pl.DataFrame(rows, schema=["province", "residence", "year", "income", "people"], orient="row")


@settings(max_examples=min(15, settings().max_examples), deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.25, 0.5, 1.0, 1.5, 2.0, 5.0]))
def test_growth_of_the_equivalent_is_the_sum_of_its_parts(seed: int, aversion: float) -> None:
    table = incomes(seed)
    found = social_gain(
        table, "income", unit=["province", "residence"], time="year", weight="people", group="province",
        aversion=[aversion],
    )  # fmt: skip
    for frame in (found.frame, found.steps):
        assert (frame["growth"] - frame["mean"] - frame["sharing"]).abs().max() < 1e-9
        assert (frame["sharing"] - frame["within"] - frame["between"]).abs().max() < 1e-9
    for name in ("growth", "mean", "sharing", "within", "between"):
        assert found.steps[name].sum() == pytest.approx(found.frame[name].item(), abs=1e-9)
    levels = atkinson(table.sort("year"), "income", by="year", weight="people", aversion=aversion).frame
    growth = np.log(levels["equivalent"][-1] / levels["equivalent"][0])
    assert found.frame["growth"].item() == pytest.approx(growth, abs=1e-9)
    assert found.frame["annual"].item() == pytest.approx(growth / 3, abs=1e-9)


def test_without_aversion_only_the_mean_counts_and_with_more_the_poor_do() -> None:
    table = pl.DataFrame({"city": ["a", "b"] * 2, "year": [1, 1, 2, 2], "income": [1.0, 4.0, 2.0, 4.0]})
    found = social_gain(table, "income", **KEYS, aversion=[0, 0.5, 1, 2, 8]).frame
    assert found["sharing"][0] == pytest.approx(0, abs=1e-12)
    assert (found["mean"] - np.log(6 / 5)).abs().max() < 1e-12
    assert found["growth"].is_sorted()  # the poorer one gained
    assert found["growth"][2] == pytest.approx(np.log(8 / 4) / 2)  # the geometric mean


def test_incomes_in_other_money_or_order_grow_alike() -> None:
    table = incomes()
    names = {"unit": ["province", "residence"], "time": "year", "weight": "people"}
    one = social_gain(table, "income", **names)  # type: ignore[arg-type]
    mixed = table.sample(fraction=1.0, shuffle=True, seed=3).with_columns(pl.col("income") * 7.1)
    other = social_gain(mixed, "income", **names)  # type: ignore[arg-type]
    assert other.frame.to_numpy() == pytest.approx(one.frame.to_numpy(), abs=1e-9)
    assert one.frame["aversion"].to_list() == [0.5, 1.0, 2.0]


def test_units_that_come_and_go_are_remarked_and_twins_refused() -> None:
    table = incomes()
    some = table.filter(~((pl.col("province") == "b") & (pl.col("year") == 2013)))
    note = social_gain(some, "income", unit=["province", "residence"], time="year").notes[1]
    assert (note.code, note.values["count"]) == ("social_gain_members", 2)
    assert "b/land" in note.text().en
    with pytest.raises(DataError, match="unit a"):
        social_gain(table, "income", unit="province", time="year")
    with pytest.raises(SpecError, match="none negative, all different"):
        social_gain(table, "income", unit=["province", "residence"], time="year", aversion=[])
    with pytest.raises(SpecError, match="aversion"):
        social_gain(table, "income", unit=["province", "residence"], time="year", aversion=[-1])
    poorest = (pl.col("year") == 2012) & (pl.col("province") == "a") & (pl.col("residence") == "town")
    zero = table.with_columns(income=pl.when(poorest).then(0.0).otherwise("income"))
    with pytest.raises(MethodError, match=r"^unit a/town, indicator income, year 2012"):
        social_gain(zero, "income", unit=["province", "residence"], time="year")


@settings(max_examples=min(15, settings().max_examples), deadline=None)
@given(st.integers(0, 10_000))
def test_a_change_of_the_share_is_within_and_between(seed: int) -> None:
    rng = np.random.default_rng(seed)
    t, n = np.indices((4, 6))
    output = rng.lognormal(3, 1, 24)
    table = pl.DataFrame(
        {"city": n.ravel(), "year": 2000 + t.ravel(), "wages": output * rng.uniform(0.2, 0.7, 24), "output": output}
    ).sample(fraction=1.0, shuffle=True, seed=seed)
    found = factor_share(table, "wages", "output", **KEYS)
    whole = table.group_by("year").agg(share=pl.col("wages").sum() / pl.col("output").sum()).sort("year")
    assert found.frame["share"].to_list() == pytest.approx(whole["share"].to_list(), abs=1e-12)
    steps = found.frame.drop_nulls()
    assert (steps["change"] - steps["within"] - steps["between"]).abs().max() < 1e-12
    total = found.total.row(0, named=True)
    assert total["change"] == pytest.approx(total["within"] + total["between"], abs=1e-12)
    assert total["change"] == pytest.approx(steps["change"].sum(), abs=1e-12)
    assert found.units.select("within", "between").sum().row(0) == pytest.approx((total["within"], total["between"]))


def test_shares_that_cannot_be_are_remarked_or_refused() -> None:
    table = pl.DataFrame({"city": ["a", "b"] * 2, "year": [1, 1, 2, 2], "w": [6.0, 4, 5, 12], "o": [10.0, 10, 10, 5]})
    found = factor_share(table, "w", "o", **KEYS)
    assert any("1 shares are below 0 or above 1 (b)" in note.text().en for note in found.notes)
    with pytest.raises(MethodError, match=r"unit b.*not above 0"):
        factor_share(table.with_columns(o=pl.Series([10.0, 10, 10, 0])), "w", "o", **KEYS)
    with pytest.raises(DataError, match="unit b"):
        factor_share(table.head(3), "w", "o", **KEYS)


def test_common_prosperity_is_low_where_either_part_is() -> None:
    table = pl.DataFrame(
        {"city": ["a", "b", "c"], "year": [2022] * 3, "rich": [0.9, 0.5, 0.0], "shared": [0.4, 0.5, 1.0]}
    ).with_columns(index=pl.Series([0.6, 0.2, 0.3]))
    root = common_prosperity(table, "rich", "shared", **KEYS, index="index")
    assert root.frame["common_prosperity"].to_list() == pytest.approx([0.6, 0.5, 0.0])
    assert root.frame["lower"].to_list() == ["sharing", "even", "prosperity"]
    product = common_prosperity(table, "rich", "shared", **KEYS, form="product")
    assert product.frame["common_prosperity"].to_list() == pytest.approx([0.36, 0.25, 0.0])
    assert product.coupling is None
    near = coupling(root.frame, ["common_prosperity", "index"], **KEYS)
    assert root.coupling is not None
    assert root.coupling.frame.equals(near.frame)
    with pytest.raises(MethodError, match=r"unit a.*1\.8.*not between 0 and 1"):
        common_prosperity(table.with_columns(pl.col("rich") * 2), "rich", "shared", **KEYS)
    with pytest.raises(SpecError, match="geometric"):
        common_prosperity(table, "rich", "shared", **KEYS, form="mean")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="name that no column of the result has"):
        common_prosperity(table.rename({"index": "lower"}), "rich", "shared", **KEYS, index="lower")
