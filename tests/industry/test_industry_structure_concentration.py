"""Concentration and coagglomeration: cases by hand, plants thrown like darts, identities, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from structure_tables import made_up

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.structure.coagglomeration import coagglomeration, pair_index
from nqpf.industry.structure.concentration import concentration, dartboard_variance, locational_gini

KEYS: dict[str, Any] = {"unit": "region", "industry": "industry"}


def small(hhi: float | None = 0.1) -> pl.DataFrame:
    """Return x at (3, 1) and y at (1, 3) of two regions of the same size."""
    return pl.DataFrame(
        {"region": ["a", "a", "b", "b"], "industry": ["x", "y"] * 2, "jobs": [3.0, 1.0, 1.0, 3.0], "h": [hhi] * 4}
    )


def thrown(industries: int, plants: int, seed: int) -> pl.DataFrame:
    """Return plants of unequal size on 8 unequal regions by chance."""
    rng = np.random.default_rng(seed)
    odds = rng.dirichlet(np.full(8, 3.0))
    return pl.DataFrame(
        {
            "industry": np.repeat([f"i{i:03d}" for i in range(industries)], plants),
            "region": [f"r{r}" for r in rng.choice(8, industries * plants, p=odds)],
            "size": np.ceil(rng.lognormal(3, 1, industries * plants)),
        }
    )


def test_measures_by_hand() -> None:
    row = concentration(small(), "jobs", **KEYS, hhi="h").frame.row(0, named=True)
    assert row["regions"] == 2
    assert row["g"] == pytest.approx(0.125)
    assert row["g_scaled"] == pytest.approx(0.25)
    assert row["herfindahl"] == pytest.approx(0.625)
    assert row["gini"] == pytest.approx(0.25)
    assert row["theil"] == pytest.approx(0.75 * np.log(1.5) + 0.25 * np.log(0.5))
    assert row["gamma"] == pytest.approx((0.25 - 0.1) / 0.9)
    assert row["maurel_sedillot"] == pytest.approx((0.125 / 0.5 - 0.1) / 0.9)
    assert (row["plants"], row["z"], row["band"]) == (None, None, "high")


def test_both_indices_are_one_where_all_is_in_one_region() -> None:
    """Ellison and Glaeser's is 1 only in the limit of a small region: G/(1 − Σx²) there is (1 − 2x + Σx²)/(1 − Σx²)."""
    rows = [("r0", "x", 10.0), *[(f"r{i}", "y", 1000.0) for i in range(300)]]
    table = pl.DataFrame(rows, schema=["region", "industry", "jobs"], orient="row").with_columns(h=pl.lit(0.02))
    row = concentration(table, "jobs", **KEYS, hhi="h").frame.row(0, named=True)
    assert row["gamma"] == pytest.approx(1.0, abs=0.01)
    assert row["maurel_sedillot"] == pytest.approx(1.0, abs=1e-9)


def test_plants_thrown_like_darts_are_not_concentrated() -> None:
    plants = thrown(300, 40, 7)
    table = plants.group_by("region", "industry").agg(pl.col("size").sum().alias("jobs"))
    found = concentration(table, "jobs", **KEYS, plants=plants, size="size").frame
    for name in ("gamma", "maurel_sedillot"):
        assert abs(found[name].mean()) < 4 * found[name].std() / np.sqrt(300)
    assert found["g_scaled"].mean() > 10 * abs(found["gamma"].mean())  # raw G takes few plants for concentration
    assert found["z"].std() == pytest.approx(1.0, abs=0.25)
    assert found["plants"].unique().to_list() == [40]


def test_variance_of_g_beside_a_simulation() -> None:
    rng = np.random.default_rng(0)
    x, size = rng.dirichlet(np.full(10, 2.0)), rng.lognormal(0, 1, 30)
    size /= size.sum()
    picked = rng.choice(10, (20_000, 30), p=x)
    s = np.stack([((picked == r) * size).sum(axis=1) for r in range(10)], axis=1)
    g = ((s - x) ** 2).sum(axis=1)
    expected = dartboard_variance(x, np.array([(size**2).sum()]), np.array([(size**4).sum()]))[0]
    assert g.mean() == pytest.approx((1 - (x**2).sum()) * (size**2).sum(), rel=0.02)
    assert g.var() == pytest.approx(expected, rel=0.06)


def test_a_table_of_plants_and_their_herfindahl_agree() -> None:
    plants = thrown(5, 20, 1)
    table = plants.group_by("region", "industry").agg(pl.col("size").sum().alias("jobs"))
    counted = concentration(table, "jobs", **KEYS, plants=plants, size="size").frame
    of = plants.group_by("industry").agg((pl.col("size") ** 2).sum().alias("h") / pl.col("size").sum() ** 2)
    stated = concentration(table.join(of, on="industry"), "jobs", **KEYS, hhi="h").frame
    np.testing.assert_allclose(stated["gamma"], counted["gamma"], atol=1e-12)
    assert stated["z"].null_count() == 5


def test_without_plants_nothing_is_assessed() -> None:
    found = concentration(small(), "jobs", **KEYS)
    assert found.frame["band"].to_list() == ["not_assessed"] * 2
    assert found.frame["gamma"].null_count() == 2
    assert found.frame["g"][0] == pytest.approx(0.125)
    assert "with one plant only: 2 of 2" in str(found.notes[-1])
    assert concentration(small(1.0), "jobs", **KEYS, hhi="h").frame["band"].to_list() == ["not_assessed"] * 2
    half = small().with_columns(pl.when(pl.col("industry") == "x").then("h").alias("h"))
    assert concentration(half, "jobs", **KEYS, hhi="h").frame["band"].to_list() == ["high", "not_assessed"]


def test_gini_by_hand_and_bounds() -> None:
    x = np.array([0.2, 0.3, 0.5])
    np.testing.assert_allclose(locational_gini(x[:, None], x), 0.0, atol=1e-15)
    assert locational_gini(np.array([[1.0], [0], [0]]), x)[0] == pytest.approx(0.8)
    assert locational_gini(np.array([[0.5], [0.5], [0]]), x)[0] == pytest.approx(0.5 + 0.3 * 0.5 - 0.2 * 0.5)


def test_years_are_measured_apart_and_rows_may_come_in_any_order() -> None:
    table = made_up(6, 5, 3)
    whole = concentration(table, "jobs", **KEYS, time="year").frame
    alone = concentration(table.filter(year=2002), "jobs", **KEYS).frame
    assert whole.filter(year=2002).drop("year").equals(alone)
    shuffled = table.with_columns(pl.col("jobs") * 3).sample(fraction=1, shuffle=True, seed=0)
    np.testing.assert_allclose(
        concentration(shuffled, "jobs", **KEYS, time="year").frame["gini"], whole["gini"], atol=1e-12
    )


@pytest.mark.parametrize("value", [0.0, -0.1, 1.2, 2500.0])
def test_a_herfindahl_index_out_of_range(value: float) -> None:
    wrong = small().with_columns(pl.when(pl.col("industry") == "y").then(pl.lit(value)).otherwise("h").alias("h"))
    with pytest.raises(
        MethodError, match=rf"row 2, industry y: “h” must be above 0 and at most 1; this is {value:g}\."
    ):
        concentration(wrong, "jobs", **KEYS, hhi="h")


def test_plants_that_are_no_plants() -> None:
    with pytest.raises(DataError, match="industry x: The same industry and year has more than one number in “h”"):
        concentration(small().with_columns(h=pl.Series([0.1, 0.2, 0.3, 0.2])), "jobs", **KEYS, hhi="h")
    plants = pl.DataFrame({"industry": ["x", "y"], "size": [1.0, 0.0]})
    with pytest.raises(MethodError, match="row 2, industry y: A plant's size must be above 0"):
        concentration(small(), "jobs", **KEYS, plants=plants, size="size")
    with pytest.raises(SpecError, match="Give hhi or plants, not both"):
        concentration(small(), "jobs", **KEYS, plants=plants, size="size", hhi="h")
    with pytest.raises(SpecError, match="key size"):
        concentration(small(), "jobs", **KEYS, plants=plants)
    with pytest.raises(DataError, match="no column “industry”"):
        concentration(small(), "jobs", **KEYS, plants=plants.rename({"industry": "branch"}), size="size")
    stray = pl.DataFrame({"industry": ["x", "x", "y", "y", "q"], "size": [1.0] * 5})
    found = concentration(small(), "jobs", **KEYS, plants=stray, size="size")
    assert found.frame["plant_hhi"].to_list() == [0.5, 0.5]
    assert "that the table of activity does not have: 1" in str(found.notes[-1])


def test_pairs_of_industries_by_hand() -> None:
    """With x at (¾, ¼) and y at (¼, ¾) the deviations from ½ are opposite: −2·(¼)²/(1 − ½)."""
    assert coagglomeration(small(), "jobs", **KEYS).pairs["index"].to_list() == [-0.25]
    same = pl.concat([small(), small().filter(industry="x").with_columns(industry=pl.lit("z"))])
    found = coagglomeration(same, "jobs", **KEYS, size="total")
    x = np.array([7.0, 5.0]) / 12
    own = ((np.array([0.75, 0.25]) - x) ** 2).sum() / (1 - (x**2).sum())
    pair = found.pairs.filter(industry_1="x", industry_2="z")["index"][0]
    assert pair == pytest.approx(own)
    assert found.industries.filter(industry="x")["partner"][0] == "z"


def test_pair_index_is_the_group_index_of_ellison_and_glaeser_for_two_industries() -> None:
    """Their 1997 index of a group, in which plants cancel out when the group is a pair."""
    rng = np.random.default_rng(2)
    s, x = rng.dirichlet(np.ones(9), 2).T, rng.dirichlet(np.ones(9))
    weights, hhi = np.array([0.3, 0.7]), np.array([0.05, 0.2])
    spread = 1 - (x**2).sum()
    gamma = (((s - x[:, None]) ** 2).sum(axis=0) / spread - hhi) / (1 - hhi)
    group = ((s @ weights - x) ** 2).sum() / spread - (weights**2 * hhi).sum() - (gamma * weights**2 * (1 - hhi)).sum()
    assert pair_index(s, x)[0, 1] == pytest.approx(group / (1 - (weights**2).sum()), abs=1e-12)


def test_matrix_and_pairs_hold_the_same_and_the_mean_size_leans_below_nothing() -> None:
    table = made_up(8, 6, 2)
    found = coagglomeration(table, "jobs", **KEYS, time="year")
    values = found.matrix.filter(year=2002).drop("year", "industry").to_numpy()
    np.testing.assert_array_equal(values, values.T)
    assert np.isnan(np.diag(values)).all()
    upper = values[np.triu_indices(6, 1)]
    np.testing.assert_array_equal(upper, found.pairs.filter(year=2002)["index"])
    assert upper.sum() < 0
    np.testing.assert_allclose(found.industries.filter(year=2002)["mean"], np.nanmean(values, axis=1))
    shuffled = table.with_columns(pl.col("jobs") * 9).sample(fraction=1, shuffle=True, seed=3)
    np.testing.assert_allclose(
        coagglomeration(shuffled, "jobs", **KEYS, time="year").pairs["index"], found.pairs["index"], atol=1e-12
    )


def test_industries_left_out_of_a_year_are_empty_in_its_matrix() -> None:
    table = made_up(4, 3, 2).filter(~((pl.col("year") == 2001) & (pl.col("industry") == "i001")))
    with pytest.raises(MethodError, match=r"year 2001: Industries that exist in no region \(1\): i001"):
        coagglomeration(table, "jobs", **KEYS, time="year")
    found = coagglomeration(table, "jobs", **KEYS, time="year", empty="drop")
    assert found.matrix.filter(year=2001, industry="i001").select("i000", "i002").row(0) == (None, None)
    assert found.pairs.filter(year=2001).height == 1


def test_what_cannot_be_compared() -> None:
    with pytest.raises(MethodError, match="There is one industry only"):
        coagglomeration(small().filter(industry="x"), "jobs", **KEYS)
    with pytest.raises(MethodError, match="Regions with activity: 1;"):
        concentration(small().filter(region="a"), "jobs", **KEYS)
    with pytest.raises(SpecError, match="mean, total"):
        coagglomeration(small(), "jobs", **KEYS, size="area")  # type: ignore[arg-type]
